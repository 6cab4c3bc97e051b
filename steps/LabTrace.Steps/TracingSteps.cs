using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What a trace must show. An event in a sentence may carry a condition: <c>"sched:sched_switch where prev_comm = sleep"</c>.</summary>
[Binding]
public sealed class TracingSteps(TracingBench bench)
{
    [Then("the trace has at least {int} {string} event(s)")]
    public void ThenTheTraceHasAtLeast(int count, string events) => bench.Should(t => t.CountAtLeast(events, count));

    [Then("the trace has at most {int} {string} event(s)")]
    public void ThenTheTraceHasAtMost(int count, string events) => bench.Should(t => t.CountAtMost(events, count));

    [Then("the trace has exactly {int} {string} event(s)")]
    public void ThenTheTraceHasExactly(int count, string events) => bench.Should(t => t.CountExactly(events, count));

    [Then("every {string} event has the field {string}")]
    public void ThenEveryEventHasTheField(string events, string field) => bench.Should(t => t.EveryHasFields(events, field));

    [Then("every {string} event has fields {string}, {string}")]
    public void ThenEveryEventHasFields(string events, string first, string second) => bench.Should(t => t.EveryHasFields(events, first, second));

    [Then("every {string} event has the fields:")]
    public void ThenEveryEventHasTheFields(string events, DataTable fields) =>
        bench.Should(t => t.EveryHasFields(events, [.. fields.Rows.Select(r => r["field"])]));

    [Then("{quantity} {string} event has {string} {comparison} {value}")]
    public void ThenEventsCompare(Quantity quantity, string events, string field, FieldOperator comparison, FieldText value) =>
        bench.Should(t => t.Compare(quantity, events, new FieldCondition(field, comparison, value.Text)));

    [Then("timestamps never go backwards on a cpu")]
    public void ThenTimestampsNeverGoBackwards() => bench.Should(t => t.TimeNeverGoesBackwards());

    [Then("no events were lost")]
    public void ThenNoEventsWereLost() => bench.Should(t => t.NothingLost());

    [Then("events were lost")]
    public void ThenEventsWereLost() => bench.Should(t => t.SomethingLost());

    [Then("the kernel's count of entries equals the events read")]
    public void ThenTheKernelsCountEqualsTheEventsRead() => bench.CountsShouldAgree();

    [Then("nothing in the trace was malformed")]
    public void ThenNothingWasMalformed() => bench.Should(t => t.NothingMalformed());

    [Then("every {string} event is followed by {string} within {duration}")]
    public void ThenEveryEventIsFollowedBy(string first, string second, Duration limit) =>
        bench.Should(t => t.FollowedBy(first, second, key: null, limit));

    [Then("every {string} event is followed by {string} on the same {word} within {duration}")]
    public void ThenEveryEventIsFollowedByOnTheSame(string first, string second, string key, Duration limit) =>
        bench.Should(t => t.FollowedBy(first, second, key, limit));

    [Then("no {string} event comes between {string} and {string}")]
    public void ThenNoEventComesBetween(string unwanted, string begin, string end) => bench.Should(t => t.NoneBetween(unwanted, begin, end));

    [Then("no {string} event comes after the last {string} event")]
    public void ThenNoEventComesAfterTheLast(string unwanted, string last) => bench.Should(t => t.NoneAfterLast(unwanted, last));

    [Then("these events come in this order:")]
    public void ThenTheseEventsComeInThisOrder(DataTable events) => bench.Should(t => t.InOrder([.. events.Rows.Select(r => r["event"])]));

    [Then("the {statistic} time from {string} to {string} is {limit} {duration}")]
    public void ThenTheTimeFromTo(Statistic statistic, string from, string to, Limit limit, Duration length) =>
        bench.Should(t => t.TimeBetween(from, to, statistic, limit, length));

    [Then("the {statistic} time from {string} to {string} on the same {word} is {limit} {duration}")]
    public void ThenTheTimeFromToOnTheSame(Statistic statistic, string from, string to, string key, Limit limit, Duration length) =>
        bench.Should(t => t.TimeBetween(from, to, statistic, limit, length, key));

    [Then("the rate of {string} events is {limit} {float} per second")]
    public void ThenTheRateIs(string events, Limit limit, double perSecond) => bench.Should(t => t.Rate(events, limit, perSecond));

    [Then("all events have the command's pid")]
    public void ThenAllEventsHaveTheCommandsPid() => bench.Should(t => t.OnlyPid(bench.Command.Pid));

    [Then("every event of the command has its tgid")]
    public void ThenEveryEventOfTheCommandHasItsTgid() => bench.Should(t => t.TgidKnown(bench.Command.Pid));

    [Then("every event is from cpu {int}")]
    public void ThenEveryEventIsFromCpu(int cpu) => bench.Should(t => t.OnlyCpu(cpu));

    [Then("no events but {string} are in the trace")]
    public void ThenNoEventsButAreInTheTrace(string events) => bench.Should(t => t.Only(events));

    [Then("the trace has the marker {string}")]
    public void ThenTheTraceHasTheMarker(string text) => bench.Should(t => t.HasMarker(text));

    [Then("the snapshot has the marker {string}")]
    public void ThenTheSnapshotHasTheMarker(string text) => bench.SnapshotShould(t => t.HasMarker(text));

    [Then("the snapshot has exactly {int} {string} event(s)")]
    public void ThenTheSnapshotHasExactly(int count, string events) => bench.SnapshotShould(t => t.CountExactly(events, count));

    [Then("the trace was recorded with the {string} clock")]
    public void ThenTheTraceWasRecordedWithTheClock(string clock) => bench.Should(t => t.RecordedWithClock(clock));

    [Then("the text and the binary reading agree")]
    public void ThenTheTextAndTheBinaryReadingAgree() => bench.ReadingsShouldAgree();
}
