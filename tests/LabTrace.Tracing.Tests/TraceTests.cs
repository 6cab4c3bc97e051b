using System.Text;
using FluentAssertions;
using LabTrace.Tracing.Tests.TraceDat;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests;

public sealed class TraceTests
{
    [Test]
    public void Cpus_are_merged_by_time_with_the_lower_cpu_first_and_their_own_order_kept()
    {
        var trace = Recording((1, [5, 3, 9]), (0, [3, 5, 8])).ToTrace();

        trace.Events.Select(e => (e.Time.Nanoseconds, e.Cpu)).Should().Equal((3, 0), (5, 0), (5, 1), (3, 1), (8, 0), (9, 1));
        trace.Cpus.Should().Equal(0, 1);
    }

    [Test]
    public void Events_missed_before_a_page_are_marked_at_its_first_event()
    {
        var recording = Recording((0, [10, 20]), (1, [15]));
        var second = new SubBufferWriter(SubBufferLayout.Linux64);
        second.TryAppend(30, new byte[12]);
        second.SetMissed(7);
        recording = recording with { Cpus = [new RawCpu(0, (byte[])[.. recording.Cpus[0].Pages.Span, .. second.ToPage()]), recording.Cpus[1]] };

        var trace = recording.ToTrace();

        trace.Losses.Should().Equal(new LostMarker(0, 7, 3));
        trace.Tally.Lost.Should().Equal(new LostOnCpu(0, 7, IsExact: true));
    }

    [Test]
    public void Overruns_of_the_statistics_and_of_the_pages_are_the_same_losses_but_drops_come_on_top()
    {
        var recording = Recording((0, [10])) with { Stats = [new CpuStats(0, 1, Overrun: 9, CommitOverrun: 1, Dropped: 2, ReadEvents: 0)] };
        var page = new SubBufferWriter(SubBufferLayout.Linux64);
        page.TryAppend(30, new byte[12]);
        page.SetMissed(4);

        var trace = (recording with { Cpus = [new RawCpu(0, page.ToPage())] }).ToTrace();

        trace.Tally.LostTotal.Should().Be(12);
    }

    [Test]
    public void A_broken_page_is_counted_and_the_next_one_is_read()
    {
        var recording = Recording((0, [10, 20]));
        var broken = new byte[4096];
        broken[9] = 0xff;

        var trace = (recording with { Cpus = [new RawCpu(0, (byte[])[.. broken, .. recording.Cpus[0].Pages.Span])] }).ToTrace();

        trace.Events.Should().HaveCount(2);
        trace.Tally.Malformed.Should().Be(1);
        trace.Tally.Samples.Single().Reason.Should().Be("the commit count is larger than the sub-buffer");
    }

    [Test]
    public void A_record_without_format_is_kept_and_counted()
    {
        var trace = (Recording((0, [10])) with { Formats = EventFormats.Empty }).ToTrace();

        trace.Events.Single().Name.ToString().Should().StartWith("unknown:type_");
        trace.Tally.Samples.Single().Reason.Should().StartWith("the capture has no format for events of type ");
    }

    [Test]
    public void Events_left_out_by_a_filter_are_counted_as_skipped_and_losses_keep_their_place()
    {
        var trace = FtraceTextFormat.Read(Line(1, "a") + Line(2, "b") + "CPU:0 [LOST 3 EVENTS]\n" + Line(3, "a"));

        var filtered = trace.Where(e => e.Name.Name == "a");

        filtered.Events.Select(e => e.Name.Name).Should().Equal("a", "a");
        filtered.Losses.Should().Equal(new LostMarker(0, 3, 1));
        filtered.Tally.Skipped.Should().Be(1);
    }

    [Test]
    public void Traces_are_merged_by_time_with_their_own_names_and_tallies()
    {
        var left = FtraceTextFormat.Read(Line(1, "a") + Line(5, "b"));
        var right = FtraceTextFormat.Read(Line(3, "c") + "garbage\n");

        var merged = Trace.Merge(left, right);

        merged.Events.Select(e => e.ToString()).Should().Equal(
            left.Events[0].ToString(), right.Events[0].ToString(), left.Events[1].ToString());
        merged.Tally.Malformed.Should().Be(1);
    }

    [Test]
    public void Traces_of_different_clocks_cannot_be_merged()
    {
        var merge = () => Trace.Merge(FtraceTextFormat.Read(Line(1, "a"), "mono"), FtraceTextFormat.Read(Line(1, "a"), "boot"));

        merge.Should().Throw<ArgumentException>().WithMessage("traces of the clocks mono, boot cannot be merged without a clock map*");
    }

    [Test]
    public void Walking_pages_allocates_nothing_and_text_takes_little_more_than_a_record_a_line()
    {
        var pages = Version7.Recording(20).Cpus[0].Pages;
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 20_000).Select(i => Line(i, "event"))));
        _ = (Walk(pages), FtraceTextFormat.Read(text));

        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Walk(pages);
        var walked = GC.GetAllocatedBytesForCurrentThread() - before;
        _ = FtraceTextFormat.Read(text);
        var read = GC.GetAllocatedBytesForCurrentThread() - before - walked;

        walked.Should().Be(0);

        // 63.9 bytes a line, and now and then some 2,000 once, by the runtime; an object for each line would be 24 more.
        (read / 20_000).Should().BeLessThan(70);
    }

    private static long Walk(ReadOnlyMemory<byte> pages)
    {
        long sum = 0;
        for (var at = 0; at < pages.Length; at += 4096)
        {
            var reader = new SubBufferReader(pages.Span.Slice(at, 4096), SubBufferLayout.Linux64);
            while (reader.Read())
            {
                sum += reader.Payload.Length;
            }
        }

        return sum;
    }

    private static string Line(int us, string name) => $"            comm-7       [000] ..... {us / 1_000_000,5}.{us % 1_000_000:D6}: {name}: x={us}\n";

    private static RawRecording Recording(params (int Cpu, ulong[] Times)[] cpus)
    {
        var format = Printing.Formats.SchedSwitch;
        return new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([format]),
            Cpus = [.. cpus.Select(c => new RawCpu(c.Cpu, Page(format, c.Times)))],
        };
    }

    private static byte[] Page(EventFormat format, ulong[] times)
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        foreach (var time in times)
        {
            writer.TryAppend(time, new PayloadBuilder(format).Common(7).ToPayload());
        }

        return writer.ToPage();
    }
}
