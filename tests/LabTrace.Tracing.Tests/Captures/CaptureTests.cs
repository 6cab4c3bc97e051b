using System.IO.Compression;
using System.Text;
using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing.Tests.Exports;
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
    public void Zstd_that_gives_more_than_it_takes_at_once_is_read_to_its_end()
    {
        // A frame of two runs of one byte, 100,000 and 131,072 long: with all input taken there is more output than one buffer holds.
        byte[] frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50, .. Run(100_000, isLast: false, (byte)'a'), .. Run(131_072, isLast: true, (byte)'b')];
        using var capture = Capture.Of(frame, "runs.zst");

        capture.Length.Should().Be(231_072);
        capture.Bytes.Span[99_999..100_001].ToArray().Should().Equal((byte)'a', (byte)'b');
    }

    [TestCase("gz")]
    [TestCase("zst")]
    public void A_packed_capture_that_was_cut_gives_what_is_before_the_cut_and_tells_or_is_refused(string kind)
    {
        var line = "            bash-4321    [002] .....  {0}.000001: sched_waking: comm=x pid=1 prio=120 target_cpu=000\n";
        var random = new Random(3);
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => line.Replace("{0}", $"{i}", StringComparison.Ordinal).Replace("x", $"{random.Next()}", StringComparison.Ordinal))));
        var packed = kind == "gz" ? Gzip(text) : PageCompressor.Find("zstd").Compress(text).ToArray();
        var cut = packed[..(packed.Length / 2)];

        foreach (var capture in new[] { Capture.Of(cut, "cut"), Capture.Open(new MemoryStream(cut), "cut") })
        {
            using var reader = TraceReader.Open(capture, ReadMode.Salvage);
            while (reader.Read())
            {
            }

            reader.Count.Should().BeInRange(2_000, 18_000);
            reader.Tally.Missing.Should().ContainSingle().Which.Should().MatchRegex(@"^everything behind the first [\d,]+ unpacked bytes: 'cut' is damaged (gzip|zstd): ");
        }

        var strict = () => TraceReader.Open(Capture.Of(cut, "cut")).ReadToEnd();
        strict.Should().Throw<TraceFormatException>().WithMessage("capture 'cut' is damaged *\n  try: copy it again*");
        using var whole = TraceReader.Open(Capture.Of(packed, "whole"), ReadMode.Salvage);
        whole.ReadToEnd().Tally.Should().Match<ReadTally>(t => t.Events == 20_000 && t.Missing.Count == 0);
    }

    [Test]
    public void A_packed_trace_dat_that_was_cut_tells_it()
    {
        var dat = MadeTrace.Dat(3, 3000);
        var cut = Gzip(dat) is var packed ? packed[..(packed.Length * 3 / 4)] : [];

        using var reader = TraceReader.Open(Capture.Of(cut, "cut.dat.gz"), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        trace.Tally.Missing.Should().Contain(m => m.Contains("unpacked bytes: 'cut.dat.gz' is damaged gzip"));
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

    /// <summary>A block of a zstd frame that is one byte many times (RFC 8878, 3.1.1.2).</summary>
    private static byte[] Run(int length, bool isLast, byte value) =>
        [.. BitConverter.GetBytes((length << 3) | (1 << 1) | (isLast ? 1 : 0))[..3], value];

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
