using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Events of GPU rings: how they come, how they are read, and what must be true of grtrace's counters and stream.</summary>
[Binding]
public sealed class GrtraceEventSteps(GrtraceBench bench, Refusal refusal)
{
    [Given("grtrace is started")]
    [When("I start grtrace")]
    public Task WhenIStartGrtrace() => bench.StartAsync();

    [When("I stop grtrace")]
    public Task WhenIStopGrtrace() => bench.StopAsync();

    [When("{int} {string} event(s) is/are emitted")]
    public Task WhenEventsAreEmitted(int count, string kind) => bench.EmitAsync(count, kind);

    [When("{int} {string} event(s) is/are emitted and nobody reads")]
    public Task WhenEventsAreEmittedAndNobodyReads(int count, string kind) => bench.EmitAsync(count, kind, isReadBetween: false);

    [When("{int} {string} event(s) is/are emitted on ring {int}")]
    public Task WhenEventsAreEmittedOnRing(int count, string kind, int ring) => bench.EmitAsync(count, kind, ring: (uint)ring);

    [When("{int} {string} event(s) is/are emitted of context {int}")]
    public Task WhenEventsAreEmittedOfContext(int count, string kind, int context) => bench.EmitAsync(count, kind, (ulong)context);

    [When("{int} {string} event(s) is/are emitted of engine {int}")]
    public Task WhenEventsAreEmittedOfEngine(int count, string kind, int engine) => bench.EmitAsync(count, kind, engine: engine);

    [When("these events are emitted:")]
    public Task WhenTheseEventsAreEmitted(DataTable events) => bench.EmitAsync(events);

    [When("I emit {string}")]
    public Task WhenIEmit(string text) => bench.EmitTextAsync(text);

    [When("I try to emit {string}")]
    public Task WhenITryToEmit(string text) => refusal.ExpectAsync(() => bench.EmitTextAsync(text));

    [When("an ordinary user tries to start grtrace")]
    public Task WhenAnOrdinaryUserTries() => refusal.ExpectAsync(bench.StartAsOrdinaryUserAsync);

    [When("the GPU does {int} jobs")]
    public Task WhenTheGpuDoesJobs(int jobs) => bench.RunGpuJobsAsync(jobs);

    [When("the GPU does {int} jobs with {string}")]
    public Task WhenTheGpuDoesJobsWith(int jobs, string options) => bench.RunGpuJobsAsync(jobs, options);

    [When("{string} runs for {duration}")]
    public Task WhenAProgramRunsFor(string command, Duration length) => bench.RunForAsync(command, length);

    [When("{duration} pass(es)")]
    public Task WhenTimePasses(Duration length) => bench.PassAsync(length);

    [When("I read the GPU events")]
    public Task WhenIReadTheGpuEvents() => bench.ReadAsync();

    [When("I read the GPU events together with the trace")]
    public Task WhenIReadTheGpuEventsTogether() => bench.ReadWithTraceAsync();

    [Given("grtrace's recorder runs")]
    public Task GivenTheRecorderRuns() => bench.StartRecorderAsync();

    [When("the recorder is ended by Ctrl-C")]
    public Task WhenTheRecorderIsEnded() => bench.EndRecorderAsync(LabTrace.Devices.TargetSignal.Interrupt);

    [When("the recorder is ended by a terminating signal")]
    public Task WhenTheRecorderIsTerminated() => bench.EndRecorderAsync(LabTrace.Devices.TargetSignal.Terminate);

    [When("the recorder is killed")]
    public Task WhenTheRecorderIsKilled() => bench.EndRecorderAsync(LabTrace.Devices.TargetSignal.Kill);

    [When("I read what the recorder wrote")]
    public Task WhenIReadWhatTheRecorderWrote() => bench.ReadRecorderFileAsync();

    [Then("the recorder ended with exit code {int}")]
    public void ThenTheRecorderEndedWith(int code) => bench.RecorderShouldHaveEndedWith(code);

    [Then("the histogram {string} holds {int} jobs")]
    public Task ThenTheHistogramHolds(string file, int jobs) => bench.HistogramShouldHoldAsync(file, jobs);

    [When("the relay buffers are emptied")]
    public Task WhenTheRelayBuffersAreEmptied() => bench.CollectAsync();

    [When("I try to read the GPU events")]
    public Task WhenITryToReadTheGpuEvents() => refusal.ExpectAsync(bench.ReadAsync);

    [Then("grtrace wrote {int} event(s)")]
    public Task ThenGrtraceWrote(int count) => bench.CounterShouldHaveGrownByAsync("written", count);

    [Then("grtrace's counter {string} grew by {int}")]
    public Task ThenTheCounterGrewBy(string counter, int count) => bench.CounterShouldHaveGrownByAsync(counter, count);

    [Then("grtrace's counter {string} grew by at least {int}")]
    public Task ThenTheCounterGrewByAtLeast(string counter, int least) => bench.CounterShouldBeAsync(counter, least, int.MaxValue);

