using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>A target that boots while a scenario runs, the same kernel again or another. What its kernel knew is gone then: instances, modules, settings.</summary>
[Binding]
public sealed class BootSteps(ScenarioPlace place, TracingBench bench)
{
    private const string RealTime = "/sys/kernel/realtime";
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);
    private string? bootBefore;

    [Given("the kernel {string} is booted")]
    [When("I boot the kernel {string}")]
    public async Task GivenTheKernelIsBooted(string kernel)
    {
        try
        {
            await (await place.OpenAsync()).BootKernelAsync(kernel, place.Cancellation);
        }
        catch (NotOnTargetException e)
        {
            throw new IgnoreException(e.Message.Replace("\n  try:", "; try:", StringComparison.Ordinal), e);
        }

        bench.ForgetForKernel(kernel);
    }

    [Then("the kernel preempts whatever runs")]
    public async Task ThenTheKernelPreemptsWhateverRuns() => (await IsRealTimeAsync()).Should().BeTrue("it was built with PREEMPT_RT, and /sys/kernel/realtime says so");

    [Then("the kernel does not preempt whatever runs")]
    public async Task ThenTheKernelDoesNotPreemptWhateverRuns() => (await IsRealTimeAsync()).Should().BeFalse("it was built without PREEMPT_RT");

    [When("the target reboots")]
    public Task WhenTheTargetReboots() => RebootAsync(UsualLimit);

    [When("the target reboots within {duration}")]
    public Task WhenTheTargetRebootsWithin(Duration limit) => RebootAsync(limit.ToTimeSpan());

    [Then("it is another boot")]
    public async Task ThenItIsAnotherBoot()
    {
        var now = await (await place.OpenAsync()).Target.ReadKernelIdentityAsync(place.Cancellation);
        now.BootId.Should().NotBe(bootBefore ?? throw new InvalidOperationException("use `When the target reboots` first"));
    }

    // Kernels without PREEMPT_RT have no such file.
    private async Task<bool> IsRealTimeAsync()
    {
        var target = (await place.OpenAsync()).Target;
        return await target.ExistsAsync(RealTime, place.Cancellation) && await target.ReadTextAsync(RealTime, place.Cancellation) == "1";
    }

    private async Task RebootAsync(TimeSpan limit)
    {
        var scenario = await place.OpenAsync();
        bootBefore = (await scenario.Target.ReadKernelIdentityAsync(place.Cancellation)).BootId;
        try
        {
            await scenario.RebootAsync(limit, place.Cancellation);
        }
        catch (NotOnTargetException e)
        {
            throw new IgnoreException(e.Message, e);
        }

        bench.Forget();
    }
}
