using LabTrace.Devices;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Recording with eBPF programs and with bpftrace. What was recorded is asked with the same sentences as any other trace.</summary>
[Binding]
public sealed class BpfSteps(BpfBench bench, Refusal refusal)
{
    [Given("the BPF program {string}")]
    public void GivenTheBpfProgram(string program) => bench.Choose(program);

    [Given("the functions {string} are timed")]
    public Task GivenTheFunctionsAreTimed(string functions) => bench.TimeAsync(functions);

    [Given("only the system calls {string} are recorded")]
    public void GivenOnlyTheSystemCalls(string names) => bench.OnlyCalls(names);

    [Given("only what takes at least {duration} is recorded")]
    public void GivenOnlyWhatTakesAtLeast(Duration least) => bench.Change(r => r with { MinDuration = least.ToTimeSpan() });

    [Given("only threads named {string} are recorded")]
    public void GivenOnlyThreadsNamed(string comm) => bench.Change(r => r with { Comm = comm });

    [Given("each system call is recorded as one event")]
    public void GivenWholeCalls() => bench.Change(r => r with { WholeCalls = true });

    [Given("paths of system calls are not recorded")]
    public void GivenNoTexts() => bench.Change(r => r with { Texts = false });

    [Given("ioctls of every type are recorded")]
    public void GivenIoctlsOfEveryType() => bench.Change(r => r with { IoctlType = 0 });

    [Given("kernel stacks are recorded")]
    public void GivenKernelStacks() => bench.Change(r => r with { Stacks = r.Stacks | BpfStacks.Kernel });

    [Given("user stacks are recorded")]
    public void GivenUserStacks() => bench.Change(r => r with { Stacks = r.Stacks | BpfStacks.User });

    [Given("only histograms are recorded")]
    public void GivenOnlyHistograms() => bench.Change(r => r with { HistogramsOnly = true });

    [Given("a BPF ring buffer of {int} KiB")]
    public void GivenARingBufferOf(int kibibytes) => bench.Change(r => r with { RingBytes = checked(kibibytes * 1024) });

    [Given("the BPF fault {string} is {int}")]
    public Task GivenTheFault(string name, int value) => bench.SetFaultAsync(name, value);

    [When("I record {string} with BPF")]
    public Task WhenIRecordWithBpf(string command) => bench.RecordAsync(command, onlyCommand: true);

    [When("I record everything with BPF while running {string}")]
    public Task WhenIRecordEverythingWithBpf(string command) => bench.RecordAsync(command, onlyCommand: false);

    [When("I record everything with BPF for {duration}")]
    public Task WhenIRecordEverythingWithBpfFor(Duration length) => bench.RecordForAsync(length);

    [When("I try to start the BPF program {string}")]
    public Task WhenITryToStartTheProgram(string program) => refusal.ExpectAsync(() => bench.TryAsync(program));

    [When("I try to time the functions {string}")]
    public Task WhenITryToTimeTheFunctions(string functions) => refusal.ExpectAsync(() => bench.TimeAsync(functions));

    [When("I try to record {string} with BPF")]
    public Task WhenITryToRecordWithBpf(string command) => refusal.ExpectAsync(() => bench.RecordAsync(command, onlyCommand: true));

    [When("I run bpftrace {string}")]
    public Task WhenIRunBpftrace(string script) => bench.RunBpftraceAsync(script, null, null, isJson: true);

    [When("I run bpftrace {string} for {duration}")]
    public Task WhenIRunBpftraceFor(string script, Duration time) => bench.RunBpftraceAsync(script, null, time, isJson: true);

    [When("I run bpftrace {string} while running {string}")]
    public Task WhenIRunBpftraceWhileRunning(string script, string command) => bench.RunBpftraceAsync(script, command, null, isJson: true);

    [When("I run bpftrace {string} as text while running {string}")]
    public Task WhenIRunBpftraceAsText(string script, string command) => bench.RunBpftraceAsync(script, command, null, isJson: false);

    [When("I run the bpftrace script {string} while running {string}")]
    public Task WhenIRunTheBpftraceScript(string file, string command) => bench.RunBpftraceFileAsync(file, command);

    [When("I try to run bpftrace {string}")]
    public Task WhenITryToRunBpftrace(string script) => refusal.ExpectAsync(() => bench.RunBpftraceAsync(script, null, null, isJson: true));

    [Then("the BPF program was attached by one of {string}")]
    public void ThenItWasAttachedBy(string mechanisms) => bench.ShouldBeAttachedBy(mechanisms);

    [Then("loading and attaching took at most {duration}")]
    public void ThenAttachingTook(Duration most) => bench.AttachingShouldHaveTaken(most);

    [Then("the kernel's BPF counters agree with the events read")]
    public void ThenTheCountersAgree() => bench.CountsShouldAgree();

    [Then("the kernel dropped at least {int} BPF record(s)")]
    public void ThenTheKernelDropped(int least) => bench.ShouldHaveDropped(least);

    [Then("every end had its begin")]
    public void ThenEveryEndHadItsBegin() => bench.ShouldHaveNoUnmatched();

    [Then("the function {string} was called {int} time(s)")]
    public void ThenTheFunctionWasCalled(string function, int count) => bench.ShouldHaveCalled(function, count);

    [Then("the {word} call of {string} took {limit} {duration}")]
    public void ThenTheCallTook(string which, string function, Limit limit, Duration bound) => bench.ShouldHaveTaken(function, which, limit == Limit.AtMost, bound);

    [Then("the histogram of {string} counts {int} call(s) of {duration} or more")]
    public void ThenTheHistogramCounts(string function, int count, Duration least) => bench.HistogramShouldCount(function, count, least);

    [Then("strace sees the same calls")]
    public Task ThenStraceSeesTheSame() => bench.StraceShouldAgreeAsync();

    [Then("bpftrace counts the same calls")]
    public Task ThenBpftraceCountsTheSame() => bench.BpftraceShouldCountAsync();

    [Then("the bpftrace map {string} at {string} is {int}")]
    public void ThenTheMapIs(string map, string key, int value) => bench.MapShouldBe(map, key, value);

    [Then("the bpftrace map {string} is {int}")]
    public void ThenTheMapIs(string map, int value) => bench.MapShouldBe(map, "", value);

    [Then("the bpftrace histogram {string} counts {int} in all")]
    public void ThenTheHistogramCountsInAll(string map, int count) => bench.HistogramShouldCount(map, count);

    [Then("bpftrace printed {string}")]
    public void ThenBpftracePrinted(string line) => bench.ShouldHavePrinted(line);
}
