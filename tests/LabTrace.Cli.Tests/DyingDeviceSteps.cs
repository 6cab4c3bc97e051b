using FluentAssertions;
using Reqnroll;

namespace LabTrace.Cli.Tests;

/// <summary>Steps that a run under test can be given with <c>--steps</c>: they wait as a dead device makes steps wait.</summary>
[Binding]
public sealed class DyingDeviceSteps(CancellationTokenSource cancellation, IReqnrollOutputHelper output)
{
    private static int attempts;

    /// <summary>The assembly's file.</summary>
    public static string File => typeof(DyingDeviceSteps).Assembly.Location;

    [Given("a device")]
    public void GivenADevice()
    {
    }

    [Given("the device says {string}")]
    public void TheDeviceSays(string name) => output.WriteLine($"the device says {name}!");

    [When("it answers at the second attempt")]
    public void ItAnswersAtTheSecondAttempt() => (++attempts).Should().Be(2, "it needs waking up");

    [When("it answers no more")]
    public Task ItAnswersNoMore() => Task.Delay(Timeout.Infinite, cancellation.Token);

    [When("it answers no more and listens to nobody")]
    public void ItAnswersNoMoreAndListensToNobody() => new ManualResetEventSlim().Wait();
}
