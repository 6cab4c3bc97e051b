using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class TraceDatTests
{
    [Test]
    public void What_is_written_as_version_6_is_read_back_with_everything()
    {
        var recording = Version7.Recording(pagesPerCpu: 3);
        var expected = recording.ToTrace();

        var trace = Read(Version6(recording));

        trace.Events.Select(e => e.ToString()).Should().Equal(expected.Events.Select(e => e.ToString()));
        trace.Events.Select(e => e.Time).Should().Equal(expected.Events.Select(e => e.Time));
        trace.ClockName.Should().Be("mono");
        trace.Tally.Should().BeEquivalentTo(expected.Tally);
        trace.Tally.ToString().Should().Contain("6 lost (cpu 0: 6)");
        trace.Events[0].Comm.Should().Be("a b-c");
    }

    [Test]
    public void A_cpu_that_is_missing_between_others_has_no_pages()
    {
        var recording = Version7.Recording(pagesPerCpu: 1);
        recording = recording with { Cpus = [recording.Cpus[0], recording.Cpus[1] with { Cpu = 3 }] };

        var trace = Read(Version6(recording));

        trace.Events.Select(e => e.Cpu).Distinct().Should().BeEquivalentTo([0, 3]);
    }

    [TestCase("none")]
    [TestCase("zlib")]
    public void Version_7_is_read_like_version_6(string compression)
    {
        var recording = Version7.Recording(pagesPerCpu: 4);

        var trace = Read(Version7.Make(recording, compression));

        trace.Events.Select(e => e.ToString()).Should().Equal(recording.ToTrace().Events.Select(e => e.ToString()));
        trace.ClockName.Should().Be("mono");
    }

    [Test]
    public void A_chain_of_options_that_bites_its_tail_ends()
    {
        var bytes = Version7.Make(Version7.Recording(1), "none", (_, options) => Version7.Option(options, 0, new byte[8]));
        var self = BitConverter.ToUInt64(bytes, bytes.AsSpan().IndexOf("some version\0"u8) + 13);
        BitConverter.GetBytes(self).CopyTo(bytes, bytes.Length - 8);

        Read(bytes).Events.Should().NotBeEmpty();
    }

    [Test]
    public void Ticks_become_nanoseconds_and_the_offset_is_added()
    {
        var recording = Version7.Recording(1);
        var bytes = Version7.Make(recording, "none", (_, options) =>
        {
            Version7.Option(options, 14, [.. BitConverter.GetBytes(3), .. BitConverter.GetBytes(1), .. new byte[8]]);
            Version7.Option(options, 7, "1000\0"u8.ToArray());
        });

        var trace = Read(bytes);

        trace.ClockName.Should().Be("tsc2nsec");
        trace.Events[0].Time.Nanoseconds.Should().Be((1000 * 3 / 2) + 1000);
    }

    [Test]
    public void A_cut_capture_is_refused_with_what_it_needs_and_where_it_ends()
    {
        var bytes = Version6(Version7.Recording(2));

        var read = () => Read(bytes[..^5000]);

        read.Should().Throw<TraceFormatException>().WithMessage(
            $"capture 'cut.dat': cpu 1 has 8192 bytes at offset {bytes.Length - 8192} but the capture has {bytes.Length - 5000}\n" +
            "  try: the capture was cut short: record again, or open it with ReadMode.Salvage");
    }

    [Test]
    public void Salvage_reads_what_is_before_the_cut_and_says_what_is_missing()
    {
        var recording = Version7.Recording(2);
        var bytes = Version6(recording);

        var trace = Read(bytes[..^5000], ReadMode.Salvage);

        trace.Tally.Missing.Should().Equal("cpu 1: 5,000 of 8,192 bytes");
        trace.Events.Count.Should().BeInRange(recording.ToTrace().Events.Count / 2, recording.ToTrace().Events.Count - 1);
    }

    [Test]
    public void A_cut_inside_the_metadata_is_told_by_its_section()
    {
        var bytes = Version6(Version7.Recording(1));

        var read = () => Read(bytes[..40]);
        var salvaged = Read(bytes[..40], ReadMode.Salvage);

        read.Should().Throw<TraceFormatException>().WithMessage(
            "capture 'cut.dat': header_page needs 205 bytes but 2 are left at offset 38\n  try: the capture was cut short: record again, or open it with ReadMode.Salvage");
        salvaged.Events.Should().BeEmpty();
        salvaged.Tally.Missing.Should().Equal("everything behind offset 38, inside header_page");
    }

    [TestCase("none")]
    [TestCase("zlib")]
    public void A_capture_cut_anywhere_is_salvaged_without_an_error(string compression)
    {
        var bytes = Version7.Make(Version7.Recording(1), compression);

        for (var length = 12; length < bytes.Length; length += 97)
        {
            var trace = Read(bytes[..length], ReadMode.Salvage);

            (trace.Tally.Missing.Count + trace.Events.Count).Should().BePositive();
        }
    }

    [Test]
    public void Mutated_captures_raise_only_format_errors()
    {
        byte[][] sources = [Version6(Version7.Recording(1)), Version7.Make(Version7.Recording(1), "zlib"), Version7.Make(Version7.Recording(1), "none")];
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Flips, bool IsStrict)>(), input =>
        {
            var random = new System.Random(input.Seed);
            var bytes = (byte[])sources[random.Next(sources.Length)].Clone();
            for (var i = 0; i <= input.Flips % 16; i++)
            {
                var at = random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 3000));
                bytes[at] = random.Next(3) == 0 ? (byte)0xff : (byte)random.Next(256);
            }

            try
            {
                foreach (var item in Read(bytes, input.IsStrict ? ReadMode.Strict : ReadMode.Salvage).Events)
                {
                    _ = item.ToString();
                }
            }
            catch (TraceFormatException)
            {
                // Refused, as it may be.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Test]
    public void A_chunk_that_promises_too_much_is_refused_before_memory_is_taken()
    {
        var bytes = Version7.Make(Version7.Recording(2), "zlib");
        var chunks = Enumerable.Range(1, bytes.Length / 4096).Select(page => page * 4096).Last(at => BitConverter.ToInt32(bytes, at) == 2);
        bytes.AsSpan(chunks + 8, 4).Fill(0x7f);

        var read = () => Read(bytes);

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'cut.dat': a chunk of cpu 1 says it holds 2139062143 bytes at offset *");
    }

    [Test]
    public void A_version_nobody_knows_is_refused()
    {
        var bytes = Version6(Version7.Recording(1));
        bytes[10] = (byte)'5';

        var read = () => Read(bytes);

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'cut.dat' has version '5', expected 6 or 7\n  try: convert it with `trace-cmd convert`");
    }

    private static byte[] Version6(RawRecording recording)
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, recording);
        return output.ToArray();
    }

    private static Trace Read(byte[] bytes, ReadMode mode = ReadMode.Strict)
    {
        var capture = Capture.Of(bytes, "cut.dat");
        return TraceFormats.Read(capture, mode);
    }
}
