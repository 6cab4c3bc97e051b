using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class FaultTests
{
    [Test]
    public async Task An_unreachable_target_does_not_answer_any_call()
    {
        await using var target = new EmulatedTarget(new EmulationOptions { Faults = new EmulationFaults { Unreachable = "the cable was pulled" } });
        Func<Task>[] calls =
        [
            () => target.ReadAsync("/proc/version", default).AsTask(),
            () => target.ReadManyAsync(["/proc/version"], default).AsTask(),
            () => target.WriteAsync("/tmp/x", default, WriteMode.Create, default).AsTask(),
            () => target.WriteManyAsync([new FileWrite("/tmp/x", default)], default).AsTask(),
            () => target.ListAsync("/", default).AsTask(),
            () => target.StatAsync("/", default).AsTask(),
            () => target.CreateDirectoryAsync("/tmp/d", default).AsTask(),
            () => target.RemoveDirectoryAsync("/tmp/d", default).AsTask(),
            () => target.RemoveFileAsync("/tmp/x", default).AsTask(),
            () => target.OpenReadAsync("/proc/version", default).AsTask(),
            () => target.StartAsync(new Command("true"), default).AsTask(),
            () => target.ReadKernelIdentityAsync(default).AsTask(),
        ];

        foreach (var call in calls)
        {
            (await call.Should().ThrowAsync<TargetUnreachableException>()).WithMessage("target 'emulated' does not answer: the cable was pulled*");
        }
    }

    [Test]
    public async Task A_write_can_be_made_to_fail()
    {
        var faults = new EmulationFaults { RefusedWrites = new Dictionary<string, Errno> { ["/tmp/full"] = Errno.ENOSPC } };
        await using var target = new EmulatedTarget(new EmulationOptions { Faults = faults });
        var write = () => target.WriteAsync("/tmp/full", "x"u8.ToArray(), WriteMode.Create, default).AsTask();

        (await write.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENOSPC);
    }

    [Test]
    public async Task Events_can_be_made_to_get_lost_and_are_told()
    {
        await using var recorded = await Recorded.OpenAsync(new EmulationOptions { Faults = new EmulationFaults { LostEvents = 5 } }, "sched:sched_switch");

        var recording = await recorded.RecordAsync("sleep 0.01");

        recording.Trace.Tally.Lost.Sum(l => l.Count).Should().Be(10);
        recording.Stats.Cpus.Should().OnlyContain(c => c.Overrun == 5);
    }

    [Test]
    public async Task A_command_can_be_made_to_hang_until_it_is_killed()
    {
        await using var target = new EmulatedTarget(new EmulationOptions { Faults = new EmulationFaults { HangingPrograms = new HashSet<string> { "true" } } });

        var result = await target.RunAsync(new Command("true") { Timeout = TimeSpan.FromSeconds(5) }, default);

        (result.TimedOut, result.ExitCode).Should().Be((true, 137));
        result.Elapsed.Should().BeCloseTo(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1));
    }
}
