using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices.Wire;

/// <summary>Writes the values of one message, little endian; strings and bytes behind their length, -1 for null.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public WireWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public WireWriter Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public WireWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public WireWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    public WireWriter Bytes(ReadOnlySpan<byte> value)
    {
        _ = Int32(value.Length);
        _bytes.Write(value);
        return this;
    }

    public WireWriter NoBytes() => Int32(-1);

    public WireWriter Text(string? value)
    {
        if (value is null)
        {
            return NoBytes();
        }

        var length = Encoding.UTF8.GetByteCount(value);
        _ = Int32(length);
        _ = Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length));
        _bytes.Advance(length);
        return this;
    }

    public WireWriter Refusal(Errno errno) => Text(errno == Errno.None ? null : errno.Name());

    /// <summary>Room for bytes that are read straight into the message; <see cref="Advance"/> says how many came.</summary>
    public Memory<byte> Reserve(int length) => _bytes.GetMemory(length)[..length];

    public void Advance(int length) => _bytes.Advance(length);
}
