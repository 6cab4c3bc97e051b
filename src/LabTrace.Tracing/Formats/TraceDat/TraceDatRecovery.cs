using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>Finds the pages of a version 7 file whose table, which is written behind them, was cut off.</summary>
internal static class TraceDatRecovery
{
    private const int SectionHeaderBytes = 16;
    private const int BufferSection = 3;
    private const long MaxChunk = 64 << 20;

    /// <summary>Adds the buffer that follows the last options.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="start">Where the last options end; 0 when none were read.</param>
    /// <returns>Whether pages were found.</returns>
    public static bool TryAdd(TraceDatFile file, ulong start)
    {
        Span<byte> header = stackalloc byte[SectionHeaderBytes];
        if (start == 0 || start > (ulong)file.Capture.Length || file.Capture.ReadAt((long)start, header) < header.Length || U16(file, header) != BufferSection)
        {
            return false;
        }

        var isCompressed = (U16(file, header[2..]) & 1) != 0;
        var from = Align((long)start + SectionHeaderBytes, file.PageSize);
        var parts = isCompressed ? Chunks(file, from) : Runs(file, from);
        if (parts.Count == 0)
        {
            return false;
        }

        // The recorder noted each buffer's counters in the order in which it wrote the buffers.
        var names = file.Stats.Select(s => s.Buffer).Distinct(StringComparer.Ordinal).ToArray();
        var name = file.Buffers.Count < names.Length ? names[file.Buffers.Count] : file.Buffers.Count == 0 ? "" : $"buffer {file.Buffers.Count}";
        var used = file.Stats.Where(s => s.Buffer == name && s.Stats.ReadEvents + s.Stats.Entries > 0).Select(s => s.Stats.Cpu).Order().ToArray();
        var cpus = parts.Select((part, i) => new TraceDatCpu(parts.Count <= used.Length ? used[i] : i, (ulong)part.Offset, (ulong)part.Size)).ToArray();
        file.Buffers.Add(new TraceDatBuffer(name, file.Clock, file.PageSize, isCompressed, cpus));
        return true;
    }

    /// <summary>Each cpu's chunks start at a page with their number; they are walked from header to header.</summary>
    private static List<(long Offset, long Size)> Chunks(TraceDatFile file, long at)
    {
        var parts = new List<(long, long)>();
        var length = file.Capture.Length;
        var number = new byte[8];
        while (at + 4 < length && file.Capture.ReadAt(at, number.AsSpan(0, 4)) == 4)
        {
            var count = U32(file, number);
            var next = at + 4;
            var chunk = 0u;
            for (; chunk < count && next + 8 <= length && file.Capture.ReadAt(next, number) == 8; chunk++)
            {
                var (packed, size) = (U32(file, number), U32(file, number.AsSpan(4)));
                if (packed == 0 || size == 0 || size > MaxChunk || size % file.PageSize != 0)
                {
                    return parts;
                }

                next += 8 + packed;
            }

            if (count == 0 || chunk == 0)
            {
                return parts;
            }

            // The table's size does not count the number of chunks; what is beyond the file is told when it is read.
            parts.Add((at, Math.Min(next, length) - at - 4));
            at = chunk == count ? Align(next, file.PageSize) : length;
        }

        return parts;
    }

    /// <summary>Pages of one cpu rise in time; where they step back, or a page is empty, the next cpu begins.</summary>
    private static List<(long Offset, long Size)> Runs(TraceDatFile file, long at)
    {
        var parts = new List<(long, long)>();
        var layout = file.Layout;
        var header = new byte[layout.DataOffset];
        var (start, last) = (at, 0UL);
        for (; at < file.Capture.Length && file.Capture.ReadAt(at, header) == header.Length; at += file.PageSize)
        {
            var time = layout.U64(header.AsSpan(layout.TimestampOffset));
            var commit = layout.Long(header.AsSpan(layout.CommitOffset)) & ((1 << 27) - 1);
            if (time == 0 && commit == 0)
            {
                // A gap between two cpus, or room that was never written.
                if (at > start)
                {
                    parts.Add((start, at - start));
                }

                (start, last) = (at + file.PageSize, 0);
                continue;
            }

            if (time == 0 || commit > (ulong)(file.PageSize - layout.DataOffset))
            {
                break;
            }

            if (time < last)
            {
                parts.Add((start, at - start));
                start = at;
            }

            last = time;
        }

        var end = Math.Min(at, file.Capture.Length);
        if (end > start)
        {
            parts.Add((start, end - start));
        }

        return parts;
    }

    private static long Align(long offset, int size) => (offset + size - 1) / size * size;

    private static ushort U16(TraceDatFile file, ReadOnlySpan<byte> at) =>
        file.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    private static uint U32(TraceDatFile file, ReadOnlySpan<byte> at) =>
        file.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
}
