using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class DeterminismTests
{
    [Test]
    public async Task The_same_seed_gives_the_same_bytes([Values(1, 2, 77)] int seed)
    {
        var (first, second) = (await RecordAsync(seed), await RecordAsync(seed));

        AreSame(second.Text, first.Text).Should().BeTrue();
        second.Raw.Cpus.Should().HaveSameCount(first.Raw.Cpus);
        foreach (var (one, other) in first.Raw.Cpus.Zip(second.Raw.Cpus))
        {
            AreSame(other.Pages, one.Pages).Should().BeTrue("the pages of cpu {0} are the same", one.Cpu);
        }
    }

    [Test]
    public async Task Another_seed_gives_other_times()
    {
        AreSame((await RecordAsync(1)).Text, (await RecordAsync(2)).Text).Should().BeFalse();
    }

    [Test]
    public async Task Many_targets_side_by_side_do_not_disturb_each_other()
    {
        var alone = await RecordAsync(5);

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RecordAsync(5))));

        together.Should().OnlyContain(r => AreSame(r.Text, alone.Text));
    }

    [Test]
    public async Task A_stream_that_is_followed_holds_what_the_buffer_would()
    {
        await using var followed = await Recorded.OpenAsync(null, "raw_syscalls", "sched");
        await followed.WriteAsync("buffer_size_kb", "8");

        var text = await followed.Trace.FollowAsync(
            async token =>
            {
                for (var i = 0; i < 20; i++)
                {
                    _ = await followed.Target.RunAsync(new Command("true"), token);
                }
            },
            CancellationToken.None);

        var trace = System.Text.Encoding.UTF8.GetString(text);
        trace.Should().NotContain("LOST", "a reader that keeps up loses nothing, however small the buffer");
        trace.Split('\n').Count(l => l.Contains("sched_process_exec: ", StringComparison.Ordinal)).Should().Be(20);
    }

    private static bool AreSame(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);

    private static async Task<TraceRecording> RecordAsync(int seed)
    {
        await using var recorded = await Recorded.OpenAsync(new EmulationOptions { Seed = seed }, "sched", "raw_syscalls", "timer", "irq", "signal", "task", "workqueue", "syscalls");
        return await recorded.RecordAsync("sleep 0.03", "cat /proc/version", "sh -c 'true; false'", "stress -t 0.02");
    }
}
