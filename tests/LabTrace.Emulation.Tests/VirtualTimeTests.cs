using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class VirtualTimeTests
{
    [Test]
    public void Time_stands_still_when_nobody_waits()
    {
        var time = new EmulatedTarget().Time;

        var (first, second) = (time.GetUtcNow(), time.GetUtcNow());

        first.Should().Be(VirtualTime.BootTime + new EmulationOptions().Uptime);
        second.Should().Be(first);
        time.GetElapsedTime(0, 1_000_000).Should().Be(TimeSpan.FromMilliseconds(1));
    }

    [Test]
    public void Timers_fire_in_the_order_they_are_due_and_periodic_ones_again()
    {
        var time = new VirtualTime();
        var fired = new List<string>();
        using var late = time.CreateTimer(_ => fired.Add("late"), null, TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        using var periodic = time.CreateTimer(_ => fired.Add("periodic"), null, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10));
        using var stopped = time.CreateTimer(_ => fired.Add("stopped"), null, TimeSpan.FromMilliseconds(5), Timeout.InfiniteTimeSpan);
        _ = stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        time.AdvanceTo(25_000_000);
        time.FireDueTimers();

        fired.Should().Equal("periodic", "late", "periodic");
        time.NextTimerNs.Should().Be(30_000_000);
    }

    [Test]
    public async Task A_deadline_passes_while_a_command_hangs()
    {
        await using var target = new EmulatedTarget();
        using var deadline = new CancellationTokenSource(TimeSpan.FromHours(3), target.Time);
        var run = () => target.RunAsync(new Command("sleep", "infinity"), deadline.Token);

        _ = await run.Should().ThrowAsync<OperationCanceledException>();

        (target.Time.GetUtcNow() - VirtualTime.BootTime).Should().BeGreaterThan(TimeSpan.FromHours(3));
    }

    [Test]
    public async Task A_poll_loop_on_the_targets_clock_goes_on()
    {
        await using var target = new EmulatedTarget();
        var start = target.Time.GetUtcNow();

        for (var i = 0; i < 5; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), target.Time);
        }

        (target.Time.GetUtcNow() - start).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(500));
    }

    [Test]
    public async Task A_long_wait_costs_no_time()
    {
        await using var target = new EmulatedTarget();

        var result = await target.RunAsync(new Command("sleep", "2h"), CancellationToken.None);

        result.Elapsed.Should().BeCloseTo(TimeSpan.FromHours(2), TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task A_read_of_a_quiet_pipe_waits_until_something_comes()
    {
        await using var recorded = await Recorded.OpenAsync();
        await recorded.WriteAsync("tracing_on", "1");
        await using var pipe = await recorded.Target.OpenReadAsync(Recorded.Instance + "/trace_pipe", CancellationToken.None);
        var buffer = new byte[4096];
        var read = pipe.ReadAsync(buffer).AsTask();

        await recorded.WriteAsync("trace_marker", "at last");

        System.Text.Encoding.UTF8.GetString(buffer, 0, await read).Should().EndWith("tracing_mark_write: at last\n");
    }
}
