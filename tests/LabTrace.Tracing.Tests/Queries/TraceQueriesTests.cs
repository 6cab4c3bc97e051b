using System.Text;
using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class TraceQueriesTests
{
    private const string Switches = """
                   sh-7       [000] d..2.    10.000000: sched_switch: prev_comm=sh prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=sleep next_pid=8 next_prio=120
                sleep-8       [000] d..2.    10.001000: sched_switch: prev_comm=sleep prev_pid=8 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
               <idle>-0       [001] dNh4.    10.050900: sched_waking: comm=sleep pid=8 prio=120 target_cpu=000
               <idle>-0       [000] d..2.    10.051000: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sleep next_pid=8 next_prio=120
                sleep-8       [000] .....    10.051500: tracing_mark_write: done
        """;

    private static readonly Trace Whole = Read(Switches);
    private static readonly Trace Lossy = Read("CPU:0 [LOST 12 EVENTS]\n" + Switches);

    [Test]
    public void Counts_hold_or_say_what_there_is_instead()
    {
        Whole.CountAtLeast("sched_switch", 3).Holds.Should().BeTrue();
        Whole.CountExactly("sched_switch where prev_comm = sleep", 1).Holds.Should().BeTrue();
        Whole.CountAtMost("sched_switch", 2).Answer.Should().Be(Answer.Refuted);
        Whole.CountAtLeast("sched_wakeup", 1).ToString().Should()
            .Be("expected: at least 1 sched_wakeup event\nfound:    0; the trace has 3 sched_switch, 1 ftrace:print, 1 sched_waking");
    }

    [Test]
    public void An_absence_on_a_trace_with_losses_is_undecided_not_green()
    {
        Lossy.CountExactly("sched_wakeup", 0).Answer.Should().Be(Answer.Undecided);
        Lossy.CountAtMost("sched_switch", 3).Answer.Should().Be(Answer.Undecided);
        Lossy.CountAtLeast("sched_wakeup", 1).Answer.Should().Be(Answer.Undecided);
        Lossy.CountAtLeast("sched_switch", 3).Answer.Should().Be(Answer.Holds);
        Lossy.CountAtMost("sched_switch", 2).Answer.Should().Be(Answer.Refuted);
        Lossy.Compare(Quantity.Every, "sched_switch", new FieldCondition("prev_prio", FieldOperator.EqualTo, "120")).Answer.Should().Be(Answer.Undecided);
    }

    [Test]
    public void Every_about_nothing_is_not_green()
    {
        var finding = Whole.Compare(Quantity.Every, "sched_wakeup", new FieldCondition("pid", FieldOperator.EqualTo, "8"));

        finding.Answer.Should().Be(Answer.Refuted);
        finding.Found.Should().StartWith("no sched_wakeup event at all");
    }

    [Test]
    public void A_failed_comparison_shows_the_values_and_the_deciding_event_among_its_neighbours()
    {
        var finding = Whole.Compare(Quantity.No, "sched_switch", new FieldCondition("prev_comm", FieldOperator.EqualTo, "sleep"));

        var text = finding.ToString();
        text.Should().Contain("expected: no sched_switch event with \"prev_comm\" equal to \"sleep\"").And.Contain("found:    1 of 3");
        var marked = text.Split('\n').Single(l => l.StartsWith("> ", StringComparison.Ordinal));
        marked.Should().Contain("prev_comm=sleep");
        text.Split('\n').Count(l => l.Contains("[000]", StringComparison.Ordinal)).Should().Be(4, "one before it and two behind it are on the same cpu");
        text.Should().NotContain("[001]");
    }

    [Test]
    public void Some_names_the_values_that_were_found_instead()
    {
        var finding = Whole.Compare(Quantity.Some, "sched_switch", new FieldCondition("prev_comm", FieldOperator.EqualTo, "cat"));

        finding.Found.Should().Be("0 of 3; prev_comm is \"sh\" in 1, \"sleep\" in 1, \"swapper/0\" in 1");
    }

    [Test]
    public void Fields_that_are_missing_are_named_with_those_there_are()
    {
        Whole.EveryHasFields("sched_switch", "prev_comm", "next_pid").Holds.Should().BeTrue();
        Whole.EveryHasFields("sched_switch", "prev_comm", "colour").Found.Should().Contain("3 of 3 without colour").And.Contain("prev_comm, prev_pid");
    }

    [Test]
    public void Followed_by_finds_the_next_of_the_same_key_in_time()
    {
        Whole.FollowedBy("sched_waking", "sched_switch where next_comm = sleep", null, Duration.Parse("100 us")).Holds.Should().BeTrue();
        Whole.FollowedBy("sched_waking", "sched_switch where next_comm = sleep", null, Duration.Parse("99 us")).Found
            .Should().Be("1 of 1 not followed in time; one only after 100 us");
        Whole.FollowedBy("sched_waking", "sched_switch", "cpu", Duration.Parse("1 s")).Answer.Should().Be(Answer.Refuted);
        Whole.FollowedBy("sched_wakeup", "sched_switch", null, Duration.Parse("1 s")).Answer.Should().Be(Answer.Refuted);
    }

    [Test]
    public void An_event_does_not_follow_itself() =>
        Whole.FollowedBy("sched_waking", "sched_waking", null, Duration.Parse("1 s")).Answer.Should().Be(Answer.Refuted);

    [Test]
    public void Nothing_between_needs_an_interval_to_speak_of()
    {
        Whole.NoneBetween("sched_waking", "sched_switch where prev_comm = sleep", "sched_switch where next_comm = sleep").Answer.Should().Be(Answer.Refuted);
        Whole.NoneBetween("sched_wakeup", "sched_switch where prev_comm = sleep", "sched_switch where next_comm = sleep").Holds.Should().BeTrue();
        Whole.NoneBetween("sched_waking", "ftrace:print", "sched_switch").Answer.Should().Be(Answer.Refuted);
    }

    [Test]
    public void Order_is_a_subsequence_and_the_first_that_breaks_it_is_named()
    {
        Whole.InOrder("sched_switch where prev_comm = sleep", "sched_waking", "ftrace:print").Holds.Should().BeTrue();
        Whole.InOrder("ftrace:print", "sched_waking").Found.Should().Be("sched_waking only before ftrace:print");
        Whole.NoneAfterLast("sched_waking", "sched_switch").Holds.Should().BeTrue();
        Whole.NoneAfterLast("ftrace:print", "sched_switch").Answer.Should().Be(Answer.Refuted);
    }

    [TestCase("49.999 ms", true)]
    [TestCase("50 ms", true)]
    [TestCase("50.001 ms", false)]
    public void Intervals_are_measured_exactly(string bound, bool holds) =>
        Whole.TimeBetween("sched_switch where prev_comm = sleep", "sched_switch where next_comm = sleep", Statistic.Longest, Limit.AtLeast, Duration.Parse(bound))
            .Holds.Should().Be(holds);

    [Test]
    public void Ends_and_starts_without_partners_are_counted() =>
        Whole.TimeBetween("sched_waking", "sched_switch", Statistic.Median, Limit.AtMost, Duration.Parse("1 s")).Found
            .Should().StartWith("100 us over 1 intervals").And.EndWith("0 unmatched starts, 2 unmatched ends");

    [Test]
    public void Quantiles_are_nearest_rank()
    {
        long[] values = [.. Enumerable.Range(1, 100)];

        Statistic.Median.Of(values).Should().Be(50);
        Statistic.P90.Of(values).Should().Be(90);
        Statistic.P99.Of(values).Should().Be(99);
        Statistic.P99.Of([7]).Should().Be(7);
        Statistic.Median.Of([1, 2, 3]).Should().Be(2);
    }

    [Test]
    public void A_time_limit_on_a_counter_is_refused()
    {
        var counter = FtraceTextFormat.Read(Encoding.UTF8.GetBytes(Switches), "x86-tsc");

        var act = () => counter.FollowedBy("sched_waking", "sched_switch", null, Duration.Parse("1 s"));

        act.Should().Throw<InvalidOperationException>().WithMessage("*'x86-tsc'*mono*");
    }

    [Test]
    public void The_rate_is_taken_over_the_time_that_the_trace_covers()
    {
        Whole.Rate("sched_switch", Limit.AtMost, 59).Holds.Should().BeTrue();
        Whole.Rate("sched_switch", Limit.AtMost, 58).Found.Should().StartWith("58.252 per second: 3 events in 51.5 ms");
    }

    [Test]
    public void Losses_markers_cpus_and_pids_are_told()
    {
        Whole.NothingLost().Holds.Should().BeTrue();
        Lossy.NothingLost().Found.Should().Contain("12 lost");
        Lossy.SomethingLost().Holds.Should().BeTrue();
        Whole.HasMarker("done").Holds.Should().BeTrue();
        Whole.HasMarker("don").Found.Should().Be("0; markers: 'done'");
        Whole.OnlyCpu(0).Answer.Should().Be(Answer.Refuted);
        Whole.OnlyPid(8).Deciding.Should().HaveCount(3);
        Whole.Only("sched:*").Answer.Should().Be(Answer.Refuted);
    }

    [Test]
    public void A_step_back_in_time_on_one_cpu_is_found()
    {
        var backwards = Read(
            """
                   a-1       [000] .....    10.000002: tracing_mark_write: one
                   a-1       [001] .....    10.000000: tracing_mark_write: other cpu
                   a-1       [000] .....    10.000001: tracing_mark_write: two
            """);

        Whole.TimeNeverGoesBackwards().Holds.Should().BeTrue();
        backwards.TimeNeverGoesBackwards().Answer.Should().Be(Answer.Refuted);
    }

    private static Trace Read(string text) => FtraceTextFormat.Read(Encoding.UTF8.GetBytes(text + "\n"), "local");
}
