using System.IO.Compression;
using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Decompresses the sections and chunks of version 7.</summary>
internal static partial class TraceDatCompression
{
    /// <summary>Decompresses to exactly the size that was told.</summary>
    public static byte[] Inflate(TraceDatFile file, ReadOnlySpan<byte> compressed, int size, long offset)
    {
        var output = new byte[size];
        var written = file.Compression switch
        {
            "zlib" => Zlib(compressed, output),
            "zstd" => Zstd(file, compressed, output, offset),
            _ => Unknown(file, offset),
        };
        if (written != size)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {file.Compression} data at offset {offset} does not give the {size} bytes it promises",
                "the capture is damaged: record again, or open it with ReadMode.Salvage",
                offset,
                "compressed data");
        }

        return output;
    }

    private static int Zlib(ReadOnlySpan<byte> compressed, byte[] output)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(compressed.ToArray(), writable: false), CompressionMode.Decompress);
            return stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

    private static long Zstd(TraceDatFile file, ReadOnlySpan<byte> compressed, byte[] output, long offset)
    {
        try
        {
            var result = ZstdDecompress(output, (nuint)output.Length, compressed, (nuint)compressed.Length);
            return result <= (nuint)output.Length ? (long)result : -1;
        }
        catch (DllNotFoundException error)
        {
            throw new TraceFormatException(
                $"capture '{file.Name}' is compressed with zstd and libzstd.so.1 is not installed here",
                "install it (Debian, Ubuntu: apt-get install libzstd1) or convert the file with `trace-cmd convert --compression none`",
                offset,
                "compressed data",
                error);
        }
    }

    private static int Unknown(TraceDatFile file, long offset)
    {
        TraceFormatException.Throw(
            $"capture '{file.Name}' is compressed with '{file.Compression}', which is not known", "use zlib, zstd or none", offset, "compression");
        return 0;
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_decompress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint ZstdDecompress(Span<byte> output, nuint capacity, ReadOnlySpan<byte> compressed, nuint length);
}
