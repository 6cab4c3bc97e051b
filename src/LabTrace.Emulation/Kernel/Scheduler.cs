using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <summary>
/// Runs tasks on cpus in virtual time and tells the tracer what a kernel would: each switch's next task is the previous one of
/// the following switch on that cpu, time on a cpu never goes back, and who is woken was asleep.
/// </summary>
/// <remarks>The parts of the class: switching and waking here, what a task does in Scheduler.Tasks.cs, the tick in Scheduler.Ticks.cs.</remarks>
internal sealed partial class Scheduler
{
    private const int IdlePrio = 120;
    private readonly Machine _machine;
    private readonly Random _random;

    public Scheduler(Machine machine, int cpus, Random random)
    {
        _machine = machine;
        _random = random;
        Cpus = [.. Enumerable.Range(0, cpus).Select(n => new Cpu(n, new KernelTask(0, $"swapper/{n}") { Cpu = n, Prio = IdlePrio, IsKernelThread = true }))];
    }

    public Cpu[] Cpus { get; }

    /// <summary>The moment that the cpu furthest ahead has come to.</summary>
    public long Latest => Cpus.Max(c => c.Clock);

    private Tracer Tracer => _machine.Tracer;

    /// <summary>The cpu that runs a task now.</summary>
    public Cpu CpuOf(KernelTask task) => Cpus[task.Cpu];

    /// <summary>A plausible small duration around a typical one, in nanoseconds.</summary>
    public long About(long ns) => ns / 2 + _random.NextInt64(ns + 1);

    /// <summary>Brings a cpu to the present.</summary>
    public void CatchUp(Cpu cpu) => cpu.Clock = Math.Max(cpu.Clock, _machine.Time.NowNs);

    /// <summary>Wakes a task that is blocked; one that runs will not block the next time it means to.</summary>
    /// <param name="task">The sleeper.</param>
    /// <param name="from">Where the wakeup comes from.</param>
    /// <param name="isIrq">Whether it comes from an interrupt.</param>
    public void Wake(KernelTask task, Cpu from, bool isIrq)
    {
        if (task.HasEnded)
        {
            return;
        }

        if (task.IsRunnable)
        {
            task.WasWoken = true;
            return;
        }

        _machine.Queue.Cancel(task.Timer);
        task.Timer = null;
        var waking = isIrq ? TraceContext.IrqWaking : TraceContext.Wake;
        EmitWakeup("sched_waking", task, from, waking, task.Cpu);
        var target = Choose(task);
        if (target.Number != task.Cpu)
        {
            Emit("sched_migrate_task", from, waking)?.Put(task.Comm).Put(task.Pid).Put(task.Prio).Put(task.Cpu).Put(target.Number);
            Commit("sched_migrate_task", from, waking);
            task.Cpu = target.Number;
        }

        from.Clock += About(900);
        task.State = TaskState.Running;
        _ = target.Ready.AddLast(task);
        var wakeup = isIrq && target == from ? TraceContext.IrqWakeup : isIrq ? TraceContext.IrqWaking : TraceContext.Wake;
        EmitWakeup("sched_wakeup", task, from, wakeup, task.Cpu);
        AskForCpu(target, task, from);
    }

    /// <summary>Lets a new task take part.</summary>
    public void WakeNew(KernelTask task, Cpu from)
    {
        var target = Choose(task);
        task.Cpu = target.Number;
        task.State = TaskState.Running;
        _ = target.Ready.AddLast(task);
        EmitWakeup("sched_wakeup_new", task, from, TraceContext.Switch, task.Cpu);
        AskForCpu(target, task, from);
    }

    /// <summary>Runs an action as a task, at once: it is woken, gets a cpu, acts and sleeps again.</summary>
    /// <remarks>So the calls that come from outside the machine appear in it as the work of one process, between whole switches.</remarks>
    public void ActAs(KernelTask task, Action<Cpu> action)
    {
        var cpu = CpuOf(task);
        if (cpu.Current == task)
        {
            CatchUp(cpu);
            StopStretch(cpu);
            action(cpu);
            GoOn(cpu);
            return;
        }

        var isQueued = cpu.Ready.Remove(task);
        cpu = isQueued ? cpu : Choose(task);
        CatchUp(cpu);
        cpu.Clock += About(1_500);
        StopStretch(cpu);
        var interrupted = cpu.Current;
        if (!isQueued)
        {
            EmitWakeup("sched_waking", task, cpu, TraceContext.IrqWaking, task.Cpu);
            task.Cpu = cpu.Number;
            cpu.Clock += About(1_200);
            EmitWakeup("sched_wakeup", task, cpu, TraceContext.IrqWakeup, task.Cpu);
        }

        cpu.Clock += About(3_000);
        if (interrupted != cpu.Idle)
        {
            _ = cpu.Ready.AddFirst(interrupted);
        }

        task.State = TaskState.Running;
        SwitchTo(cpu, task, TaskState.Running);
        cpu.Clock += About(2_000);
        action(cpu);
        cpu.Clock += About(4_000);
        task.State = TaskState.Sleeping;
        SwitchTo(cpu, PickNext(cpu), TaskState.Sleeping);
        GoOn(cpu);
    }

    /// <summary>Ends what a cpu is doing and lets the next task go on.</summary>
    private void Reschedule(Cpu cpu)
    {
        CatchUp(cpu);
        cpu.Pending = null;
        if (cpu.Ready.Count > 0)
        {
            StopStretch(cpu);
            if (!cpu.IsIdle)
            {
                _ = cpu.Ready.AddLast(cpu.Current);
            }

            SwitchTo(cpu, PickNext(cpu), TaskState.Running);
        }

        GoOn(cpu);
    }