    [Then("grtrace's counter {string} grew by {int} to {int}")]
    public Task ThenTheCounterGrewByBetween(string counter, int least, int most) => bench.CounterShouldBeAsync(counter, least, most);

    [Then("every event that was offered was written or counted as dropped")]
    public Task ThenEveryEventIsAccountedFor() => bench.ShouldAccountForAllAsync();

    [Then("the events read are the events written")]
    public Task ThenTheEventsReadAreTheEventsWritten() => bench.CountersShouldAgreeWithStreamAsync();

    [Then("the stream has no gaps, repeats or damage")]
    public void ThenTheStreamIsWhole() => bench.StreamShouldBeWhole();

    [Then("{int} event(s) of the stream is/are {string}")]
    public void ThenEventsOfTheStreamAre(int count, string what) => bench.TallyShouldBe(what, count);

    [Then("the stream has {int} session(s)")]
    public void ThenTheStreamHasSessions(int count) => bench.SessionsShouldBe(count);

    [Then("the events that the stream lacks are those that grtrace counted as lost")]
    public Task ThenTheLossesAgree() => bench.LossesShouldAgreeAsync();

    [Then("the stream announces all that it lacks")]
    public void ThenTheStreamAnnouncesItsLosses() => bench.LossesShouldBeAnnounced();

    [Then("{float} % of the {int} events were written, within {float} percentage points")]
    public Task ThenTheShareWasWritten(double percent, int of, double points) => bench.ShareShouldBeAsync(percent, of, points);

    [Then("the share of written events is {float} % within {float} percentage points at {float} % confidence")]
    public Task ThenTheShareIsWithin(double percent, double points, double confidence) => bench.ShareShouldBeAsync(percent, points, confidence);

    [Then("the relay buffers are empty")]
    public Task ThenTheRelayBuffersAreEmpty() => bench.ShouldBeEmptyAsync();

    [Then("grtrace's file {string} reads {string}")]
    public Task ThenTheFileReads(string file, string text) => bench.FileShouldReadAsync(file, text);

    [Then("grtrace's file {string} says {string}")]
    public Task ThenTheFileSays(string file, string text) => bench.FileShouldContainAsync(file, text);

    [Then("grtrace has the file {string}")]
    public void ThenGrtraceHasTheFile(string file) => bench.FileShouldBeThere(file);

    [Then("grtrace has no file {string}")]
    public void ThenGrtraceHasNoFile(string file) => bench.FileShouldNotBeThere(file);

    [Then("grtrace's setting {string} is {string}")]
    public Task ThenTheSettingIs(string key, string value) => bench.SettingShouldBeAsync(key, value);

    [Then("the GPU tracing module {string} is loaded")]
    public Task ThenTheModuleIsLoaded(string module) => bench.ModuleShouldBeLoadedAsync(module, loaded: true);

    [Then("the GPU tracing module {string} is not loaded")]
    public Task ThenTheModuleIsNotLoaded(string module) => bench.ModuleShouldBeLoadedAsync(module, loaded: false);

    [Then("the GPU tracing module {string} is used by {string}")]
    public Task ThenTheModuleIsUsedBy(string module, string user) => bench.ModuleShouldBeUsedByAsync(module, user);

    [Then("ring {int} is called {string}")]
    public Task ThenTheRingIsCalled(int ring, string name) => bench.RingShouldBeCalledAsync(ring, name);

    [Then("the last window has {int} events of ring {int}, at most {int} jobs at a time")]
    public Task ThenTheLastWindowHas(int events, int ring, int peak) => bench.RingShouldHaveInWindowAsync(ring, events, peak);

    [Then("the last window is empty")]
    public Task ThenTheLastWindowIsEmpty() => bench.WindowShouldBeEmptyAsync();

    [Then("the latencies of ring {int} in the last window are between {duration} and {duration}")]
    public Task ThenTheLatenciesInTheLastWindowAre(int ring, Duration least, Duration most) => bench.LatencyInWindowShouldBeAsync(ring, least, most);

    [Then("the sampler took {int} of {int} events of ring {int}")]
    public Task ThenTheSamplerTook(int sampled, int total, int ring) => bench.SamplerShouldHaveTakenAsync(sampled, total, ring);

    [Then("the utilization of ring {int} is between {float} % and {float} %")]
    public Task ThenTheUtilizationIs(int ring, double least, double most) => bench.UtilizationShouldBeAsync(ring, least, most);

    [Then("the drop rate of ring {int} is between {float} % and {float} %")]
    public Task ThenTheDropRateIs(int ring, double least, double most) => bench.DropRateShouldBeAsync(ring, least, most);

    [Then("the mean latency of ring {int} is between {duration} and {duration}")]
    public Task ThenTheMeanLatencyIs(int ring, Duration least, Duration most) => bench.AverageLatencyShouldBeAsync(ring, least, most);
}
