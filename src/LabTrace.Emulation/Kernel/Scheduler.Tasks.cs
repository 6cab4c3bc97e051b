using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <content>What a running task does: its acts, its signals, its end.</content>
internal sealed partial class Scheduler
{
    private const int SigKill = 9;
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int SigChild = 17;
    private const long SlackNs = 50_000;
    private const int InterruptedCall = -514;

    /// <summary>Sends a signal.</summary>
    public void Signal(KernelTask task, int signal, Cpu from)
    {
        const string Name = "signal_generate";
        var isIgnored = task.IgnoredSignals.Contains(signal);
        _machine.Start("signal", Name, from, TraceContext.Wake)?.Put(signal).Put(0).Put(0).Put(task.Comm).Put(task.Pid).Put(1).Put(isIgnored ? 1 : 0);
        _machine.Commit("signal", Name, from, TraceContext.Wake);
        from.Clock += About(600);
        if (isIgnored || task.HasEnded || task.IsExiting)
        {
            return;
        }

        if (task.Handlers.TryGetValue(signal, out var handle))
        {
            handle();
            Wake(task, from, isIrq: false);
            return;
        }

        if (task.CaughtSignals.Contains(signal))
        {
            task.Caught = signal;
            Wake(task, from, isIrq: false);
            return;
        }

        if (signal == SigChild)
        {
            Wake(task, from, isIrq: false);
            return;
        }

        if (signal == SigCont)
        {
            if (task.PendingSignal == SigStop)
            {
                task.PendingSignal = 0;
            }

            if (task.State == TaskState.Stopped)
            {
                Wake(task, from, isIrq: false);
            }

            return;
        }

        if (task.PendingSignal != SigKill)
        {
            task.PendingSignal = signal;
        }

        if (task.State != TaskState.Stopped || signal == SigKill)
        {
            Wake(task, from, isIrq: false);
        }
    }

    /// <summary>Moves the running task off a cpu it may no longer use.</summary>
    public IEnumerable<Act> MoveToAllowed(KernelTask task)
    {
        if ((task.Allowed & (1UL << task.Cpu)) == 0)
        {
            var from = CpuOf(task);
            _ = _machine.Queue.Plan(from.Clock + About(20_000), () =>
            {
                CatchUp(from);
                Wake(task, from, isIrq: true);
            });
            yield return Act.Block(TaskState.Disk);
        }
    }

    /// <summary>The running task's stretch is over: tick, take signals, do the next act.</summary>
    private void StretchDone(Cpu cpu)
    {
        CatchUp(cpu);
        var task = cpu.Current;
        cpu.Pending = null;
        task.Remaining = Math.Max(0, task.Remaining - Math.Max(0, cpu.Clock - cpu.StretchStart));
        if (cpu.Clock >= cpu.NextTick)
        {
            Tick(cpu);
            if (cpu.Ready.Count > 0)
            {
                _ = cpu.Ready.AddLast(task);
                SwitchTo(cpu, PickNext(cpu), TaskState.Running);
                GoOn(cpu);
                return;
            }
        }

        if (task.PendingSignal != 0 && !Deliver(cpu, task))
        {
            return;
        }

        if (task.Remaining > 0)
        {
            GoOn(cpu);
            return;
        }

        switch (task.Next())
        {
            case ComputeAct compute:
                task.Remaining = compute.Ns;
                GoOn(cpu);
                break;
            case BlockAct block:
                Block(cpu, task, block);
                break;
            case VanishAct:
                Vanish(cpu, task);
                break;
            default:
                End(cpu, task);
                break;
        }
    }

    private void Block(Cpu cpu, KernelTask task, BlockAct block)
    {
        if (task.WasWoken || task.PendingSignal != 0)
        {
            task.WasWoken = false;
            GoOn(cpu);
            return;
        }

        task.State = block.State;
        if (block.UntilNs is { } until)
        {
            var slack = task.IsKernelThread ? 0 : SlackNs + _random.NextInt64(12_000);
            task.Timer = _machine.Queue.Plan(Math.Max(until + slack, cpu.Clock + 1), () => TimerFires(task), task.IsKernelThread);
        }

        SwitchTo(cpu, PickNext(cpu), block.State);
        GoOn(cpu);
    }

    /// <summary>Delivers the waiting signal; false when the task does not go on for now.</summary>
    private bool Deliver(Cpu cpu, KernelTask task)
    {
        var signal = task.PendingSignal;
        task.PendingSignal = 0;
        if (task.Syscall >= 0)
        {
            _machine.TellSyscallExit(task, InterruptedCall);
        }

        const string Name = "signal_deliver";
        _machine.Start("signal", Name, cpu, TraceContext.Switch)?.Put(signal).Put(0).Put(0).Put(0).Put(0);
        _machine.Commit("signal", Name, cpu, TraceContext.Switch);
        cpu.Clock += About(700);
        if (signal == SigStop)
        {
            task.State = TaskState.Stopped;
            SwitchTo(cpu, PickNext(cpu), TaskState.Stopped);
            GoOn(cpu);
            return false;
        }

        task.ExitCode = 128 + signal;
        End(cpu, task);
        return false;
    }

    private IEnumerable<Act> Exiting()
    {
        yield return Act.Compute(About(110_000));
        yield return Act.Vanish;
    }

    private void End(Cpu cpu, KernelTask task)
    {
        task.IsExiting = true;
        task.Unwind();
        task.Start(Exiting());
        const string Name = "sched_process_exit";
        Emit(Name, cpu, TraceContext.Task)?.Put(task.Comm).Put(task.Pid).Put(task.Prio).Put(1);
        Commit(Name, cpu, TraceContext.Task);
        GoOn(cpu);
    }

    private void Vanish(Cpu cpu, KernelTask task)
    {
        task.Process?.Ended();
        if (task.Parent is { HasEnded: false } parent)
        {
            Signal(parent, SigChild, cpu);
        }

        task.State = TaskState.Zombie;
        SwitchTo(cpu, PickNext(cpu), TaskState.Zombie);
        GoOn(cpu);
        _ = _machine.Queue.Plan(cpu.Clock + About(9_000_000), () => Free(task), isBackground: true);
        _machine.TaskEnded(task);
    }

    private void Free(KernelTask task)
    {
        var cpu = CpuOf(task);
        CatchUp(cpu);
        const string Name = "sched_process_free";
        Emit(Name, cpu, TraceContext.Soft)?.Put(task.Comm).Put(task.Pid).Put(task.Prio);
        Commit(Name, cpu, TraceContext.Soft);
        cpu.Clock += About(500);
        Tracer.TaskFreed(task);
    }
}
