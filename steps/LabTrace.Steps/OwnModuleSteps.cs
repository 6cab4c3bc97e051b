using System.Globalization;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>LabTrace's own modules, of fixtures/kmod: records in a relay channel, a GPIO line that is toggled, trouble on demand.</summary>
[Binding]
public sealed class OwnModuleSteps(ModuleBench modules, TracingBench bench, ScenarioPlace place)
{
    private const int RecordBytes = 16;
    private const string Uptime = "/proc/uptime";
    private const string WatchdogThreshold = "/proc/sys/kernel/watchdog_thresh";
    private const string StallTimeout = "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout";

    // Documentation/admin-guide/lockup-watchdogs.rst.
    private const int ThresholdsInASoftLockup = 2;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [When("the relay module emits {int} records")]
    public async Task WhenTheRelayModuleEmits(int count) =>
        _ = (await modules.WriteAsync("labtrace_relay/emit", count.ToString(CultureInfo.InvariantCulture))).EnsureSuccess();

    [Then("the relay module has emitted {int} records")]
    public async Task ThenTheRelayModuleHasEmitted(int count) =>
        (await modules.ReadAsync("labtrace_relay/emitted")).Should().Be(count.ToString(CultureInfo.InvariantCulture));

    [Then("the relay channel holds {int} records")]
    public async Task ThenTheRelayChannelHolds(int count) =>
        (await modules.SizeOfAllAsync("labtrace_relay", "records")).Should().Be((long)count * RecordBytes, "each record has 16 bytes");

    [Then("the relay module greets with {string}")]
    public async Task ThenTheRelayModuleGreets(string text) => (await modules.ReadAsync("labtrace_relay/greeting")).Should().Be(text);

    [When("I record while the GPIO line is toggled {int} times")]
    public Task WhenIRecordWhileTheGpioLineIsToggled(int times) => bench.RecordWhileAsync(async () =>
        _ = (await modules.WriteAsync("labtrace_gpio/toggle", times.ToString(CultureInfo.InvariantCulture))).EnsureSuccess());

    [When("the kernel is asked for a warning")]
    public Task WhenTheKernelIsAskedForAWarning() => modules.WriteAsync("labtrace_trouble/make", "warn");

    [When("the kernel is asked for an oops")]
    public Task WhenTheKernelIsAskedForAnOops() => modules.WriteAsync("labtrace_trouble/make", "oops");

    [When("the kernel is asked for a panic")]
    public Task WhenTheKernelIsAskedForAPanic() => EndAsync("panic");

    [When("the kernel is asked for a lockup")]
    public Task WhenTheKernelIsAskedForALockup() => EndAsync("lockup");

    [When("the kernel is asked for an RCU stall")]
    public async Task WhenTheKernelIsAskedForAnRcuStall() => _ = (await modules.WriteAsync("labtrace_trouble/make", "stall")).EnsureSuccess();

    [Given("the kernel calls a cpu stuck after {duration}")]
    public Task GivenTheKernelCallsACpuStuckAfter(Duration limit) => SetSecondsAsync(WatchdogThreshold, limit.ToTimeSpan() / ThresholdsInASoftLockup);

    [Given("the kernel calls a reader under RCU stalled after {duration}")]
    public Task GivenTheKernelCallsAReaderStalledAfter(Duration limit) => SetSecondsAsync(StallTimeout, limit.ToTimeSpan());

    private async Task SetSecondsAsync(string path, TimeSpan time) => await (await place.OpenAsync()).Changes.SetAttributeAsync(
        path, Math.Max(1, (int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture), restoreValue: null, place.Cancellation);

    // What the kernel is asked for is its end. Whether it may come to that is for the scenario to say.
    private async Task EndAsync(string word)
    {
        var scenario = await place.OpenAsync();
        try
        {
            var result = await modules.WriteAsync("labtrace_trouble/make", word);
            var time = scenario.Target.Time;
            for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < EndLimit;)
            {
                // The writer may come back just before a cpu is taken from everybody: then nothing is read any more, and the machine is ended.
                _ = await scenario.Target.ReadTextAsync(Uptime, place.Cancellation);
                await Task.Delay(Pause, time, place.Cancellation);
            }

            Assert.Fail($"expected: the kernel to come to an end by a {word}\n  found:    it goes on, and the writer ended with {result.ExitCode}");
        }
        catch (TargetUnreachableException) when (scenario.Target is IBootableTarget { Down: not null })
        {
            // As asked.
        }
    }
}
