using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Fetches a cpu's pages, decompressed, as far as the file has them.</summary>
internal static class TraceDatPages
{
    /// <summary>trace-cmd compresses ten pages at a time; much more in one chunk is not believed.</summary>
    private const int MaxChunkPages = 1024;
    private const int MaxChunkBytes = 64 << 20;

    public static ReadOnlyMemory<byte> Read(TraceDatFile file, TraceDatBuffer buffer, TraceDatCpu cpu, ReadMode mode)
    {
        if (cpu.Size == 0)
        {
            return default;
        }

        // The size of compressed data does not count the four bytes that tell the number of chunks.
        var length = cpu.Size + (buffer.IsCompressed ? 4UL : 0);
        var available = cpu.Offset < (ulong)file.Bytes.Length ? (ulong)file.Bytes.Length - cpu.Offset : 0;
        if (length > available)
        {
            if (mode == ReadMode.Strict)
            {
                TraceFormatException.Throw(
                    $"capture '{file.Name}': {Place(buffer, cpu)} has {length} bytes at offset {cpu.Offset} but the capture has {file.Bytes.Length}",
                    "the capture was cut short: record again, or open it with ReadMode.Salvage",
                    file.Bytes.Length,
                    "cpu data");
            }

            file.Missing.Add(string.Create(CultureInfo.InvariantCulture, $"{Place(buffer, cpu)}: {length - available:N0} of {length:N0} bytes"));
            length = available;
        }

        if (length == 0)
        {
            return default;
        }

        var data = file.Bytes.Slice((int)cpu.Offset, (int)length);
        return buffer.IsCompressed ? Inflate(file, buffer, cpu, data, mode) : data;
    }

    private static string Place(TraceDatBuffer buffer, TraceDatCpu cpu) =>
        buffer.Name.Length == 0 ? $"cpu {cpu.Cpu}" : $"buffer '{buffer.Name}' cpu {cpu.Cpu}";

    private static ReadOnlyMemory<byte> Inflate(TraceDatFile file, TraceDatBuffer buffer, TraceDatCpu cpu, ReadOnlyMemory<byte> data, ReadMode mode)
    {
        var pages = new MemoryStream();
        var cursor = new ByteCursor(data.Span, file.Name, file.IsBigEndian, (long)cpu.Offset);
        try
        {
            var chunks = cursor.U32("chunk count");
            for (var i = 0u; i < chunks; i++)
            {
                var compressed = cursor.U32("compressed size");
                var size = cursor.U32("uncompressed size");
                if (size == 0 || size > Math.Min((long)buffer.PageSize * MaxChunkPages, MaxChunkBytes) || pages.Length + size > Array.MaxLength)
                {
                    TraceFormatException.Throw(
                        $"capture '{file.Name}': a chunk of {Place(buffer, cpu)} says it holds {size} bytes at offset {cursor.Offset - 4}",
                        offset: cursor.Offset - 4,
                        field: "uncompressed size");
                }

                var offset = cursor.Offset;
                pages.Write(TraceDatCompression.Inflate(file, cursor.Take(compressed, "chunk"), (int)size, offset));
            }
        }
        catch (TraceFormatException error) when (mode == ReadMode.Salvage)
        {
            file.Missing.Add($"{Place(buffer, cpu)}: the compressed chunks behind offset {error.Offset:N0}");
        }

        return pages.GetBuffer().AsMemory(0, (int)pages.Length);
    }
}
