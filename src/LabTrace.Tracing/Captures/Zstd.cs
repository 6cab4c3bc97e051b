using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>libzstd, found on the machine when it is first needed.</summary>
internal static partial class Zstd
{
    private const string Library = "libzstd.so.1";

    /// <summary>Runs what calls the library.</summary>
    /// <param name="capture">What messages call the capture.</param>
    /// <param name="call">The calls.</param>
    /// <exception cref="TraceFormatException">The library is not installed.</exception>
    public static T Calling<T>(string capture, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (DllNotFoundException error)
        {
            throw new TraceFormatException(
                $"capture '{capture}' is compressed with zstd and {Library} is not installed here",
                "install it (Debian, Ubuntu: apt-get install libzstd1), or unpack the capture elsewhere: `zstd -d` a .zst, `trace-cmd convert --compression none` a trace.dat",
                field: "compressed data",
                inner: error);
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nuint Decompress(nint context, Span<byte> output, nuint capacity, ReadOnlySpan<byte> packed, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nuint DecompressStream(nint context, ref Buffer output, ref Buffer input);

    /// <summary>Both of <c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Buffer
    {
        public nint Start;
        public nuint Size;
        public nuint Position;
    }
}

/// <summary>A decompression context of libzstd.</summary>
internal sealed class ZstdContext : SafeHandle
{
    public ZstdContext(string capture)
        : base(0, ownsHandle: true)
    {
        SetHandle(Zstd.Calling(capture, Zstd.CreateContext));
    }

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    protected override bool ReleaseHandle() => Zstd.FreeContext(handle) == 0;
}
