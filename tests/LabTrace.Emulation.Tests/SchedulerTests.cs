using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class SchedulerTests
{
    private static readonly string[] Workload = ["sleep 0.02", "true", "sh -c 'sleep 0.003; true'", "stress -t 0.03", "cat /proc/version", "taskset 2 sleep 0.001"];

    [Test]
    public async Task Whom_a_cpu_switches_to_is_whom_it_switches_from_next([Range(1, 12)] int seed, [Values(1, 2, 4)] int cpus)
    {
        var trace = await RecordAsync(seed, cpus, "sched:sched_switch");

        trace.Events.Should().NotBeEmpty();
        foreach (var onCpu in trace.Events.GroupBy(e => e.Cpu))
        {
            var switches = onCpu.ToList();
            var chain = switches.Zip(switches.Skip(1)).Where(p => Number(p.First, "next_pid") != Number(p.Second, "prev_pid"));
            chain.Should().BeEmpty("cpu {0} runs one task after the other", onCpu.Key);
            switches.Should().OnlyContain(e => Number(e, "prev_pid") == e.Pid, "the task that leaves is the one that runs");
        }
    }

    [Test]
    public async Task Time_never_goes_back_on_a_cpu_and_a_task_is_on_one_cpu_at_a_time([Range(1, 6)] int seed)
    {
        var trace = await RecordAsync(seed, cpus: 3, "sched:sched_switch", "sched:sched_waking", "raw_syscalls", "timer", "irq");
        var running = new Dictionary<int, long>();

        foreach (var e in trace.Events)
        {
            if (e.Name.Name == "sched_switch")
            {
                running[e.Cpu] = Number(e, "next_pid");
                running.Values.Where(p => p != 0).Should().OnlyHaveUniqueItems();
            }
            else if (running.TryGetValue(e.Cpu, out var pid))
            {
                ((long)e.Pid).Should().Be(pid, "{0} happens where {1} runs", e, pid);
            }
        }

        trace.Events.GroupBy(e => e.Cpu).Should().OnlyContain(c => c.Zip(c.Skip(1)).All(p => p.First.Time <= p.Second.Time));
    }

    [Test]
    public async Task Who_is_woken_was_asleep([Range(1, 6)] int seed)
    {
        var trace = await RecordAsync(seed, cpus: 2, "sched:sched_switch", "sched:sched_waking", "sched:sched_wakeup", "sched:sched_wakeup_new");
        var awake = new HashSet<long>();

        foreach (var e in trace.Events)
        {
            switch (e.Name.Name)
            {
                case "sched_switch":
                    _ = Number(e, "prev_state") == 0 ? awake.Add(Number(e, "prev_pid")) : awake.Remove(Number(e, "prev_pid"));
                    _ = awake.Add(Number(e, "next_pid"));
                    break;
                case "sched_waking":
                    awake.Should().NotContain(Number(e, "pid"), "{0} wakes a sleeper", e);
                    break;
                default:
                    _ = awake.Add(Number(e, "pid"));
                    break;
            }
        }

        awake.Should().NotBeEmpty();
    }

    [Test]
    public async Task Every_system_call_returns_but_the_last()
    {
        var trace = await RecordAsync(1, 2, "raw_syscalls");

        foreach (var task in trace.Events.Where(e => e.Comm != "labtrace-agent").GroupBy(e => e.Pid))
        {
            var calls = task.ToList();
            calls.Where((_, i) => i % 2 == 0).Should().OnlyContain(e => e.Name.Name == "sys_enter");
            calls.Where((_, i) => i % 2 == 1).Should().OnlyContain(e => e.Name.Name == "sys_exit");
            Number(calls[^1], "id").Should().Be(231);
        }
    }

    [Test]
    public async Task A_busy_program_is_seen_by_the_tick_and_shares_its_cpu()
    {
        await using var recorded = await Recorded.OpenAsync(new EmulationOptions { Cpus = 1 }, "timer:hrtimer_expire_entry", "sched:sched_switch", "irq:softirq_entry");

        var trace = (await recorded.RecordAsync("sh -c 'stress -t 0.05'")).Trace;

        trace.Events.Count(e => e.Name.Name == "hrtimer_expire_entry" && e.Comm == "stress").Should().BeInRange(10, 40);
        trace.Events.Should().Contain(e => e.Name.Name == "sched_switch" && Number(e, "prev_state") == 0 && e.Comm == "stress");
    }

    [Test]
    public async Task A_pinned_program_stays_on_its_cpu()
    {
        await using var recorded = await Recorded.OpenAsync(new EmulationOptions { Cpus = 4 }, "sched:sched_switch");

        var trace = (await recorded.RecordAsync("taskset 8 stress -t 0.02")).Trace;

        trace.Events.Where(e => e.Comm == "stress" && Number(e, "prev_pid") == e.Pid).Skip(1).Select(e => e.Cpu).Distinct().Should().Equal(3);
    }

    private static async Task<Trace> RecordAsync(int seed, int cpus, params string[] events)
    {
        await using var recorded = await Recorded.OpenAsync(new EmulationOptions { Seed = seed, Cpus = cpus }, events);
        return (await recorded.RecordAsync(Workload)).Trace;
    }

    private static long Number(TraceEvent e, string field) =>
        e.TryGetField(field, out var value) && value.TryGetInteger(out var number) ? (long)number : throw new AssertionException($"{e} has no {field}");
}
