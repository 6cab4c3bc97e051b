using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What the target's kernel, or a driver, must refuse, and in which words.</summary>
[Binding]
public sealed class RefusalSteps(TracingBench bench, Refusal refusal)
{
    [When("I try to enable the event {string}")]
    public Task WhenITryToEnableTheEvent(string name) => refusal.ExpectAsync(() => bench.EnableAsync(name, filter: null));

    [When("I try to enable the event {string} with filter {string}")]
    public Task WhenITryToEnableTheEventWithFilter(string name, string filter) => refusal.ExpectAsync(() => bench.EnableAsync(name, filter));

    [When("I try to set the trigger {string} on the event {string}")]
    public Task WhenITryToSetTheTrigger(string trigger, string name) => refusal.ExpectAsync(() => bench.SetTriggerAsync(name, trigger));

    [When("I try to set the trace clock {string}")]
    public Task WhenITryToSetTheTraceClock(string clock) => refusal.ExpectAsync(() => bench.SetClockAsync(clock));

    [When("I try to select the tracer {string}")]
    public Task WhenITryToSelectTheTracer(string tracer) => refusal.ExpectAsync(() => bench.SetTracerAsync(tracer));

    [When("I try to trace only the function {string}")]
    public Task WhenITryToTraceOnlyTheFunction(string pattern) => refusal.ExpectAsync(() => bench.TraceOnlyFunctionsAsync(pattern));

    [When("I try to set the trace option {string} {onoff}")]
    public Task WhenITryToSetTheTraceOption(string option, bool on) => refusal.ExpectAsync(() => bench.SetOptionAsync(option, on));

    [When("I try to put a probe {string} on the function {string} of the library {string}")]
    public Task WhenITryToPutAProbe(string name, string function, string library) =>
        refusal.ExpectAsync(() => bench.ProbeAsync(name, function, library, onReturn: false));

    [When("I try to make the instance {string} again")]
    public Task WhenITryToMakeTheInstance(string name) => refusal.ExpectAsync(() => bench.MakeInstanceAgainAsync(name));

    [When("I try to remove the instance {string} while its pipe is open")]
    public Task WhenITryToRemoveTheInstance(string name) => refusal.ExpectAsync(() => bench.RemoveBusyInstanceAsync(name));

    [When("I try to run {string}")]
    public Task WhenITryToRun(string command) => refusal.ExpectAsync(() => bench.RunAsync(command));

    [Then("it is refused")]
    public void ThenItIsRefused() => refusal.ShouldHaveHappened();

    [Then("it is refused with {word}")]
    public void ThenItIsRefusedWith(string errno) => refusal.ShouldHaveErrno(errno);

    [Then("the refusal says {string}")]
    public void ThenTheRefusalSays(string text) => refusal.ShouldSay(text);
}
