using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>grtrace: its modules, its settings, and the events it is given. Units are in the words.</summary>
[Binding]
public sealed class GrtraceSteps(GrtraceBench bench, Refusal refusal)
{
    [AfterScenario("grtrace")]
    public Task StopAsync() => bench.StopAtEndAsync();

    [Given("grtrace is loaded")]
    public Task GivenGrtraceIsLoaded() => bench.LoadAsync("");

    [Given("grtrace is loaded with {string}")]
    public Task GivenGrtraceIsLoadedWith(string parameters) => bench.LoadAsync(parameters);

    [Given("the GPU tracing module {string} is loaded")]
    [When("I load the GPU tracing module {string}")]
    public Task GivenTheModuleIsLoaded(string module) => bench.LoadModuleAsync(module, "");

    [Given("the GPU tracing module {string} is loaded with {string}")]
    public Task GivenTheModuleIsLoadedWith(string module, string parameters) => bench.LoadModuleAsync(module, parameters);

    [When("I load the GPU tracing modules {string} at once")]
    public Task WhenILoadTheModules(string modules) => bench.LoadModulesAsync(modules);

    [When("I insert the GPU tracing module {string} by its file")]
    public Task WhenIInsertTheModule(string module) => bench.InsertModuleAsync(module);

    [When("I unload the GPU tracing module {string}")]
    public Task WhenIUnloadTheModule(string module) => bench.UnloadModuleAsync(module);

    [When("I try to load the GPU tracing module {string}")]
    public Task WhenITryToLoadTheModule(string module) => refusal.ExpectAsync(() => bench.LoadModuleAsync(module, ""));

    [When("I try to load the GPU tracing module {string} with {string}")]
    public Task WhenITryToLoadTheModuleWith(string module, string parameters) => refusal.ExpectAsync(() => bench.LoadModuleAsync(module, parameters));

    [When("I try to insert the GPU tracing module {string} by its file")]
    public Task WhenITryToInsertTheModule(string module) => refusal.ExpectAsync(() => bench.InsertModuleAsync(module));

    [When("I try to unload the GPU tracing module {string}")]
    public Task WhenITryToUnloadTheModule(string module) => refusal.ExpectAsync(() => bench.UnloadModuleAsync(module));

    [When("I look for grtrace")]
    [When("I try to open grtrace")]
    public Task WhenITryToOpenGrtrace() => refusal.ExpectAsync(bench.OpenAsync);

    [Given("debugfs is not mounted")]
    public Task GivenDebugfsIsNotMounted() => bench.UnmountDebugfsAsync();

    [Given("grtrace is configured with {string}")]
    [When("I configure grtrace with {string}")]
    public Task GivenGrtraceIsConfiguredWith(string keysAndValues) => bench.ConfigureAsync(keysAndValues);

    [When("I try to configure grtrace with {string}")]
    public Task WhenITryToConfigureGrtraceWith(string keysAndValues) => refusal.ExpectAsync(() => bench.ConfigureAsync(keysAndValues));

    [Given("grtrace records at level {string}")]
    public Task GivenGrtraceRecordsAtLevel(string level) => bench.SetLevelAsync(level);

    [Given("grtrace keeps {int} % of the events")]
    public Task GivenGrtraceKeeps(int percent) => bench.SetSampleAsync(percent);

    [Given("grtrace records at most {int} events per second")]
    public Task GivenGrtraceRecordsAtMost(int perSecond) => bench.LimitAsync(perSecond);

    [Given("grtrace records at most {int} events per second with bursts of {int} events")]
    public Task GivenGrtraceRecordsAtMostWithBursts(int perSecond, int burst) => bench.LimitByTokensAsync(perSecond, burst);

    [Given("grtrace watches only the rings {string}")]
    public Task GivenGrtraceWatchesOnlyTheRings(string rings) => bench.WatchRingsAsync(rings);

    [Given("grtrace leaves out the ring {int}")]
    public Task GivenGrtraceLeavesOutTheRing(int ring) => bench.WatchRingsAsync($"!{ring}");

    [Given("grtrace watches only the contexts {string}")]
    public Task GivenGrtraceWatchesOnlyTheContexts(string contexts) => bench.WatchContextsAsync(contexts, allow: true);

    [Given("grtrace leaves out the contexts {string}")]
    public Task GivenGrtraceLeavesOutTheContexts(string contexts) => bench.WatchContextsAsync(contexts, allow: false);

    [Given("each cpu's buffer of grtrace has {int} KiB")]
    public Task GivenEachBufferHas(int kibibytes) => bench.SetBufferAsync(kibibytes);

    [When("I try to give each cpu's buffer of grtrace {int} KiB")]
    public Task WhenITryToGiveEachBuffer(int kibibytes) => refusal.ExpectAsync(() => bench.SetBufferAsync(kibibytes));

    [Given("the sampler takes {int} % of the events")]
    public Task GivenTheSamplerTakes(int percent) => bench.SampleStaticallyAsync(percent);

    [Given("the sampler adapts to the load")]
    public Task GivenTheSamplerAdapts() => bench.SampleAdaptivelyAsync();

    [Given("the sampler takes only events later than {duration} after their job's first")]
    public Task GivenTheSamplerTakesOnlySlowEvents(Duration threshold) => bench.SampleSlowAsync(threshold);

    [Given("the filter lets only {string} events pass")]
    public Task GivenTheFilterLetsOnlyKindsPass(string kinds) => bench.FilterKindsAsync(kinds);

    [Given("the filter lets only the user {int} pass")]
    public Task GivenTheFilterLetsOnlyTheUserPass(int uid) => bench.FilterUserAsync(uid);

    [Given("the filter lets only the processes {string} pass")]
    public Task GivenTheFilterLetsOnlyTheProcessesPass(string pids) => bench.FilterPidsAsync(pids);

    [Given("the filter lets only events later than {duration} after their job's first pass")]
    public Task GivenTheFilterLetsOnlySlowEventsPass(Duration latency) => bench.FilterLatencyAsync(latency);

    [Given("the aggregator sums windows of {duration}")]
    public Task GivenTheAggregatorSums(Duration window) => bench.AggregateAsync(window);

    [When("I try to write {string} into grtrace's file {string}")]
    public Task WhenITryToWrite(string value, string file) => refusal.ExpectAsync(() => bench.WriteAsync(file, value));

    [When("I write {string} into grtrace's file {string}")]
    public Task WhenIWrite(string value, string file) => bench.WriteAsync(file, value);

    [Given("the emulated grtrace has the fault {string} of {string}")]
    [When("the emulated grtrace gets the fault {string} of {string}")]
    public Task GivenTheFault(string fault, string value) => bench.FaultAsync(fault, value);
}
