using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>A target that boots while a scenario runs. What its kernel knew is gone then: instances, modules, settings.</summary>
[Binding]
public sealed class BootSteps(ScenarioPlace place, TracingBench bench)
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);
    private string? bootBefore;

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
