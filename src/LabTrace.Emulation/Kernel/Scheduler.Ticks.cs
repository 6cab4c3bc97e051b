using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <content>Timer interrupts: sleepers whose time has come, and the tick while a task runs.</content>
internal sealed partial class Scheduler
{
    private const long TickNs = 4_000_000;
    private const int TimerVector = 1;
    private const long TickTimerAddress = unchecked((long)0xFFFF88803EC1C0A0);

    private static long NextTickAfter(long ns) => ((ns / TickNs) + 1) * TickNs;

    private void TimerFires(KernelTask task)
    {
        task.Timer = null;
        if (task.IsRunnable || task.HasEnded)
        {
            return;
        }

        var cpu = CpuOf(task);
        CatchUp(cpu);
        var timer = unchecked((long)0xFFFFC90000000000) + ((long)task.Pid << 12) + 0xDB8;
        EnterTimer(cpu, timer, "hrtimer_wakeup");
        Wake(task, cpu, isIrq: true);
        LeaveTimer(cpu, timer);
    }

    private void Tick(Cpu cpu)
    {
        EnterTimer(cpu, TickTimerAddress, "tick_nohz_handler");
        TellRuntime(cpu, cpu.Current);
        Soft("softirq_raise", cpu, TraceContext.Irq);
        LeaveTimer(cpu, TickTimerAddress);
        const string Name = "hrtimer_start";
        _machine.Start("timer", Name, cpu, TraceContext.Irq)?.Put(TickTimerAddress).Put(KernelSymbols.AddressOf("tick_nohz_handler"))
            .Put(cpu.NextTick + TickNs).Put(cpu.NextTick + TickNs).Put(8).Put(0);
        _machine.Commit("timer", Name, cpu, TraceContext.Irq);
        cpu.Clock += About(400);
        Soft("softirq_entry", cpu, TraceContext.Soft);
        cpu.Clock += About(900);
        Soft("softirq_exit", cpu, TraceContext.Soft);
        cpu.Clock += About(300);
        cpu.NextTick = NextTickAfter(Math.Max(cpu.NextTick, cpu.Clock));
    }

    private void EnterTimer(Cpu cpu, long timer, string function)
    {
        cpu.Clock += About(800);
        const string Name = "hrtimer_expire_entry";
        _machine.Start("timer", Name, cpu, TraceContext.Irq)?.Put(timer).Put(cpu.Clock - 300).Put(KernelSymbols.AddressOf(function));
        _machine.Commit("timer", Name, cpu, TraceContext.Irq);
        cpu.Clock += About(500);
    }

    private void LeaveTimer(Cpu cpu, long timer)
    {
        cpu.Clock += About(400);
        const string Name = "hrtimer_expire_exit";
        _machine.Start("timer", Name, cpu, TraceContext.Irq)?.Put(timer);
        _machine.Commit("timer", Name, cpu, TraceContext.Irq);
        cpu.Clock += About(300);
    }

    private void Soft(string name, Cpu cpu, TraceContext context)
    {
        _machine.Start("irq", name, cpu, context)?.Put(TimerVector);
        _machine.Commit("irq", name, cpu, context);
    }
}
