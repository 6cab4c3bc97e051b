using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class TraceDatOptionTests
{
    [TestCase(ReadMode.Strict)]
    [TestCase(ReadMode.Salvage)]
    public void A_compression_that_nobody_knows_is_an_error_and_no_damage(ReadMode mode)
    {
        var bytes = Version7.Make(Version7.Recording(1), "lzo");

        var read = () => TraceReader.Open(Capture.Of(bytes, "odd.dat"), mode);

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'odd.dat' is compressed with 'lzo', which is not known\n  try: use zlib, zstd or none");
    }

    [Test]
    public void What_the_recorder_noted_is_told()
    {
        using var reader = Open(options =>
        {
            Version7.Option(options, 5, "Linux bench 6.18 x86_64\0"u8.ToArray());
            Version7.Option(options, 9, "3.3.3 not-a-git-repo\0"u8.ToArray());
            Version7.Option(options, 11, BitConverter.GetBytes(0x1234UL));
            Version7.Option(options, 24, "instance:# Kernel\0"u8.ToArray());
        });

        reader.Info.Options.Select(o => $"{o.Key}={o.Value}").Should().Equal(
            "uname=Linux bench 6.18 x86_64", "version=3.3.3 not-a-git-repo", "traceid=0x1234", "last_boot_info=instance:# Kernel");
        reader.Info.TraceId.Should().Be(0x1234);
        reader.Info.Warnings.Should().BeEmpty();
    }

    [Test]
    public void Sections_of_types_and_modules_are_stepped_over_and_unknown_options_told()
    {
        using var reader = Open(options =>
        {
            Version7.Option(options, 23, BitConverter.GetBytes(4096UL));
            Version7.Option(options, 25, BitConverter.GetBytes(4096UL));
            Version7.Option(options, 99, new byte[12]);
        });

        reader.ReadToEnd().Events.Should().NotBeEmpty();
        reader.Info.Warnings.Should().Equal("option 99 with 12 bytes is not known and was skipped");
    }

    [Test]
    public void Options_that_are_compressed_themselves_are_read()
    {
        var recording = Version7.Recording(1);

        using var reader = TraceReader.Open(Capture.Of(Version7.Make(recording, "zlib", packsOptions: true)));

        reader.ReadToEnd().Events.Select(e => e.ToString()).Should().Equal(recording.ToTrace().Events.Select(e => e.ToString()));
    }

    [TestCase("none")]
    [TestCase("zlib")]
    [TestCase("version 6")]
    public void A_latency_recording_which_is_text_is_read_as_text(string form)
    {
        var text = "# tracer: wakeup\n#\n  <idle>-0       3d.h4    1us :      0:120:R   + [003]   312:  0:R cyclictest\n  <idle>-0       3d.h4    3us : ttwu_do_activate <-try_to_wake_up\n"u8.ToArray();

        using var reader = TraceReader.Open(Capture.Of(form == "version 6" ? Version6(text) : Version7.Make(Version7.Recording(1), form, (file, options) =>
        {
            var section = file.Section(22, w => w.Write(text));
            Version7.Option(options, 22, [.. BitConverter.GetBytes(section), .. "\0[mono]\0"u8]);
        })));
        var trace = reader.ReadToEnd();

        trace.Tally.Malformed.Should().Be(0, trace.Tally.ToString());
        trace.Events.Should().HaveCount(2);
        trace.Events.Should().OnlyContain(e => e.Cpu == 3 && e.Comm == "<idle>");
        trace.Events[1].TryGetField("parent_ip", out _).Should().BeTrue(string.Join(' ', trace.Events[1].Fields.Select(f => f.Key)));
    }

    private static byte[] Version6(byte[] text)
    {
        var file = new MemoryStream();
        TraceDatWriter.Write(file, Version7.Recording(1));
        var bytes = file.ToArray();
        return [.. bytes.AsSpan(0, bytes.AsSpan().IndexOf("flyrecord\0"u8)), .. "latency  \0"u8, .. text];
    }

    [Test]
    public void A_hosts_file_names_its_guests_and_the_threads_of_their_cpus()
    {
        using var reader = Open(options => Version7.Option(options, 13,
            [.. "guest one\0"u8, .. BitConverter.GetBytes(0xabcUL), .. BitConverter.GetBytes(2), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(4711), .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(-1)]));

        var guest = reader.Info.Guests.Should().ContainSingle().Which;
        (guest.Name, guest.TraceId).Should().Be(("guest one", 0xabcUL));
        guest.Threads.Select(t => (t.Key, t.Value)).Should().Equal((0, 4711), (1, -1));
    }

    [Test]
    public void The_date_is_added_in_microseconds()
    {
        var plain = Version7.Recording(1).ToTrace().Events[0].Time.Nanoseconds;

        using var reader = Open(options => Version7.Option(options, 1, "0x10\0"u8.ToArray()));
        _ = reader.Read();

        reader.Time.Nanoseconds.Should().Be(plain + 16_000);
    }

    [Test]
    public void Counters_of_an_instance_are_not_the_top_buffers()
    {
        using var reader = Open(options =>
        {
            Version7.Option(options, 2, Stats(0, overrun: 5));
            Version7.Option(options, 2, "\nBuffer: one\n\n\0"u8.ToArray());
            Version7.Option(options, 2, Stats(0, overrun: 70));
        });

        var trace = reader.ReadToEnd();

        reader.Info.Explanation!.Stats.Select(s => s.Overrun).Should().Equal(5);
        trace.Tally.LostTotal.Should().Be(75, "losses of all buffers are losses");
        reader.Info.Warnings.Should().ContainSingle().Which.Should().Be("buffer 'one' cpu 0: the kernel recorded 9 events and the file has no pages of it");
    }

    [Test]
    public void Cpus_that_the_recorder_counted_are_covered_also_without_pages()
    {
        using var reader = Open(options => Version7.Option(options, 8, BitConverter.GetBytes(4)));

        reader.Info.Cpus.Should().Equal(0, 1, 2, 3);
    }

    [Test]
    public void An_instance_on_another_clock_than_its_label_says_is_doubted()
    {
        var top = Version7.Recording(1);
        var late = Version7.Recording(1, firstTime: 8_000_000_000_000);
        var bytes = Version7.Make(top, "none", (file, options) => Version7.Option(options, 3, file.Buffer(late, "tsc", "mono")));

        using var reader = TraceReader.Open(Capture.Of(bytes));
        var trace = reader.ReadToEnd();

        trace.Events.Count.Should().Be(top.ToTrace().Events.Count + late.ToTrace().Events.Count);
        reader.Info.Buffers.Select(b => b.Name).Should().Equal("", "tsc");
        reader.Info.Warnings.Should().ContainSingle().Which.Should().StartWith("buffer 'tsc': the clock label does not fit: its times 8000000000000 to ");
    }

    [Test]
    public void Buffers_of_different_clocks_are_read_and_told_to_be_incomparable()
    {
        var top = Version7.Recording(1);
        var bytes = Version7.Make(top, "none", (file, options) => Version7.Option(options, 3, file.Buffer(top, "tsc", "x86-tsc")));

        using var reader = TraceReader.Open(Capture.Of(bytes));
        var trace = reader.ReadToEnd();

        trace.Events.Count.Should().Be(2 * top.ToTrace().Events.Count);
        reader.Info.Warnings.Should().ContainSingle().Which.Should().Contain("their times cannot be compared");
    }

    private static byte[] Stats(int cpu, int overrun) =>
        Encoding.ASCII.GetBytes($"CPU: {cpu}\nentries: 4\noverrun: {overrun}\ncommit overrun: 0\nbytes: 1\ndropped events: 0\nread events: 5\n\0");

    private static TraceReader Open(Action<MemoryStream> more) =>
        TraceReader.Open(Capture.Of(Version7.Make(Version7.Recording(1), "none", (_, options) => more(options)), "options.dat"));
}
