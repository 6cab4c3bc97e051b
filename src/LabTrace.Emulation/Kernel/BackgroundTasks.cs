using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <summary>What an otherwise idle machine does: work queues and read-copy-update, more seldom while nobody looks.</summary>
internal static class BackgroundTasks
{
    private const int RcuPid = 15;
    private const int FirstWorkerPid = 38;
    private const long BusyNs = 7_000_000;
    private const long QuietNs = 400_000_000;

    public static void Start(Machine machine)
    {
        machine.Tracer.FirstHooked += () => Hurry(machine);
        var cpus = machine.Scheduler.Cpus.Length;
        Add(machine, machine.MakeThread(RcuPid, "rcu_preempt", cpus - 1), isRcu: true);
        for (var cpu = 0; cpu < cpus; cpu++)
        {
            Add(machine, machine.MakeThread(FirstWorkerPid + (cpu * 7), $"kworker/{cpu}:{1 + (cpu % 2)}", cpu), isRcu: false);
        }
    }

    /// <summary>The agent's own doing when a child of its has ended: it takes note and waits for the next call.</summary>
    public static IEnumerable<Act> Agent(Scheduler scheduler)
    {
        while (true)
        {
            yield return Act.Block(TaskState.Sleeping);
            yield return Act.Compute(scheduler.About(14_000));
        }
    }

    /// <summary>Somebody looks: what would come late comes soon.</summary>
    private static void Hurry(Machine machine)
    {
        foreach (var thread in machine.Tasks.Values.Where(t => t.IsKernelThread && t.Timer is not null))
        {
            machine.Queue.Cancel(thread.Timer);
            Plan(machine, thread);
        }
    }

    private static void Add(Machine machine, KernelTask thread, bool isRcu)
    {
        thread.Start(isRcu ? Rcu(machine) : Worker(machine, thread));
        Plan(machine, thread);
    }

    private static long Pause(Machine machine) => machine.Scheduler.About(machine.Tracer.IsAnyHooked ? BusyNs : QuietNs);

    /// <summary>The thread's first wakeup, by a timer.</summary>
    private static void Plan(Machine machine, KernelTask thread) =>
        thread.Timer = machine.Queue.Plan(machine.Time.NowNs + Pause(machine), () => First(machine, thread), isBackground: true);

    private static void First(Machine machine, KernelTask thread)
    {
        thread.Timer = null;
        var cpu = machine.Scheduler.CpuOf(thread);
        machine.Scheduler.CatchUp(cpu);
        machine.Scheduler.Wake(thread, cpu, isIrq: true);
    }

    private static IEnumerable<Act> Rcu(Machine machine)
    {
        while (true)
        {
            yield return Act.Compute(machine.Scheduler.About(4_500));
            yield return Act.Block(TaskState.IdleThread, machine.Time.NowNs + Pause(machine));
        }
    }

    private static IEnumerable<Act> Worker(Machine machine, KernelTask thread)
    {
        const long Work = unchecked((long)0xFFFF88803EC2D8C0);
        var function = KernelSymbols.AddressOf("vmstat_update");
        while (true)
        {
            Tell("workqueue_execute_start");
            yield return Act.Compute(machine.Scheduler.About(6_000));
            Tell("workqueue_execute_end");
            yield return Act.Compute(machine.Scheduler.About(800));
            yield return Act.Block(TaskState.IdleThread, machine.Time.NowNs + Pause(machine));
        }

        void Tell(string name)
        {
            var cpu = machine.Scheduler.CpuOf(thread);
            machine.Start("workqueue", name, cpu, TraceContext.Task)?.Put(Work).Put(function);
            machine.Commit("workqueue", name, cpu, TraceContext.Task);
        }
    }
}
