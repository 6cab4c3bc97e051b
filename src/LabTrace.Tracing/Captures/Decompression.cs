using System.Globalization;
using System.IO.Compression;

namespace LabTrace.Tracing;

/// <summary>Captures that were packed whole with gzip or zstd.</summary>
internal static class Decompression
{
    /// <summary>How many bytes tell.</summary>
    public const int MagicBytes = 4;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> Zstd => [0x28, 0xb5, 0x2f, 0xfd];

    // Without it a gzip that was cut reads as if it ended there. LabTrace's programs have it in their runtime configuration; others get it here, unless they
    // unpacked something before.
    static Decompression() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    public static bool IsPacked(ReadOnlySpan<byte> start) => start.StartsWith(Gzip) || start.StartsWith(Zstd);

    /// <summary>The content of a packed stream, decompressed as it is read.</summary>
    /// <param name="packed">The stream, from its first byte.</param>
    /// <param name="start">That and those behind it.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="end">What becomes of a stream that is cut or damaged.</param>
    public static Stream Unpack(Stream packed, ReadOnlySpan<byte> start, string name, PackedEnd end) => start.StartsWith(Gzip)
        ? new UnpackedStream(new GZipStream(packed, CompressionMode.Decompress), name, "gzip", end)
        : new UnpackedStream(new ZstdStream(packed, name), name, "zstd", end);

    /// <summary>Says of damage which capture has it; who wants what is before it gets that.</summary>
    private sealed class UnpackedStream(Stream unpacked, string name, string kind, PackedEnd end) : ForwardStream
    {
        private long _given;

        public override int Read(Span<byte> buffer)
        {
            if (end.Missing is not null)
            {
                return 0;
            }

            try
            {
                var read = unpacked.Read(buffer);
                _given += read;
                return read;
            }
            catch (InvalidDataException error)
            {
                if (!end.MayBeEarly)
                {
                    throw new TraceFormatException($"capture '{name}' is damaged {kind}: {error.Message}", "copy it again", inner: error);
                }

                end.Missing = string.Create(
                    CultureInfo.InvariantCulture, $"everything behind the first {_given:N0} unpacked bytes: '{name}' is damaged {kind}: {error.Message}");
                return 0;
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

/// <summary>How a packed capture ends.</summary>
internal sealed class PackedEnd
{
    /// <summary>Whether what stands before damage is wanted; otherwise damage is an error.</summary>
    public bool MayBeEarly { get; set; }

    /// <summary>What could not be unpacked, null when nothing was met.</summary>
    public string? Missing { get; set; }
}
