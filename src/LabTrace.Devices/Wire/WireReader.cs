using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Devices.Wire;

/// <summary>Reads the values of one message. Every length is checked against what is left.</summary>
/// <exception cref="WireException">The message ends too early or says what cannot be.</exception>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _offset;

    public readonly int Left => _message.Length - _offset;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A number of items that each take at least <paramref name="smallest"/> bytes.</summary>
    public int Count(int smallest)
    {
        var count = Int32();
        return count >= 0 && (long)count * smallest <= Left ? count : Throw<int>($"{count} items cannot be in {Left} bytes");
    }

    public byte[]? Bytes()
    {
        var length = Int32();
        return length < 0 ? null : Take(length).ToArray();
    }

    public string? OptionalText()
    {
        var length = Int32();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string Text() => OptionalText() ?? Throw<string>("a text that is needed is not there");

    /// <summary>A refusal by name; one that this build does not know is EIO.</summary>
    public Errno Refusal()
    {
        var name = OptionalText();
        return name is null ? Errno.None : Enum.TryParse(name, out Errno errno) ? errno : Errno.EIO;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Left)
        {
            return Throw<byte[]>($"{length} bytes are needed and {Left} are left at offset {_offset}");
        }

        var taken = _message.Slice(_offset, length);
        _offset += length;
        return taken;
    }

    [DoesNotReturn]
    private static T Throw<T>(string reason) => throw new WireException(reason);
}
