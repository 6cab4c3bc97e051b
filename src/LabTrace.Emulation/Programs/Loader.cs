using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>What every process does before its <c>main</c>: execve and the dynamic loader's system calls.</summary>
internal static class Loader
{
    private const int Execve_ = 59;
    private const int OpenAt = 257;
    private const int NewFstatAt = 262;
    private const int Mmap = 9;
    private const int Close = 3;
    private const int Brk = 12;
    private const int MProtect = 10;
    private const long Heap = 0x56222bdca000;
    private const long Stack = 0x7ffc5a79b370;
    private const long Name = 0x7f07302edc99;

    public static IEnumerable<Act> Execve(ProcessContext process)
    {
        var (machine, task, path) = (process.Machine, process.Task, "/usr/bin/" + process.Program.Name);
        task.CallTexts = [path];
        machine.TellSyscallEnter(task, Execve_, 0x564898976100, 0x564898978ac0, 0x564898972080);
        yield return Act.Compute(process.About(60_000));
        var cpu = machine.Scheduler.CpuOf(task);
        machine.Start("sched", "sched_prepare_exec", cpu, TraceContext.Task)?.Put(path).Put(path).Put(task.Pid).Put(task.Comm);
        machine.Commit("sched", "sched_prepare_exec", cpu, TraceContext.Task);
        yield return Act.Compute(process.About(90_000));
        cpu = machine.Scheduler.CpuOf(task);
        var comm = process.Program.Name.Length > 15 ? process.Program.Name[..15] : process.Program.Name;
        machine.Start("task", "task_rename", cpu, TraceContext.Task)?.Put(task.Pid).Put(task.Comm).Put(comm).Put(0);
        machine.Commit("task", "task_rename", cpu, TraceContext.Task);
        task.Comm = comm;
        yield return Act.Compute(process.About(80_000));
        cpu = machine.Scheduler.CpuOf(task);
        machine.Start("sched", "sched_process_exec", cpu, TraceContext.Task)?.Put(path).Put(task.Pid).Put(task.Pid);
        machine.Commit("sched", "sched_process_exec", cpu, TraceContext.Task);
        machine.TellSyscallExit(task, 0);
        yield return Act.Compute(process.About(25_000));
    }

    public static IEnumerable<Act> Libraries(ProcessContext process)
    {
        yield return Act.Run(process.Call(Brk, Heap, 0));
        yield return Act.Compute(process.About(220_000));
        yield return Act.Run(process.Call(Mmap, 0x7f07302ba000, 0, 0x2000, 3, 0x22, 0xffffffff, 0));
        yield return Act.Run(process.CallWithTexts(21, ["/etc/ld.so.preload"], -2, 0x7f07302ee2a0, 4));
        yield return Act.Run(process.CallWithTexts(OpenAt, ["/etc/ld.so.cache"], 3, 0xffffff9c, 0x7f07302ed0b1, 0x80000, 0));
        yield return Act.Run(process.CallWithTexts(NewFstatAt, [""], 0, 3, Name, Stack, 0x1000));
        yield return Act.Run(process.Call(Mmap, 0x7f07302b1000, 0, 0x8d87, 1, 2, 3, 0));
        yield return Act.Run(process.Call(Close, 0, 3));
        yield return Act.Run(process.CallWithTexts(OpenAt, ["/lib/x86_64-linux-gnu/libc.so.6"], 3, 0xffffff9c, 0x7f07302ba1e0, 0x80000, 0));
        yield return Act.Run(process.Call(0, 832, 3, 0x7ffc5a79b4d8, 0x340));
        yield return Act.Run(process.Call(17, 784, 3, 0x7ffc5a79b0f0, 0x310, 0x40));
        yield return Act.Run(process.CallWithTexts(NewFstatAt, [""], 0, 3, Name, Stack, 0x1000));
        yield return Act.Run(process.Call(Mmap, 0x7f07300cf000, 0, 0x1e1f50, 1, 0x802, 3, 0));
        yield return Act.Run(process.Call(Mmap, 0x7f07300f5000, 0x7f07300f5000, 0x156000, 5, 0x812, 3, 0x26000));
        yield return Act.Run(process.Call(Mmap, 0x7f073024b000, 0x7f073024b000, 0x53000, 1, 0x812, 3, 0x17c000));
        yield return Act.Run(process.Call(Mmap, 0x7f073029e000, 0x7f073029e000, 0x6000, 3, 0x812, 3, 0x1cf000));
        yield return Act.Run(process.Call(Close, 0, 3));
        yield return Act.Run(process.Call(158, 0, 0x1002, 0x7f07300cc740));
        yield return Act.Run(process.Call(218, process.Task.Pid, 0x7f07300cca10));
        yield return Act.Run(process.Call(273, 0, 0x7f07300cca20, 0x18));
        yield return Act.Run(process.Call(334, 0, 0x7f07300cd060, 0x20, 0, 0x53053053));
        yield return Act.Run(process.Call(MProtect, 0, 0x7f073029e000, 0x4000, 1));
        yield return Act.Run(process.Call(MProtect, 0, 0x5622132a5000, 0x1000, 1));
        yield return Act.Run(process.Call(302, 0, 0, 3, 0, 0x7ffdc0acd700));
        yield return Act.Run(process.Call(11, 0, 0x7f07302b1000, 0x8d87));
        yield return Act.Run(process.Call(318, 8, 0x7fe320f34478, 8, 1));
        yield return Act.Run(process.Call(Brk, Heap, 0));
        yield return Act.Run(process.Call(Brk, Heap + 0x21000, Heap + 0x21000));
        yield return Act.Compute(process.About(30_000));
    }
}
