using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Reads numbers and names one after the other and can say where it stands. Every read names its field.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes, string capture, bool isBigEndian, long start = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly long Offset => start + Position;

    public readonly int Left => _bytes.Length - Position;

    public byte U8(string field) => Take(1, field)[0];

    public ushort U16(string field)
    {
        var at = Take(2, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }

    public uint U32(string field)
    {
        var at = Take(4, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }

    public ulong U64(string field)
    {
        var at = Take(8, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
    }

    /// <summary>Bytes whose length was read before.</summary>
    public ReadOnlySpan<byte> Take(ulong count, string field)
    {
        if (count > (ulong)Left)
        {
            Short(field, count);
        }

        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <summary>A text up to its NUL.</summary>
    public string Name(string field, int maximum = 256)
    {
        var rest = _bytes[Position..];
        var nul = rest[..Math.Min(rest.Length, maximum)].IndexOf((byte)0);
        if (nul < 0)
        {
            Unended(field, maximum);
        }

        Position += nul + 1;
        return Encoding.UTF8.GetString(rest[..nul]);
    }

    /// <summary>Fails unless the next bytes are the given ones.</summary>
    public void Expect(ReadOnlySpan<byte> expected, string field)
    {
        var at = Offset;
        var found = Take((ulong)expected.Length, field);
        if (!found.SequenceEqual(expected))
        {
            TraceFormatException.Throw(
                $"capture '{capture}': expected {field} at offset {at}, found {Convert.ToHexStringLower(found)}", offset: at, field: field);
        }
    }

    [DoesNotReturn]
    private readonly void Short(string field, ulong count) => throw new TraceFormatException(
        $"capture '{capture}': {field} needs {count} bytes but {Left} are left at offset {Offset}",
        "the capture was cut short: record again, or open it with ReadMode.Salvage",
        Offset,
        field);

    [DoesNotReturn]
    private readonly void Unended(string field, int maximum) => throw new TraceFormatException(
        $"capture '{capture}': {field} has no end within {Math.Min(maximum, Left)} bytes at offset {Offset}",
        "the capture was cut short: record again, or open it with ReadMode.Salvage",
        Offset,
        field);
}
