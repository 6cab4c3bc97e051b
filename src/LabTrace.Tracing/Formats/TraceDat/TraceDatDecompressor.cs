using System.IO.Compression;

namespace LabTrace.Tracing;

/// <summary>Decompresses the sections and chunks of version 7, one after the other.</summary>
internal sealed class TraceDatDecompressor(TraceDatFile file) : IDisposable
{
    private ZstdContext? _context;

    /// <summary>Looks for what unpacks the file before anything of it is read: where this machine lacks it nothing is damaged, and nothing must be told as
    /// missing from the capture.</summary>
    /// <exception cref="TraceFormatException">libzstd is not installed, or the compression is not known; whatever the mode.</exception>
    public static void Require(TraceDatFile file)
    {
        switch (file.Compression)
        {
            case "none" or "zlib":
                break;
            case "zstd":
                new ZstdContext(file.Name).Dispose();
                break;
            default:
                Unknown(file);
                break;
        }
    }

    /// <summary>Fills the output with exactly the bytes that were promised.</summary>
    /// <param name="packed">The compressed bytes.</param>
    /// <param name="output">Where to, of the size that was told.</param>
    /// <param name="offset">Where the compressed bytes stand in the file, for errors.</param>
    public void Inflate(ReadOnlySpan<byte> packed, Span<byte> output, long offset)
    {
        var written = file.Compression switch
        {
            "zlib" => Zlib(packed, output),
            "zstd" => Zstandard(packed, output),
            _ => Unknown(file),
        };
        if (written != output.Length)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {file.Compression} data at offset {offset} does not give the {output.Length} bytes it promises",
                "the capture is damaged: record again, or open it with ReadMode.Salvage",
                offset,
                "compressed data");
        }
    }

    public void Dispose() => _context?.Dispose();

    private static long Zlib(ReadOnlySpan<byte> packed, Span<byte> output)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
            return stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

    private long Zstandard(ReadOnlySpan<byte> packed, Span<byte> output)
    {
        _context ??= new ZstdContext(file.Name);
        var result = Zstd.Decompress(_context.Pointer, output, (nuint)output.Length, packed, (nuint)packed.Length);
        return result <= (nuint)output.Length ? (long)result : -1;
    }

    private static long Unknown(TraceDatFile file)
    {
        TraceFormatException.Throw($"capture '{file.Name}' is compressed with '{file.Compression}', which is not known", "use zlib, zstd or none", field: "compression");
        return -1;
    }
}
