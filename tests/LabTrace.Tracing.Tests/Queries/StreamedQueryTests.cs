using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class StreamedQueryTests
{
    private static readonly Trace Ticks = IntervalPairingTests.Read(
        "a-1 [000] 1.000000: tick: n=1",
        "b-2 [001] 1.000010: tock: n=1",
        "a-1 [000] 1.000020: tick: n=2",
        "a-1 [000] 1.000500: tick: n=3",
        "b-2 [001] 1.000510: tock: n=3");

    [Test]
    public void Gaps_are_found_for_each_key()
    {
        var finder = new GapFinder(Duration.Parse("100 us"), "cpu");
        var gaps = new List<Interval>();
        foreach (var (item, index) in Ticks.Events.Select((e, i) => (e, i)))
        {
            if (finder.Add(item, index, out var gap))
            {
                gaps.Add(gap);
            }
        }

        gaps.Select(g => (g.Length.Nanoseconds, g.Key)).Should().Equal((480_000, "cpu 0"), (500_000, "cpu 1"));
        finder.Longest!.Value.Key.Should().Be("cpu 1");
    }

    [Test]
    public void Rates_count_every_event_in_its_step()
    {
        var series = new RateSeries(Duration.Parse("100 us"));
        foreach (var item in Ticks.Events)
        {
            series.Add(item.Time);
        }

        series.Counts.Should().Equal(3, 0, 0, 0, 0, 2);
        series.Beyond.Should().Be(0);
    }

    [Test]
    public void An_order_that_is_broken_shows_the_event_out_of_turn_and_the_one_before_it()
    {
        var rule = new OrderRule([EventSelector.Parse("tick"), EventSelector.Parse("tock")]);
        foreach (var (item, index) in Ticks.Events.Select((e, i) => (e, i)))
        {
            rule.Add(item, index);
        }

        (rule.Complete, rule.Broken, rule.Unmatched).Should().Be((2, 1, 0));
        var example = rule.CounterExamples.Should().ContainSingle().Subject;
        example.Expected.Should().Be("tock");
        example.Found.Text.Should().Contain("n=3");
        example.Before!.Value.Text.Should().Contain("n=2");
    }

    [Test]
    public void Counts_tell_what_has_no_key()
    {
        var counts = new EventCounts("n");
        foreach (var item in IntervalPairingTests.Read("a-1 [000] 1.000000: x: n=1", "a-1 [000] 1.000001: x: m=1", "a-1 [000] 1.000002: y: n=1").Events)
        {
            counts.Add(item);
        }

        counts.All.Select(c => (c.Key, c.Count)).Should().Equal(("1", 2));
        counts.Without.Should().Be(1);
        counts.All[0].PerSecond.Should().BeApproximately(500_000, 1);
    }

    [Test]
    public void A_filter_keeps_what_fits_all_its_parts_and_counts_the_rest()
    {
        using var reader = TraceReader.Open(Capture.Of(Ticks.Events.Aggregate("", (text, e) => text + e + "\n").Select(c => (byte)c).ToArray()));
        var filtered = new FilteredReader(
            reader, new EventFilter { Cpus = new HashSet<int> { 0 }, Comms = ["a*"] }, TimePoint.Parse("10us"), TimePoint.Parse("@1.000500"));
        var kept = new List<string>();
        while (filtered.Read(out var item))
        {
            kept.Add(item.Text);
        }

        kept.Should().Equal("n=2", "n=3");
        (filtered.Tally.Events, filtered.Tally.Skipped).Should().Be((2, 3));
    }

    [TestCase(null, null, null, 5)]
    [TestCase("20us", null, null, 0)]
    [TestCase(null, "20us", null, 5)]
    [TestCase(null, null, 1, 0)]
    public void Losses_outside_what_is_kept_took_nothing_away_from_it(string? from, string? to, int? cpu, long lost)
    {
        var text = "  a-1 [000] ..... 1.000000: tick: n=1\nCPU:0 [LOST 5 EVENTS]\n  a-1 [000] ..... 1.000010: tick: n=2\n  b-2 [001] ..... 1.000030: tock: n=1\n";
        using var reader = TraceReader.Open(Capture.Of(System.Text.Encoding.ASCII.GetBytes(text)));
        var filtered = new FilteredReader(
            reader,
            new EventFilter { Cpus = cpu is { } only ? new HashSet<int> { only } : new HashSet<int>() },
            from is null ? null : TimePoint.Parse(from),
            to is null ? null : TimePoint.Parse(to));
        var marked = 0L;
        while (filtered.Read(out _))
        {
            marked += filtered.Losses.Sum(l => l.Count);
        }

        (filtered.Tally.LostTotal, marked).Should().Be((lost, lost));
    }

    [TestCase("1.5s", 1_500_000_000ul, false)]
    [TestCase("@2.5", 2_500_000_000ul, true)]
    [TestCase("@25", 25ul, true)]
    public void A_place_in_a_trace_is_relative_or_a_time_of_its_clock(string text, ulong ns, bool isAbsolute) =>
        TimePoint.Parse(text).Should().Be(new TimePoint(ns, isAbsolute));

    [TestCase("-1s")]
    [TestCase("@x")]
    [TestCase("12")]
    [TestCase("@-1")]
    [TestCase("@99999999999999999999.5")]
    public void What_is_no_place_says_what_is(string text)
    {
        var act = () => TimePoint.Parse(text);

        act.Should().Throw<FormatException>().WithMessage("*@2822.408285*");
    }

    [Test]
    public void Stacks_belong_to_the_event_before_them_on_their_cpu()
    {
        var trace = FtraceTextFormat.Read(
            """
              a-1 [000] ..... 1.000000: kmalloc: call_site=x
              b-2 [001] ..... 1.000001: tick: n=1
              a-1 [000] ..... 1.000002: <stack trace>
             => do_sys_open
             => do_syscall_64

            """,
            "local");
        var stacks = new StackCounts();
        foreach (var item in trace.Events)
        {
            stacks.Add(item, e => e.Name.Name == "kmalloc");
        }

        stacks.All.Should().ContainSingle().Which.Frames.Should().Equal("do_sys_open", "do_syscall_64");
    }
}