    private void SwitchTo(Cpu cpu, KernelTask next, TaskState state)
    {
        var previous = cpu.Current;
        if (next == previous)
        {
            return;
        }

        if (previous != cpu.Idle)
        {
            TellRuntime(cpu, previous);
            cpu.Clock += About(1_500);
        }

        const string Name = "sched_switch";
        Emit(Name, cpu, TraceContext.Switch)?.Put(previous.Comm).Put(previous.Pid).Put(previous.Prio).Put((long)state).Put(next.Comm).Put(next.Pid).Put(next.Prio);
        Commit(Name, cpu, TraceContext.Switch, next);
        Tracer.TaskSwitched(cpu, previous, next);
        cpu.Current = next;
        cpu.Clock += About(1_000);
        next.RunningSince = cpu.Clock;
        cpu.NextTick = NextTickAfter(cpu.Clock);
    }

    private void TellRuntime(Cpu cpu, KernelTask task)
    {
        var ran = Math.Max(0, cpu.Clock - task.RunningSince);
        task.Runtime += ran;
        task.RunningSince = cpu.Clock;
        const string Name = "sched_stat_runtime";
        Emit(Name, cpu, TraceContext.Switch)?.Put(task.Comm).Put(task.Pid).Put(ran);
        Commit(Name, cpu, TraceContext.Switch);
    }

    /// <summary>Plans the next thing of a cpu's running task.</summary>
    private void GoOn(Cpu cpu)
    {
        _machine.Queue.Cancel(cpu.Pending);
        cpu.Pending = null;
        if (cpu.IsIdle)
        {
            if (cpu.Ready.Count > 0)
            {
                cpu.Pending = _machine.Queue.Plan(cpu.Clock, () => Reschedule(cpu), cpu.Ready.First!.Value.IsKernelThread);
            }

            return;
        }

        var task = cpu.Current;
        cpu.StretchStart = cpu.Clock;
        var stretch = Math.Max(0, Math.Min(task.Remaining, cpu.NextTick - cpu.Clock));
        cpu.Pending = _machine.Queue.Plan(cpu.Clock + stretch, () => StretchDone(cpu), task.IsKernelThread);
    }

    /// <summary>Stops the running task in the middle of its work, which is less by what it did.</summary>
    private void StopStretch(Cpu cpu)
    {
        _machine.Queue.Cancel(cpu.Pending);
        cpu.Pending = null;
        if (!cpu.IsIdle)
        {
            cpu.Current.Remaining = Math.Max(0, cpu.Current.Remaining - Math.Max(0, cpu.Clock - cpu.StretchStart));
        }
    }

    private KernelTask PickNext(Cpu cpu)
    {
        var pick = cpu.Ready.FirstOrDefault(t => t.IsKernelThread) ?? cpu.Ready.First?.Value;
        if (pick is null)
        {
            return cpu.Idle;
        }

        _ = cpu.Ready.Remove(pick);
        return pick;
    }

    private Cpu Choose(KernelTask task)
    {
        bool IsAllowed(Cpu cpu) => (task.Allowed & (1UL << cpu.Number)) != 0;
        bool IsFree(Cpu cpu) => cpu.IsIdle && cpu.Ready.Count == 0;
        var last = Cpus[task.Cpu];
        return IsAllowed(last) && IsFree(last) ? last
            : Array.Find(Cpus, c => IsAllowed(c) && IsFree(c))
            ?? (IsAllowed(last) ? last : Cpus.First(IsAllowed));
    }

    private void AskForCpu(Cpu target, KernelTask task, Cpu from)
    {
        if (target.IsIdle)
        {
            if (target.Pending is null)
            {
                var at = Math.Max(target.Clock, from.Clock) + About(target == from ? 2_000 : 12_000);
                target.Pending = _machine.Queue.Plan(at, () => Reschedule(target), task.IsKernelThread);
            }
        }
        else if (target != from && (task.IsKernelThread || !target.Current.IsKernelThread))
        {
            // The newly woken goes first: what runs there is interrupted.
            var at = Math.Max(target.Clock, from.Clock) + About(3_000);
            _ = _machine.Queue.Plan(at, () => PreemptFor(target, task), task.IsKernelThread);
        }
    }

    private void PreemptFor(Cpu cpu, KernelTask task)
    {
        if (cpu.IsIdle || !cpu.Ready.Contains(task))
        {
            return;
        }

        CatchUp(cpu);
        StopStretch(cpu);
        _ = cpu.Ready.AddLast(cpu.Current);
        _ = cpu.Ready.Remove(task);
        SwitchTo(cpu, task, TaskState.Running);
        GoOn(cpu);
    }

    private void EmitWakeup(string name, KernelTask task, Cpu from, TraceContext context, int target)
    {
        Emit(name, from, context)?.Put(task.Comm).Put(task.Pid).Put(task.Prio).Put(target);
        Commit(name, from, context, task);
    }

    /// <summary>The record of an event of <c>sched</c>, or null when nobody looks.</summary>
    private RecordWriter? Emit(string name, Cpu cpu, TraceContext context) => _machine.Start("sched", name, cpu, context);

    private void Commit(string name, Cpu cpu, TraceContext context, KernelTask? about = null) => _machine.Commit("sched", name, cpu, context, about);
}
