using System.IO.Compression;
using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Compresses what goes into a trace.dat of version 7.</summary>
internal sealed partial class PageCompressor
{
    /// <summary>trace-cmd's own choice: fast, and most of what can be had.</summary>
    private const int ZstdLevel = 3;

    private PageCompressor(string name) => Name = name;

    /// <summary>As the file's header calls it.</summary>
    public string Name { get; }

    /// <summary>Finds a compression by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static PageCompressor Find(string name) => name is "none" or "zlib" or "zstd"
        ? new PageCompressor(name)
        : throw new ArgumentException($"there is no compression '{name}'; one of: none, zlib, zstd", nameof(name));

    /// <summary>Whether it compresses at all.</summary>
    public bool IsOn => Name != "none";

    public byte[] Compress(ReadOnlySpan<byte> bytes) => Name == "zlib" ? Zlib(bytes) : Zstd(bytes);

    private static byte[] Zlib(ReadOnlySpan<byte> bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Zstd(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var packed = new byte[CompressBound((nuint)bytes.Length)];
            var size = ZstdCompress(packed, (nuint)packed.Length, bytes, (nuint)bytes.Length, ZstdLevel);
            return size <= (nuint)packed.Length ? packed[..(int)size] : throw new IOException($"libzstd refuses to compress {bytes.Length} bytes");
        }
        catch (DllNotFoundException error)
        {
            throw new IOException(
                "zstd was asked for and libzstd.so.1 is not installed here\n  try: apt-get install libzstd1, or --compression none", error);
        }
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compressBound")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint CompressBound(nuint length);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compress")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint ZstdCompress(Span<byte> output, nuint capacity, ReadOnlySpan<byte> bytes, nuint length, int level);
}
