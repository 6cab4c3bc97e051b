using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using LabTrace.Tracing.Timelines;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Timelines;

public sealed class TimelineWriterTests
{
    private const string Switches = """
                   sh-7       [000] d..2.    10.000000: sched_switch: prev_comm=sh prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=sleep next_pid=8 next_prio=120
                sleep-8       [000] d..2.    10.001000: sched_switch: prev_comm=sleep prev_pid=8 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
               <idle>-0       [001] dNh4.    10.050900: sched_waking: comm=sleep pid=8 prio=120 target_cpu=000
               <idle>-0       [000] d..2.    10.051000: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sleep next_pid=8 next_prio=120
                sleep-8       [000] .....    10.051500: sys_nanosleep(rqtp: 1)
                sleep-8       [000] .....    10.051700: sys_nanosleep -> 0x0
        """;

    [Test]
    public void Every_event_of_a_small_trace_is_there_with_its_time_cpu_and_task()
    {
        var timeline = Write(Read(Switches));

        Numbers(timeline["t"]).Should().Equal(0, 1_000_000, 49_900_000, 100_000, 500_000, 200_000);
        Numbers(timeline["c"]).Should().Equal(0, 0, 1, 0, 0, 0);
        var tasks = timeline["tasks"]!.AsArray();
        Numbers(timeline["k"]).Select(task => (int)tasks[(int)task]![1]!).Should().Equal(7, 8, 0, 0, 8, 8);
        var names = timeline["names"]!.AsArray();
        Numbers(timeline["n"]).Select(name => (string)names[(int)name]!).First().Should().EndWith("sched_switch");
        ((string)timeline["start"]!).Should().Be("10000000000");
        ((int)timeline["total"]!).Should().Be(6);
        timeline["gaps"]!.AsArray().Should().BeEmpty();
    }

    [Test]
    public void A_task_runs_from_the_switch_to_it_until_the_next_and_a_call_from_entry_to_exit()
    {
        var spans = Spans(Write(Read(Switches)));

        spans.Should().Equal("sleep 0+1000000 kind 0", "sleep 51000000+700000 kind 0", "nanosleep 51500000+200000 kind 1");
    }

    [Test]
    public void Jobs_are_spans_on_their_ring()
    {
        var trace = Read("""
                   gpu-9       [000] .....    10.000000: gr_start: ring=gfx seqno=5
                   gpu-9       [000] .....    10.000001: gr_start: ring=copy seqno=5
                   gpu-9       [000] .....    10.000004: gr_end: ring=gfx seqno=5
            """);

        var timeline = Write(trace);

        Spans(timeline).Should().Equal("seqno 5 0+4000 kind 2");
        timeline["lanes"]!.AsArray().Select(lane => $"{lane![0]} {lane[1]}").Should().Equal("ring gfx", "ring copy");
        Numbers(timeline["r"]).Should().Equal(0, 1, 0);
    }

    [Test]
    public void A_large_trace_keeps_deciding_events_with_neighbours_and_counts_what_it_leaves_out()
    {
        const int count = 5000;
        var trace = Read(string.Concat(Enumerable.Range(0, count).Select(i => $"          a-7       [000] .....    10.{i:D6}: tracing_mark_write: {i}\n")));

        var timeline = Write(trace, deciding: [2500, 3]);

        var texts = timeline["x"]!.AsArray().Select(text => int.Parse((string)text!)).ToList();
        texts.Count.Should().BeLessThanOrEqualTo(1000).And.BeGreaterThan(960);
        texts.Should().Contain([0, 3, 4, 2499, 2500, 2501, count - 1]).And.BeInAscendingOrder();
        timeline["deciding"]!.AsArray().Select(index => texts[(int)index!]).Should().Equal(3, 2500);
        timeline["gaps"]!.AsArray().Sum(gap => (int)gap![1]!).Should().Be(count - texts.Count);
        foreach (var gap in timeline["gaps"]!.AsArray())
        {
            var behind = (int)gap![0]!;
            (texts[behind] - texts[behind - 1] - 1).Should().Be((int)gap[1]!);
        }
    }

    [FsCheck.NUnit.Property]
    public void A_selection_never_has_more_than_allowed_and_its_ranges_are_in_order_and_apart(int count, int most, int[] deciding)
    {
        count = Math.Abs(count % 100_000) + 1;
        most = Math.Abs(most % 3000) + 50;
        int[] within = [.. deciding.Select(index => Math.Abs(index % count)).Order()];

        var ranges = TimelineSelection.Choose(count, within, most);

        ranges.Sum(range => range.To - range.From).Should().BeLessThanOrEqualTo(most).And.BeGreaterThan(Math.Min(count, most) - 40, "the room is used");
        ranges.Should().OnlyContain(range => range.From >= 0 && range.To <= count && range.From < range.To);
        ranges.Zip(ranges.Skip(1)).Should().NotContain(pair => pair.First.To >= pair.Second.From);
    }

    [Test]
    public void Where_the_kernel_lost_events_is_told()
    {
        var timeline = Write(Read("          a-7       [000] .....    10.000000: tracing_mark_write: x\nCPU:0 [LOST 12 EVENTS]\n          a-7       [000] .....    10.000001: tracing_mark_write: y\n"));

        timeline["losses"]!.ToJsonString().Should().Be("[[1,0,12]]");
        ((int)timeline["lost"]!).Should().Be(12);
    }

    [Test]
    public void A_trace_without_events_has_no_timeline() => TimelineWriter.Write(Trace.Empty, new TimelineOptions("x")).Should().BeNull();

    private static Trace Read(string text) => FtraceTextFormat.Read(Encoding.UTF8.GetBytes(text + "\n"));

    private static JsonNode Write(Trace trace, params int[] deciding) =>
        JsonNode.Parse(TimelineWriter.Write(trace, new TimelineOptions("test") { Deciding = deciding }))!;

    private static IEnumerable<long> Numbers(JsonNode? list) => list!.AsArray().Select(number => (long)number!);

    /// <summary>The spans as <c>label start+length kind</c>, starts counted from the first event.</summary>
    private static IEnumerable<string> Spans(JsonNode timeline)
    {
        var slices = timeline["slices"]!;
        var start = 0L;
        for (var i = 0; i < slices["t"]!.AsArray().Count; i++)
        {
            start += (long)slices["t"]![i]!;
            yield return $"{slices["labels"]![(int)slices["n"]![i]!]} {start}+{slices["d"]![i]} kind {slices["y"]![i]}";
        }
    }
}
