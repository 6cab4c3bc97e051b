using System.IO.Compression;
using System.Text;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Captures;

public sealed class CaptureTests
{
    /// <summary>Two frames one behind the other, as <c>zstd</c> made them.</summary>
    private const string TwoFrames = "KLUv/QRYYQAAZmlyc3QgZnJhbWUKDsLHKii1L/0EWGkAAHNlY29uZCBmcmFtZQqeOXOr";

    [Test]
    public void A_file_packed_with_zstd_is_read_as_it_is()
    {
        using var capture = Capture.Of(Convert.FromBase64String(TwoFrames));

        Encoding.ASCII.GetString(capture.Bytes.Span).Should().Be("first frame\nsecond frame\n");
        Encoding.ASCII.GetString(capture.Start.Span).Should().Be("first frame\nsecond frame\n");
    }

    [TestCase(5)]
    [TestCase(20)]
    [TestCase(40)]
    public void Zstd_that_ends_early_is_told(int length)
    {
        var read = () => Capture.Of(Convert.FromBase64String(TwoFrames).AsMemory()[..length], "cut.zst").Bytes;

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'cut.zst' is damaged zstd: it ends inside a frame\n  try: copy it again");
    }

    [Test]
    public void Zstd_that_was_changed_is_told()
    {
        var bytes = Convert.FromBase64String(TwoFrames);
        bytes[4] = 0xff;

        var read = () => Capture.Of(bytes, "odd.zst").Bytes;

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'odd.zst' is damaged zstd: *");
    }

    [Test]
    public void Gzip_that_was_changed_is_told()
    {
        var packed = Gzip(new byte[100_000]);
        packed[^6] ^= 0x55;

        var read = () => Capture.Of(packed, "odd.gz").Bytes;

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'odd.gz' is damaged gzip: *\n  try: copy it again");
    }

    [Test]
    public void A_large_packed_file_is_spooled_and_can_be_read_anywhere()
    {
        using var folder = new TemporaryDirectory();
        var content = new byte[20 << 20];
        new Random(1).NextBytes(content.AsSpan(0, 1000));
        content[^1] = 7;
        File.WriteAllBytes(folder.At("large.gz"), Gzip(content));
        using var capture = Capture.Open(folder.At("large.gz"));
        var end = new byte[10];

        var read = capture.ReadAt(content.Length - 4, end);

        capture.Length.Should().Be(content.Length);
        read.Should().Be(4);
        end[3].Should().Be(7);
        Directory.GetFiles(Path.GetTempPath(), "labtrace-*").Should().NotContain(f => new FileInfo(f).Length == content.Length, "the spool has no name");
    }

    [Test]
    public void What_can_be_read_once_is_read_once()
    {
        using var capture = Capture.Open(new MemoryStream(Gzip("once"u8.ToArray())), "pipe");
        using (var stream = new StreamReader(capture.OpenStream()))
        {
            stream.ReadToEnd().Should().Be("once");
        }

        var again = () => capture.OpenStream();

        again.Should().Throw<InvalidOperationException>().WithMessage("capture 'pipe' can be read once only, and that was done");
    }

    [Test]
    public void A_closed_capture_gives_nothing()
    {
        var capture = Capture.Of("text"u8.ToArray());
        capture.Dispose();

        var read = () => capture.Bytes;

        read.Should().Throw<ObjectDisposedException>();
    }

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
