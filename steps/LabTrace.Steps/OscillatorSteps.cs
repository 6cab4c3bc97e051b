using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>The mRO50 oscillator of an ART board.</summary>
[Binding]
public sealed class OscillatorSteps(TimeCardBench bench, Refusal refusal)
{
    [Then("the card shows no oscillator")]
    public void ThenThereIsNone() => bench.ShouldHaveNoOscillator();

    [Then("its oscillator is on, and has locked")]
    public Task ThenItRuns() => bench.OscillatorShouldRunAsync();

    [Then("its oscillator has {int} to {int} degrees Celsius")]
    public Task ThenItIsAsWarm(int low, int high) => bench.TemperatureShouldBeAsync(low, high);

    [Then("both adjustments of its oscillator are in their range")]
    public Task ThenTheAdjustmentsAreInRange() => bench.AdjustmentsShouldBeInRangeAsync();

    [Then("its oscillator keeps a fine adjustment of {int} and a coarse one that is {int} steps higher")]
    public Task ThenTheAdjustmentsAreKept(int fine, int steps) => bench.AdjustmentsShouldBeKeptAsync(fine, steps);

    [Then("{int} steps of its oscillator's fine adjustment slow the clock down by {duration} in {duration}, within {duration}")]
    public Task ThenFineStepsSlowItDown(int steps, Duration by, Duration time, Duration within) => bench.StepsShouldGainAsync(isCoarse: false, steps, -by.Nanoseconds, time, within);

    [Then("{int} steps of its oscillator's coarse adjustment speed the clock up by {duration} in {duration}, within {duration}")]
    public Task ThenCoarseStepsSpeedItUp(int steps, Duration by, Duration time, Duration within) => bench.StepsShouldGainAsync(isCoarse: true, steps, by.Nanoseconds, time, within);

    [Then("its oscillator's memory is the disciplining configuration and the table of temperatures")]
    public Task ThenItsMemoryIsTheDaemons() => bench.MemoryShouldBeTheDaemonsAsync();

    [Then("what is written to its oscillator's memory is seen in both")]
    public Task ThenItsMemoryIsShared() => bench.MemoryShouldBeSharedAsync();

    [When("I try the request {word} on the oscillator")]
    public Task WhenITryARequest(string number) => refusal.ExpectAsync(() => bench.RequestOfOscillatorAsync(number));

    [When("I try to read the oscillator's device")]
    public Task WhenITryToRead() => refusal.ExpectAsync(bench.ReadOscillatorDeviceAsync);
}
