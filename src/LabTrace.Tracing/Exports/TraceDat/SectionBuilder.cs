using System.Buffers;
using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Bytes of a trace.dat in the recording machine's byte order.</summary>
internal sealed class SectionBuilder(SubBufferLayout layout)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public SectionBuilder Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Text and a NUL.</summary>
    public SectionBuilder Name(string text) => Bytes(System.Text.Encoding.UTF8.GetBytes(text + "\0"));

    public SectionBuilder U16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (layout.IsBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        }

        return Bytes(bytes);
    }

    public SectionBuilder U32(long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        layout.PutU32(bytes, (uint)value);
        return Bytes(bytes);
    }

    public SectionBuilder U64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        layout.PutU64(bytes, (ulong)value);
        return Bytes(bytes);
    }

    public SectionBuilder Sized32(ReadOnlySpan<byte> bytes) => U32(bytes.Length).Bytes(bytes);

    public SectionBuilder Sized64(ReadOnlySpan<byte> bytes) => U64(bytes.Length).Bytes(bytes);

    /// <summary>An option: its number, its size, its data.</summary>
    public SectionBuilder Option(int id, ReadOnlySpan<byte> data) => U16(id).Sized32(data);
}
