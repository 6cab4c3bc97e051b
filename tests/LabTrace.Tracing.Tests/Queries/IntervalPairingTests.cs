using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class IntervalPairingTests
{
    [Test]
    public void Starts_and_ends_are_paired_by_key_and_the_rest_is_counted()
    {
        var found = Intervals.Find(
            Read(
                "a-1 [000] 1.000001: begin: id=7",
                "a-1 [000] 1.000002: begin: id=8",
                "a-1 [001] 1.000005: end: id=7",
                "a-1 [000] 1.000006: end: id=9",
                "a-1 [000] 1.000007: begin: id=8",
                "a-1 [000] 1.000009: end: id=8",
                "a-1 [000] 1.000010: begin: nothing"),
            "begin",
            "end",
            "id");

        found.Found.Select(i => (i.Length.Nanoseconds, i.Key, i.StartCpu, i.EndCpu)).Should().Equal((4000, "id 7", 0, 1), (2000, "id 8", 0, 0));
        (found.UnmatchedStarts, found.UnmatchedEnds).Should().Be((2, 1), "8 began twice, one begin has no id, 9 never began");
    }

    [Test]
    public void An_end_may_call_the_key_otherwise()
    {
        var found = Intervals.Find(
            Read(
                "a-1 [000] 1.000001: sched_waking: comm=x pid=42 prio=120",
                "b-2 [001] 1.000004: sched_switch: prev_pid=2 next_pid=7",
                "b-2 [001] 1.000005: sched_switch: prev_pid=7 next_pid=42"),
            "sched_waking",
            "sched_switch",
            "pid=next_pid");

        found.Lengths.Values.Should().Equal(4000);
        (found.UnmatchedStarts, found.UnmatchedEnds).Should().Be((0, 1));
    }

    [Test]
    public void Periods_have_no_loose_ends()
    {
        var found = Intervals.Find(Read("a-1 [000] 1.000001: tick: v=1", "a-1 [000] 1.000003: tick: v=0", "a-1 [000] 1.000006: tick: v=1"), "tick", "tick");

        found.Lengths.Values.Should().Equal(2000, 3000);
        found.Unmatched.Should().Be(0);
        Intervals.Find(Read("a-1 [000] 1.000001: tick: v=1"), "tick", "tick").UnmatchedStarts.Should().Be(1, "a single one has no partner");
    }

    [Test]
    public void Several_keys_must_all_fit()
    {
        var trace = Read(
            "a-1 [000] 1.000001: irq_handler_entry: irq=9",
            "a-1 [001] 1.000002: irq_handler_entry: irq=9",
            "a-1 [001] 1.000004: irq_handler_exit: irq=9",
            "a-1 [000] 1.000009: irq_handler_exit: irq=9");

        Intervals.Find(trace, "irq_handler_entry", "irq_handler_exit", "cpu, irq").Found.Select(i => (i.Key, i.Length.Nanoseconds))
            .Should().Equal(("cpu 1, irq 9", 2000), ("cpu 0, irq 9", 8000));
    }

    [FsCheck.NUnit.Property]
    public void Every_start_and_end_is_in_an_interval_or_counted(bool[] isStart, byte[] keys)
    {
        var lines = isStart.Zip(keys).Select((e, i) => $"a-1 [000] 1.{i:D6}: {(e.First ? "begin" : "end")}: id={e.Second % 3}").ToArray();

        var found = Intervals.Find(Read(lines), "begin", "end", "id");

        found.UnmatchedStarts.Should().Be(isStart.Zip(keys).Count(e => e.First) - found.Lengths.Count);
        found.UnmatchedEnds.Should().Be(isStart.Zip(keys).Count(e => !e.First) - found.Lengths.Count);
    }

    internal static Trace Read(params string[] lines) =>
        FtraceTextFormat.Read(string.Concat(lines.Select(l => "  " + l.Replace("] ", "] ..... ", StringComparison.Ordinal) + "\n")), "local");
}
