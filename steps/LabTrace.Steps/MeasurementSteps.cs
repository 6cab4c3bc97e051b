using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Numbers that are kept with the run, to be compared between runs: <c>labtrace history</c>, <c>diff</c> and <c>qualify</c>.</summary>
[Binding]
public sealed class MeasurementSteps(TracingBench bench, Measurements measurements)
{
    [Then("the {statistic} wake-up latency is recorded as {string}")]
    public void ThenTheWakeUpLatencyIsRecordedAs(Statistic statistic, string name) =>
        measurements.RecordTimes(name, statistic, bench.Measure(t => t.MeasureWakeUps()));

    [Then("the {statistic} wake-up latency of {string} is recorded as {string}")]
    public void ThenTheWakeUpLatencyOfIsRecordedAs(Statistic statistic, string comm, string name) =>
        measurements.RecordTimes(name, statistic, bench.Measure(t => t.MeasureWakeUps(comm)));

    [Then("the {statistic} time from {string} to {string} is recorded as {string}")]
    public void ThenTheTimeIsRecordedAs(Statistic statistic, string from, string to, string name) =>
        measurements.RecordTimes(name, statistic, bench.Measure(t => t.MeasureTimes(from, to)));

    [Then("the {statistic} time from {string} to {string} on the same {word} is recorded as {string}")]
    public void ThenTheTimeOnTheSameIsRecordedAs(Statistic statistic, string from, string to, string key, string name) =>
        measurements.RecordTimes(name, statistic, bench.Measure(t => t.MeasureTimes(from, to, key)));

    [Then("the clock offset stays within {duration}")]
    public void ThenTheClockOffsetStaysWithin(Duration bound) => bench.ClockOffsetShouldStayWithin(bound);

    [Then("the trace clock agrees with the target's clock within {duration}")]
    public void ThenTheTraceClockAgreesWithTheTargetsClockWithin(Duration bound) => bench.ClocksShouldAgreeWithin(bound);

    [Then("the median clock offset is recorded as {string}")]
    public void ThenTheMedianClockOffsetIsRecordedAs(string name) => bench.RecordClockOffset(measurements, name);

    [Then("the number behind {string} in the command's output is recorded as {string} in {string}")]
    public void ThenTheNumberInTheOutputIsRecordedAs(string label, string name, string unit) =>
        measurements.Record(name, bench.Command.NumberBehind(label), unit, samples: null);
}
