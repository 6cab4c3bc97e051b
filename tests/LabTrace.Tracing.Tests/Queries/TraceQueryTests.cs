using System.Globalization;
using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class TraceQueryTests
{
    private static readonly EventSelector Begin = EventSelector.Parse("begin");
    private static readonly EventSelector End = EventSelector.Parse("end");

    [Test]
    public void Too_few_events_are_told_with_the_nearest_name()
    {
        var finding = Trace("1 0 7 sched_switch: prev_pid=1").HasAtLeast(EventSelector.Parse("sched:sched_swich"), 1);

        finding.Holds.Should().BeFalse();
        finding.ToText().Should().Be("expected: at least 1 sched:sched_swich event\n   found: none; nearest: sched_switch\n");
    }

    [Test]
    public void Too_few_events_of_no_similar_name_are_told_with_what_is_there()
    {
        Trace("1 0 7 a: x=1", "2 0 7 a: x=1", "3 0 7 b: x=1").HasAtLeast(EventSelector.Parse("timer:hrtimer_start"), 1).Found
            .Should().Be("none; the trace has a (2), b (1)");
    }

    [TestCase("at least", 2, true)]
    [TestCase("at least", 3, false)]
    [TestCase("at most", 2, true)]
    [TestCase("at most", 1, false)]
    [TestCase("exactly", 2, true)]
    [TestCase("exactly", 1, false)]
    public void Counts_have_limits(string limit, int count, bool holds)
    {
        var trace = Trace("1 0 7 begin: x=1", "2 0 7 begin: x=2");

        var finding = limit switch
        {
            "at least" => trace.HasAtLeast(Begin, count),
            "at most" => trace.HasAtMost(Begin, count),
            _ => trace.HasExactly(Begin, count),
        };

        finding.Holds.Should().Be(holds);
    }

    [Test]
    public void A_failure_shows_the_deciding_event_among_its_neighbours_on_the_same_cpu()
    {
        var trace = Trace("1 0 7 a: x=1", "2 0 7 a: x=2", "3 1 7 other: x=0", "4 0 7 a: x=9", "5 0 7 a: x=4", "6 0 7 a: x=5", "7 0 7 a: x=5");

        var finding = trace.Every(EventSelector.Parse("a"), new FieldCondition("x", FieldOperator.Less, "9"));

        finding.ToText().ReplaceLineEndings("\n").Should().Be(
            """
            expected: every a event has x less than 9
               found: 1 of 6 have not: x is 9
              events:
                              comm-7       [000] .....     0.000001: a: x=1
                              comm-7       [000] .....     0.000002: a: x=2
                  …
                >             comm-7       [000] .....     0.000004: a: x=9
                              comm-7       [000] .....     0.000005: a: x=4
                              comm-7       [000] .....     0.000006: a: x=5

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public void Every_without_any_event_does_not_hold()
    {
        var finding = Trace("1 0 7 a: x=1").Every(EventSelector.Parse("nothing_like_it"), new FieldCondition("x", FieldOperator.Equal, "1"));

        finding.Holds.Should().BeFalse();
    }

    [Test]
    public void Some_event_that_is_not_there_is_told_with_the_values_that_are()
    {
        Trace("1 0 7 a: x=cat", "2 0 7 a: x=cat", "3 0 7 a: x=dog").Some(EventSelector.Parse("a"), new FieldCondition("x", FieldOperator.Equal, "cow"))
            .Found.Should().Be("none of 3 a events: x is cat (2 times), dog");
    }

    [Test]
    public void A_field_that_does_not_exist_is_told_with_the_nearest()
    {
        Trace("1 0 7 a: prev_comm=x").EveryHasFields(EventSelector.Parse("a"), "prev_com")
            .Found.Should().Be("1 of 1 have no 'prev_com'; nearest: prev_comm");
    }

    [TestCase("equal to", "120", true)]
    [TestCase("equal to", "0x78", true)]
    [TestCase("not equal to", "120", false)]
    [TestCase("less than", "121", true)]
    [TestCase("at most", "119", false)]
    [TestCase("greater than", "100 ns", true)]
    [TestCase("at least", "1 us", false)]
    [TestCase("containing", "2", true)]
    [TestCase("starting with", "12", true)]
    [TestCase("ending with", "21", false)]
    [TestCase("matching", "1?0", true)]
    [TestCase("one of", "1, 120", true)]
    public void Fields_are_compared_as_scenarios_write_it(string op, string literal, bool holds)
    {
        var condition = new FieldCondition("prio", FieldCondition.ParseOperator(op), literal);

        Trace("1 0 7 a: prio=120").Some(EventSelector.Parse("a"), condition).Holds.Should().Be(holds);
    }

    [TestCase("a where comm = quiet begins and pid != 3", "a", "comm equal to quiet begins", "pid not equal to 3")]
    [TestCase("s:a where name = rock and roll", "s:a", "name equal to rock and roll")]
    [TestCase("s:* where name matches x*", "s:*", "name matching x*")]
    [TestCase("a where x one of 1, 2 and y >= 5 ms", "a", "x one of 1, 2", "y at least 5 ms")]
    public void Selectors_are_read_with_values_that_hold_blanks_and_the_word_and(string text, string name, params string[] conditions)
    {
        var selector = EventSelector.Parse(text);

        selector.Name.ToString().Should().Be(name);
        selector.Conditions.Select(c => c.ToString()).Should().Equal(conditions);
    }

    [Test]
    public void A_condition_that_is_none_is_refused_with_an_example()
    {
        var parse = () => EventSelector.Parse("a where something");

        parse.Should().Throw<FormatException>().WithMessage("'something' in 'a where something' is no condition; write FIELD = VALUE, for example: where prev_comm = sleep");
    }

    [Test]
    public void A_step_back_of_the_clock_is_told_with_both_times()
    {
        var finding = Trace("5 0 7 a: x=1", "6 1 7 a: x=1", "3 0 7 a: x=1").TimeNeverGoesBack();

        finding.Holds.Should().BeFalse();
        finding.Found.Should().Be("on cpu 0 0.000005000 is followed by 0.000003000");
        Trace("5 0 7 a: x=1", "3 1 7 a: x=1", "5 0 7 a: x=1").TimeNeverGoesBack().Holds.Should().BeTrue();
    }

    [Test]
    public void Lost_events_are_told_with_cpu_number_and_remedy()
    {
        var trace = FtraceTextFormat.Read("CPU:2 [LOST 1204 EVENTS]\n" + Line("1 2 7 a: x=1"));

        var finding = trace.NothingLost(bufferSizeKb: 1408);

        finding.Holds.Should().BeFalse();
        finding.Found.Should().Be("kernel overwrote 1,204 events on cpu 2");
        finding.Hint.Should().Be("raise buffer_size_kb (now 1408) or enable fewer events");
        trace.SomethingLost().Holds.Should().BeTrue();
    }

    [Test]
    public void A_loss_without_a_number_is_a_loss()
    {
        var trace = FtraceTextFormat.Read("CPU:2 [LOST EVENTS]\n" + Line("1 2 7 a: x=1"));

        trace.NothingLost().Found.Should().Be("kernel overwrote some events on cpu 2");
    }

    [Test]
    public void Followers_are_looked_for_in_their_scope_and_time()
    {
        var trace = Trace("1 0 7 begin: x=1", "2 1 8 begin: x=2", "3 1 8 end: x=9", "6000 0 7 end: x=9");

        trace.FollowedBy(Begin, End, MatchScope.SamePid, Duration.Parse("6 ms")).Holds.Should().BeTrue();
        trace.FollowedBy(Begin, End, MatchScope.SameCpu).Holds.Should().BeTrue();
        trace.FollowedBy(Begin, End, MatchScope.Anywhere, Duration.Parse("2 us")).Holds.Should().BeTrue();
        var late = trace.FollowedBy(Begin, End, MatchScope.SamePid, Duration.Parse("5 ms"));
        late.Holds.Should().BeFalse();
        late.Expected.Should().Be("every begin event is followed by end on the same pid within 5 ms");
        late.Found.Should().Be("1 of 2 are not; for the first of them it follows 5.999 ms later");
        trace.FollowedBy(End, Begin, MatchScope.SamePid).Found.Should().Be("2 of 2 are not; for the first of them nothing follows");
    }

    [Test]
    public void Followers_can_be_matched_by_a_pair_of_fields()
    {
        var trace = Trace("1 0 7 waking: pid=42", "2 1 8 switch: next_pid=41", "3 1 8 switch: next_pid=42");

        var finding = trace.FollowedBy(
            EventSelector.Parse("waking"), EventSelector.Parse("switch"), MatchScope.Parse("pid = next_pid"), Duration.Parse("2 us"));

        finding.Holds.Should().BeTrue(finding.ToText());
    }

    [Test]
    public void Nothing_forbidden_comes_between_two_events()
    {
        var trace = Trace("1 0 7 bad: x=1", "2 0 7 begin: x=1", "3 1 8 bad: x=1", "4 0 7 end: x=1", "5 0 7 bad: x=1");
        var bad = EventSelector.Parse("bad");

        trace.NoneBetween(bad, Begin, End, MatchScope.SameCpu).Holds.Should().BeTrue();
        var anywhere = trace.NoneBetween(bad, Begin, End, MatchScope.Anywhere);
        anywhere.Holds.Should().BeFalse();
        anywhere.Deciding.Should().Equal(2);
        trace.NoneBetween(bad, EventSelector.Parse("never"), End, MatchScope.Anywhere).Holds.Should().BeFalse();
        trace.NoneAfterLast(bad, End).Deciding.Should().Equal(4);
        trace.NoneAfterLast(Begin, End).Holds.Should().BeTrue();
    }

    [Test]
    public void The_first_step_out_of_order_is_named()
    {
        var trace = Trace("1 0 7 begin: x=1", "2 0 7 end: x=1");

        trace.InOrder(Begin, End).Holds.Should().BeTrue();
        trace.InOrder(End, Begin).Found.Should().Be("step 2, begin, is missing after step 1; it comes before");
    }

    [Test]
    public void Times_between_events_have_exact_quantiles_and_count_what_has_no_partner()
    {
        var lines = new List<string> { "1 0 9 end: x=0" };
        for (var i = 1; i <= 200; i++)
        {
            lines.Add($"{i * 1000} 0 7 begin: x=1");
            lines.Add(Us((i * 1000) + i, "0 7 end: x=1"));
        }

        lines.Add("900000 0 7 begin: x=1");
        lines.Add("900001 0 7 begin: x=1");

        var set = Trace([.. lines]).Intervals(Begin, End, MatchScope.SamePid);

        set.ToString().Should().Be("200 pairs, min 1 us, median 100 us, p99 198 us, max 200 us; unmatched: 2 starts, 1 ends");
        IntervalFigure.Parse("p99.9").Of(set).Length.Should().Be(Duration.Parse("200 us"));
        IntervalFigure.Parse("p0.5").Of(set).Length.Should().Be(Duration.Parse("1 us"));
    }

    [Test]
    public void A_limit_on_a_figure_shows_the_pair_that_decides()
    {
        var trace = Trace("1 0 7 begin: x=1", "3 0 7 end: x=1", "10 0 7 begin: x=1", "19 0 7 end: x=1");

        var finding = trace.TimeBetween(Begin, End, MatchScope.SamePid, IntervalFigure.Longest, isAtMost: true, Duration.Parse("8 us"));

        finding.Holds.Should().BeFalse();
        finding.Expected.Should().Be("the longest time from begin to end on the same pid is at most 8 us");
        finding.Found.Should().StartWith("9 us (2 pairs");
        finding.Deciding.Should().Equal(2, 3);
        trace.TimeBetween(Begin, End, MatchScope.SamePid, IntervalFigure.Shortest, isAtMost: false, Duration.Parse("2 us")).Holds.Should().BeTrue();
    }

    [Test]
    public void No_pair_at_all_is_told_with_what_is_missing()
    {
        Trace("1 0 7 begin: x=1", "2 0 7 bend: x=1").TimeBetween(Begin, End, MatchScope.SamePid, IntervalFigure.Median, isAtMost: true, Duration.Parse("1 s"))
            .Found.Should().Be("no pair; unmatched: 1 starts, 0 ends; the end: none; nearest: bend");
    }

    [Test]
    public void A_clock_of_ticks_measures_no_time()
    {
        var trace = FtraceTextFormat.Read("            bash-7       [000] ..... 15: begin: x=1\n");

        trace.FollowedBy(Begin, End, MatchScope.Anywhere, Duration.Parse("1 s")).Found.Should().Be("the clock 'unknown ticks' counts ticks, not time");
    }

    [Test]
    public void Rates_are_counted_over_the_whole_trace()
    {
        var trace = Trace("0 0 7 begin: x=1", "500000 0 7 begin: x=1", "1000000 0 7 end: x=1");

        trace.Rate(Begin, atLeast: null, atMost: 2).Found.Should().Be("2 per second (2 begin events in 1 s)");
        trace.Rate(Begin, atLeast: 3, atMost: null).Holds.Should().BeFalse();
    }

    [Test]
    public void Others_than_the_named_are_told()
    {
        var trace = Trace("1 0 7 begin: x=1", "2 1 8 end: x=1");

        trace.HasOnly(Begin).Found.Should().Be("the trace has end (1)");
        trace.HasOnlyPids(7).Found.Should().Be("events of comm-8 (1)");
        trace.HasOnlyCpus(0).Found.Should().Be("events of cpu 1 (1)");
        trace.HasOnly(Begin, End).Holds.Should().BeTrue();
    }

    [Test]
    public void A_marker_is_found_by_its_whole_text()
    {
        var trace = Trace("1 0 7 tracing_mark_write: hello world");

        trace.HasMarker("hello world").Holds.Should().BeTrue();
        trace.HasMarker("hello").Found.Should().Be("other markers: 'hello world'");
        Trace("1 0 7 a: x=1").HasMarker("hello").Found.Should().Be("no marker at all");
    }

    [TestCase("5 ms", 5_000_000)]
    [TestCase("200us", 200_000)]
    [TestCase("1.5 s", 1_500_000_000)]
    [TestCase("10 ns", 10)]
    [TestCase("0.000000001 s", 1)]
    [TestCase("-3 us", -3000)]
    [TestCase("2 min", 120_000_000_000)]
    public void Durations_are_read_exactly(string text, long ns)
    {
        Duration.Parse(text).Nanoseconds.Should().Be(ns);
    }

    [TestCase("5")]
    [TestCase("0.1 ns")]
    [TestCase("ms")]
    [TestCase("99999999999999 h")]
    public void What_is_no_duration_is_refused_with_examples(string text)
    {
        var parse = () => Duration.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage($"'{text}' is no duration; write a number and a unit: 10 ns, 200 us, 5 ms, 1.5 s, 2 min");
    }

    /// <summary>A trace of lines <c>MICROSECONDS CPU PID EVENT: FIELDS</c>.</summary>
    private static Trace Trace(params string[] lines) => FtraceTextFormat.Read(string.Concat(lines.Select(Line)));

    private static string Line(string line)
    {
        var parts = line.Split(' ', 4);
        var us = long.Parse(parts[0], CultureInfo.InvariantCulture);
        return $"            comm-{parts[2],-7} [{parts[1].PadLeft(3, '0')}] ..... {us / 1_000_000,5}.{us % 1_000_000:D6}: {parts[3]}\n";
    }

    private static string Us(int us, string rest) => $"{us} {rest}";
}
