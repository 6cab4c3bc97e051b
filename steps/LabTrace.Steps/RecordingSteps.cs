using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What is traced, how, and while what runs.</summary>
[Binding]
public sealed class RecordingSteps(TracingBench bench)
{
    [Given("the event {string} is enabled")]
    public Task GivenTheEventIsEnabled(string name) => bench.EnableAsync(name, filter: null);

    [Given("the event {string} is enabled with filter {string}")]
    public Task GivenTheEventIsEnabledWithFilter(string name, string filter) => bench.EnableAsync(name, filter);

    [Given("the events of {string} are enabled")]
    public Task GivenTheEventsOfASystemAreEnabled(string system) => bench.EnableAsync(system + ":*", filter: null);

    [Given("the following events are enabled:")]
    public async Task GivenTheFollowingEventsAreEnabled(DataTable events)
    {
        foreach (var row in events.Rows)
        {
            await bench.EnableAsync(row["event"], row.TryGetValue("filter", out var filter) && filter.Length > 0 ? filter : null);
        }
    }

    [Given("the event {string} has the trigger {string}")]
    public Task GivenTheEventHasTheTrigger(string name, string trigger) => bench.SetTriggerAsync(name, trigger);

    [Given("the trace clock is {string}")]
    public Task GivenTheTraceClockIs(string clock) => bench.SetClockAsync(clock);

    [Given("the tracer is {string}")]
    public Task GivenTheTracerIs(string tracer) => bench.SetTracerAsync(tracer);

    [Given("only the functions {string} are traced")]
    [Given("only the function {string} is traced")]
    public Task GivenOnlyTheFunctionsAreTraced(string pattern) => bench.TraceOnlyFunctionsAsync(pattern);

    [Given("the main buffer is used")]
    public Task GivenTheMainBufferIsUsed() => bench.UseMainBufferAsync();

    [Given("the trace option {string} is {onoff}")]
    public Task GivenTheTraceOptionIs(string option, bool on) => bench.SetOptionAsync(option, on);

    [Given("the buffer size is {int} KiB per cpu")]
    [When("the buffer size is set to {int} KiB per cpu")]
    public Task GivenTheBufferSizeIs(int kibibytes) => bench.SetBufferSizeAsync(kibibytes);

    [Then("the buffer size is at least {int} KiB per cpu")]
    public Task ThenTheBufferSizeIsAtLeast(int kibibytes) => bench.BufferShouldHoldAsync(kibibytes);

    [Given("the buffer keeps the oldest events")]
    public Task GivenTheBufferKeepsTheOldestEvents() => bench.SetOptionAsync("overwrite", on: false);

    [Given("the buffer keeps the newest events")]
    public Task GivenTheBufferKeepsTheNewestEvents() => bench.SetOptionAsync("overwrite", on: true);

    [Given("only cpu {int} is traced")]
    public Task GivenOnlyOneCpuIsTraced(int cpu) => bench.TraceOnlyCpuAsync(cpu);

    [When("I record while running {string}")]
    public Task WhenIRecordWhileRunning(string command) => bench.RecordAsync(command, times: 1);

    [When("I record while running {string} {int} times")]
    public Task WhenIRecordWhileRunningManyTimes(string command, int times) => bench.RecordAsync(command, times);

    [When("I record only the events of {string}")]
    public Task WhenIRecordOnlyTheEventsOf(string command) => bench.RecordOnlyAsync(command);

    [When("I record for {duration}")]
    public Task WhenIRecordFor(Duration length) => bench.RecordForAsync(length);

    [When("I follow the trace while running {string}")]
    public Task WhenIFollowTheTraceWhileRunning(string command) => bench.FollowAsync(command);

    [When("I start recording")]
    public Task WhenIStartRecording() => bench.StartAsync();

    [When("I stop recording")]
    public Task WhenIStopRecording() => bench.StopAsync();

    [When("I write the marker {string}")]
    public Task WhenIWriteTheMarker(string text) => bench.MarkAsync(text);

    [When("I write the binary marker {int} with {string}")]
    public Task WhenIWriteTheBinaryMarker(int id, string content) => bench.MarkRawAsync(id, content);

    [When("I take a snapshot")]
    public Task WhenITakeASnapshot() => bench.TakeSnapshotAsync();

    [When("I run {string}")]
    public Task WhenIRun(string command) => bench.RunAsync(command);

    [When("I plot the field {string} of {string} events over time")]
    public void WhenIPlotTheFieldOverTime(string field, string events) => bench.PlotField(field, events);

    [When("I compare the trace clock with the target's clock {int} times")]
    public Task WhenICompareTheTraceClockWithTheTargetsClock(int times) => bench.CompareClocksAsync(times);

    [When("I read the trace as text")]
    public void WhenIReadTheTraceAsText() => bench.ReadAsText();

    [When("I read the trace as binary")]
    public void WhenIReadTheTraceAsBinary() => bench.ReadAsBinary();

    [Then("the command succeeded")]
    public void ThenTheCommandSucceeded() => bench.Command.ShouldHaveEndedWith(0);

    [Then("the command ended with exit code {int}")]
    public void ThenTheCommandEndedWith(int exitCode) => bench.Command.ShouldHaveEndedWith(exitCode);

    [Then("the command wrote {string}")]
    public void ThenTheCommandWrote(string text) => bench.Command.ShouldHaveWritten(text);
}
