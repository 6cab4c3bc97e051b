using LabTrace.Devices;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>The kernel's own word: charged to every step, and here expected on purpose.</summary>
[Binding]
public sealed class KernelHealthSteps(KernelHealth health, ScenarioPlace place)
{
    [AfterStep(Order = int.MaxValue)]
    public Task ChargeAsync() => health.ChargeAsync();

    [AfterScenario(Order = int.MaxValue - 1)]
    public Task ConcludeAsync() => health.ConcludeAsync();

    [Given("a kernel that may be crashed")]
    public Task GivenAKernelThatMayBeCrashed() => health.NeedExpendableAsync();

    [Given("a kernel with every check there is, which may be crashed")]
    public Task GivenAKernelWithEveryCheck() => health.NeedEveryCheckAsync();

    [Given("the kernel may report {string}")]
    public void GivenTheKernelMayReport(string title) => health.Expect(title);

    [When("lkdtm provokes {string}")]
    public Task WhenLkdtmProvokes(string crash) => health.ProvokeAsync(crash);

    [When("sysrq calls the OOM killer")]
    public async Task WhenSysrqCallsTheOomKiller() =>
        await (await place.OpenAsync()).Target.WriteAsync("/proc/sysrq-trigger", "f"u8.ToArray(), WriteMode.Truncate, place.Cancellation);

    [When("somebody taints the kernel with {string}")]
    public async Task WhenSomebodyTaintsTheKernelWith(string letter) =>
        await (await place.OpenAsync()).Target.WriteAsync("/proc/sys/kernel/tainted", KernelHealth.TaintText(letter), WriteMode.Truncate, place.Cancellation);

    [When("a program writes {string} into the kernel's log")]
    public async Task WhenAProgramWritesIntoTheKernelsLog(string text) =>
        await (await place.OpenAsync()).Target.WriteAsync("/dev/kmsg", System.Text.Encoding.UTF8.GetBytes(text + "\n"), WriteMode.Truncate, place.Cancellation);

    [Then("the kernel reported {string}")]
    public Task ThenTheKernelReported(string title) => health.ShouldHaveReportedAsync(title);

    [Then("the kernel's log says {string}")]
    public Task ThenTheKernelsLogSays(string text) => health.ShouldHaveLoggedAsync(text);

    [Then("the kernel reported nothing")]
    public Task ThenTheKernelReportedNothing() => health.ShouldHaveReportedNothingAsync();
}
