using System.IO.Compression;

namespace LabTrace.Tracing;

/// <summary>Captures that were packed whole with gzip or zstd.</summary>
internal static class Decompression
{
    /// <summary>How many bytes tell.</summary>
    public const int MagicBytes = 4;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> Zstd => [0x28, 0xb5, 0x2f, 0xfd];

    public static bool IsPacked(ReadOnlySpan<byte> start) => start.StartsWith(Gzip) || start.StartsWith(Zstd);

    /// <summary>The content of a packed stream, decompressed as it is read.</summary>
    public static Stream Unpack(Stream packed, ReadOnlySpan<byte> start, string name) => start.StartsWith(Gzip)
        ? new UnpackedStream(new GZipStream(packed, CompressionMode.Decompress), name, "gzip")
        : new UnpackedStream(new ZstdStream(packed, name), name, "zstd");

    /// <summary>Says of damage which capture has it.</summary>
    private sealed class UnpackedStream(Stream unpacked, string name, string kind) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return unpacked.Read(buffer);
            }
            catch (InvalidDataException error)
            {
                throw new TraceFormatException($"capture '{name}' is damaged {kind}: {error.Message}", "copy it again", inner: error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                unpacked.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
