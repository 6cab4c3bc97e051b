using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class MonotonicClockTests
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [TestCase("Timer List Version: v0.10\nHRTIMER_MAX_CLOCK_BASES: 8\nnow at 37535253498072 nsecs\n\ncpu: 0\n", 37535253498072)]
    [TestCase("Timer List Version: v0.10\nnow at noon nsecs\n", null)]
    [TestCase("", null)]
    public void The_time_is_read_from_the_head_of_the_list(string text, long? time) => MonotonicClock.Parse(text).Should().Be(time);

    [Test]
    [Category(RealKernel.Category)]
    public async Task What_this_kernel_tells_lies_between_two_looks_at_its_clock()
    {
        RealKernel.RequireTracefs();
        await using var target = new LocalTarget();

        var before = await MonotonicClock.ReadAsync(target, Token);
        var told = MonotonicClock.Parse(await target.ReadTextAsync("/proc/timer_list", Token));
        var after = await MonotonicClock.ReadAsync(target, Token);

        Stopwatch.Frequency.Should().Be(1_000_000_000, "the runner's clock is CLOCK_MONOTONIC in nanoseconds");
        told.Should().BeInRange(before, after);
    }
}
