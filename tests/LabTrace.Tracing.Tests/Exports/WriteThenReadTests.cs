using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Exports;

/// <summary>What is written and read again is what it was.</summary>
public sealed class WriteThenReadTests
{
    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Binary_captures_survive_trace_dat_7(int seed)
    {
        var capture = MadeTrace.Dat(seed);
        foreach (var compression in Compressions)
        {
            var copy = MadeTrace.Convert(capture, "dat", new ExportOptions { Compression = compression });

            Same(Described(Read(copy)), Described(Read(capture)), compression);
            Read(copy).Tally.Lost.Should().Equal(Read(capture).Tally.Lost);
            Read(copy).Tally.Malformed.Should().Be(0);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Text_captures_survive_trace_dat_7_with_their_fields(int seed)
    {
        var capture = MadeTrace.Text(seed);

        Same(ByCpu(Read(MadeTrace.Convert(capture, "dat"))), ByCpu(Read(capture)), "text");
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Text_written_from_a_capture_is_the_kernel_s(int seed)
    {
        var capture = MadeTrace.Dat(seed);

        // As it is written: a reader of the file puts the clock's steps back in order.
        var text = FtraceTextFormat.Read(MadeTrace.Convert(capture, "text"));

        text.Events.Select(e => e.ToString()).Should().Equal(Read(capture).Events.Select(e => e.ToString()));
        text.Tally.LostTotal.Should().Be(Read(capture).Losses.Sum(l => Math.Max(l.Count, 0)));
    }

    [Test]
    public void Text_of_every_fixture_survives_trace_dat_7()
    {
        foreach (var file in Directory.GetFiles(TextGoldenTests.Folder(), "input.txt", SearchOption.AllDirectories))
        {
            var capture = File.ReadAllBytes(file);

            var copy = Read(MadeTrace.Convert(capture, "dat"));

            // At equal times the lower cpu comes first in a binary capture: each cpu's own order is what must be kept.
            Same(ByCpu(copy), ByCpu(Read(capture)), file);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Cutting_keeps_just_what_the_window_holds_and_counts_the_rest(int seed, ushort from, ushort length)
    {
        var whole = Read(MadeTrace.Dat(seed));
        var (first, last) = (whole.Events[from % whole.Events.Count].Time, whole.Events[(from + length) % whole.Events.Count].Time);
        var filter = new EventFilter { From = first, To = last };

        var cut = Read(MadeTrace.Convert(MadeTrace.Dat(seed), "dat", filter: filter));

        // Where a cpu's clock steps back, what was cut out decides how it is merged with the others: each cpu's own order is what must be kept.
        ByCpu(cut.Events).Should().Equal(ByCpu(whole.Events.Where(e => e.Time >= first && e.Time <= last)));
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Parts_that_are_merged_again_are_the_whole(int seed, ushort at)
    {
        var whole = Read(MadeTrace.Dat(seed));
        var middle = whole.Events[at % whole.Events.Count].Time;
        var parts = new[] { new EventFilter { To = new TraceTime(middle.Nanoseconds - 1) }, new EventFilter { From = middle } }
            .Select(filter => MadeTrace.Convert(MadeTrace.Dat(seed), "dat", filter: filter));
        using var merged = new MergedReader([.. parts.Select((p, i) => new MergedCapture($"part{i}", TraceReader.Open(Capture.Of(p)), Duration.Zero))]);

        var copy = Read(MadeTrace.Convert(merged, "dat"));

        Described(copy).Order(StringComparer.Ordinal).Should().Equal(Described(whole).Order(StringComparer.Ordinal));
        copy.Events.Count.Should().Be(whole.Events.Count);
    }

    [Test]
    public void Merging_keeps_each_capture_s_order_and_a_buffer_for_each()
    {
        var captures = new[] { MadeTrace.Dat(1), MadeTrace.Dat(2) };
        using var merged = new MergedReader(
            new MergedCapture("a", TraceReader.Open(Capture.Of(captures[0])), Duration.Zero), new MergedCapture("b", TraceReader.Open(Capture.Of(captures[1])), Duration.Parse("5 us")));

        var copy = MadeTrace.Convert(merged, "dat");

        using var reader = TraceReader.Open(Capture.Of(copy));
        reader.Info.Buffers.Select(b => b.Name).Should().Equal("", "b");
        var byBuffer = new List<string>[] { [], [] };
        while (reader.Read(out var item))
        {
            byBuffer[reader.BufferIndex].Add($"{item.Time} {item.Cpu} {item.Text}");
        }

        byBuffer[0].Should().Equal(Read(captures[0]).Events.Select(e => $"{e.Time} {e.Cpu} {e.Text}"));
        byBuffer[1].Should().Equal(Read(captures[1]).Events.Select(e => $"{e.Time + Duration.Parse("5 us")} {e.Cpu} {e.Text}"));
    }

    [Test]
    public void Captures_of_different_clocks_are_not_merged()
    {
        var other = new MemoryStream();
        TraceDatWriter.Write(other, MadeTrace.Recording(1) with { ClockName = "boot" });
        var act = () => new MergedReader(
            new MergedCapture("a", TraceReader.Open(Capture.Of(MadeTrace.Dat(1))), Duration.Zero), new MergedCapture("b", TraceReader.Open(Capture.Of(other.ToArray())), Duration.Zero));

        act.Should().Throw<TraceFormatException>().WithMessage("*'b'*'boot'*'mono'*");
    }

    [Test]
    public void Events_of_two_kernels_that_claim_one_number_both_keep_their_meaning()
    {
        var left = Recorded("left_event", 500, "unsigned int left", 11);
        var right = Recorded("right_event", 500, "unsigned int right", 22);
        using var merged = new MergedReader(
            new MergedCapture("a", TraceReader.Open(Capture.Of(left)), Duration.Zero), new MergedCapture("b", TraceReader.Open(Capture.Of(right)), Duration.Zero));

        var copy = Read(MadeTrace.Convert(merged, "dat"));

        copy.Events.Select(e => (e.Name.ToString(), e.Text)).Should().BeEquivalentTo([("made:left_event", "11"), ("made:right_event", "22")]);
    }

    private static readonly string[] Compressions = ["none", "zlib", "zstd"];

    private static byte[] Recorded(string name, int id, string field, int value)
    {
        var declared = field.Split(' ')[^1];
        var format = EventFormat.Parse("made", System.Text.Encoding.ASCII.GetBytes(
            $"name: {name}\nID: {id}\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
            + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
            + $"\tfield:{field};\toffset:8;\tsize:4;\tsigned:0;\n\nprint fmt: \"%u\", REC->{declared}\n"));
        var page = new SubBufferWriter(SubBufferLayout.Linux64);
        _ = page.TryAppend(1000, new PayloadBuilder(format).Common(1).Set(declared, value).ToPayload());
        var output = new MemoryStream();
        TraceDatWriter.Write(output, new RawRecording { Layout = SubBufferLayout.Linux64, Formats = new EventFormats([format]), Cpus = [new RawCpu(0, page.ToPage())] });
        return output.ToArray();
    }

    private static Trace Read(byte[] capture)
    {
        using var reader = TraceReader.Open(Capture.Of(capture));
        return reader.ReadToEnd();
    }

    /// <summary>Shows the first line that differs, not all of them.</summary>
    private static void Same(IEnumerable<string> copy, IEnumerable<string> original, string of)
    {
        var (found, expected) = (copy.ToArray(), original.ToArray());
        var at = found.Zip(expected).TakeWhile(p => p.First == p.Second).Count();
        found.ElementAtOrDefault(at).Should().Be(expected.ElementAtOrDefault(at), $"line {at} of {of}");
        found.Length.Should().Be(expected.Length);
    }

    private static IEnumerable<string> ByCpu(Trace trace) => ByCpu(trace.Events);

    private static IEnumerable<string> ByCpu(IEnumerable<TraceEvent> events) =>
        events.OrderBy(e => Math.Max(e.Cpu, 0)).Select(e => $"{e.Time} {Math.Max(e.Cpu, 0)} {e.Pid} {e.Name} {(e.Name == EventName.Print ? "" : e.Text.TrimEnd('\n'))} | {FieldsOf(e)}");

    private static IEnumerable<string> Described(Trace trace) =>
        trace.Events.Select(e => $"{e.Time} {e.Cpu} {e.Pid} {e.Comm} {e.Flags} {e.Name} {e.Text.TrimEnd('\n')} | {FieldsOf(e)}");

    // A marker in a binary capture has the address of who wrote it; text does not say it.
    private static string FieldsOf(TraceEvent item) =>
        string.Join(' ', item.Fields.Where(f => item.Name != EventName.Print || f.Key != "ip").Select(f => $"{f.Key}={f.Value}"));
}
