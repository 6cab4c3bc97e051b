using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Where things are in a ring-buffer page, as <c>events/header_page</c> of the recording kernel tells.</summary>
/// <remarks>Source: spec trace.dat §4; kernel <c>ring_buffer_print_page_header</c>.</remarks>
public sealed record SubBufferLayout
{
    /// <summary>The largest sub-buffer any kernel hands out, 64 KiB pages times the largest order, as a bound on what is believed.</summary>
    internal const int MaxSize = 1 << 20;

    private const string LinuxText =
        "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n" +
        "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n" +
        "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n" +
        "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";

    private SubBufferLayout(string text, int timestampOffset, int commitOffset, int longSize, int dataOffset, int size, bool isBigEndian)
    {
        Text = text;
        TimestampOffset = timestampOffset;
        CommitOffset = commitOffset;
        LongSize = longSize;
        DataOffset = dataOffset;
        Size = size;
        IsBigEndian = isBigEndian;
    }

    /// <summary>A 64-bit little-endian kernel with 4096-byte sub-buffers.</summary>
    public static SubBufferLayout Linux64 { get; } = Parse(LinuxText);

    /// <summary>The text this was read from, as trace.dat stores it.</summary>
    public string Text { get; }

    /// <summary>Offset of the page's u64 timestamp.</summary>
    public int TimestampOffset { get; }

    /// <summary>Offset of the commit word.</summary>
    public int CommitOffset { get; }

    /// <summary>Size of the recording kernel's <c>long</c>, 4 or 8 bytes.</summary>
    public int LongSize { get; }

    /// <summary>Offset of the first event.</summary>
    public int DataOffset { get; }

    /// <summary>Bytes of a whole sub-buffer with its header.</summary>
    public int Size { get; }

    /// <summary>Whether numbers are stored most significant byte first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Reads the text of <c>events/header_page</c>.</summary>
    /// <param name="headerPage">The file's text.</param>
    /// <param name="isBigEndian">Byte order of the recording machine.</param>
    /// <exception cref="TraceFormatException">A field is missing or impossible.</exception>
    public static SubBufferLayout Parse(string headerPage, bool isBigEndian = false)
    {
        ArgumentNullException.ThrowIfNull(headerPage);
        var timestamp = Find(headerPage, "timestamp");
        var commit = Find(headerPage, "commit");
        var data = Find(headerPage, "data");
        if (commit.Size is not (4 or 8))
        {
            TraceFormatException.Throw($"header_page: commit has {commit.Size} bytes, expected 4 or 8", field: "commit");
        }

        var size = (long)data.Offset + data.Size;
        if (size is < 64 or > MaxSize || data.Offset < commit.Offset + commit.Size || commit.Offset < timestamp.Offset + 8)
        {
            TraceFormatException.Throw(
                $"header_page: timestamp @{timestamp.Offset}, commit @{commit.Offset}, data @{data.Offset} of {data.Size} bytes are no page",
                field: "data");
        }

        return new SubBufferLayout(headerPage, timestamp.Offset, commit.Offset, commit.Size, data.Offset, (int)size, isBigEndian);
    }

    /// <summary>The same layout with another sub-buffer size, as <c>buffer_subbuf_size_kb</c> sets it.</summary>
    /// <param name="size">Bytes of a whole sub-buffer.</param>
    public SubBufferLayout WithSize(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, DataOffset + 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        var text = Text.Replace($"size:{Size - DataOffset};", $"size:{size - DataOffset};", StringComparison.Ordinal);
        return new SubBufferLayout(text, TimestampOffset, CommitOffset, LongSize, DataOffset, size, IsBigEndian);
    }

    internal uint U32(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    internal ulong U64(ReadOnlySpan<byte> at) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);

    internal ulong Long(ReadOnlySpan<byte> at) => LongSize == 8 ? U64(at) : U32(at);

    internal void PutU32(Span<byte> at, uint value)
    {
        if (IsBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        }
    }

    internal void PutU64(Span<byte> at, ulong value)
    {
        if (IsBigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(at, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, value);
        }
    }

    internal void PutLong(Span<byte> at, ulong value)
    {
        if (LongSize == 8)
        {
            PutU64(at, value);
        }
        else
        {
            PutU32(at, (uint)value);
        }
    }

    private static (int Offset, int Size) Find(string text, string name)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var end = line.IndexOf(';');
            if (!line.Trim().StartsWith("field:") || end < 0 || !line[..end].EndsWith($" {name}"))
            {
                continue;
            }

            if (FormatText.TryAttribute(line, "offset:", out var offset) && FormatText.TryAttribute(line, "size:", out var size))
            {
                return (offset, size);
            }
        }

        TraceFormatException.Throw($"header_page has no field '{name}' with offset and size", "read events/header_page whole", field: name);
        return default;
    }
}
