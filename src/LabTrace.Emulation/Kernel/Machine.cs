using LabTrace.Emulation.Bpf;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Ftrace;

namespace LabTrace.Emulation.Kernel;

/// <summary>The emulated machine: its time, its files, its tasks and its tracer, all behind one lock.</summary>
/// <remarks>The parts of the class: state and events here, the passing of time in Machine.Pump.cs.</remarks>
internal sealed partial class Machine
{
    private const int AgentPid = 871;
    private const int FirstPid = 1204;
    private readonly SortedDictionary<int, KernelTask> _tasks = [];
    private int _nextPid = FirstPid;

    public Machine(EmulationOptions options)
    {
        Options = options;
        Random = new Random(options.Seed);
        Bpf = new EmulatedBpf(this);
        Time.AdvanceTo(options.Uptime.Ticks * TimeSpan.NanosecondsPerTick);
        Tracer = new Tracer(Time, options.Cpus) { LostAtStart = options.Faults.LostEvents };
        Log = new KernelLog(Time);
        Mounts = new Mounts(Tree);
        Modules = new KernelModules(this);
        Scheduler = new Scheduler(this, options.Cpus, Random);
        foreach (var cpu in Scheduler.Cpus)
        {
            cpu.Clock = Time.NowNs;
        }

        Agent = new KernelTask(AgentPid, "labtrace-agent") { State = TaskState.Sleeping, StartedAt = Time.NowNs };
        Agent.Start(BackgroundTasks.Agent(Scheduler));
        Caller = Agent;
        _tasks.Add(Agent.Pid, Agent);
        BackgroundTasks.Start(this);
        Tracer.RecordWritten += WakeReaders;
        Time.TimerSet += TimerSet;
    }

    /// <summary>Held by whoever looks at or changes the machine.</summary>
    public Lock Gate { get; } = new();

    public EmulationOptions Options { get; }

    public VirtualTime Time { get; } = new();

    public Random Random { get; }

    public SimQueue Queue { get; } = new();

    public FileTree Tree { get; } = new();

    public Tracer Tracer { get; }

    /// <summary>What the kernel has logged.</summary>
    public KernelLog Log { get; }

    /// <summary>Modules that can be loaded, and those that are.</summary>
    public KernelModules Modules { get; }

    /// <summary>Programs that a machine usually has and this one has not.</summary>
    public HashSet<string> MissingPrograms { get; } = new(StringComparer.Ordinal);

    /// <summary>What is mounted where.</summary>
    public Mounts Mounts { get; }

    /// <summary>The task whose call is being carried out.</summary>
    public KernelTask Caller { get; set; } = null!;

    /// <summary>The machine's GPUs.</summary>
    public Gpu.GpuDevices? Gpus { get; set; }

    /// <summary>How many events grtrace was offered since its counters were reset; no file tells it.</summary>
    public long GrtraceOffered => Grtrace?.Stats.Offered ?? 0;

    /// <summary>grtrace, while it is loaded.</summary>
    public Grtrace.GrtraceCore? Grtrace { get; set; }

    /// <summary>Files of <c>/proc</c> that devices and modules add.</summary>
    public SortedDictionary<string, Node> ProcFiles { get; } = new(StringComparer.Ordinal);

    public Scheduler Scheduler { get; }

    /// <summary>The driver of its Time Cards, with or without cards.</summary>
    public TimeCards.Driver.PtpOcpModule? PtpOcp { get; set; }

    /// <summary>Where BPF programs are attached.</summary>
    public EmulatedBpf Bpf { get; }

    /// <summary>The process in which calls from outside appear.</summary>
    public KernelTask Agent { get; }

    /// <summary>Tasks that have a pid and are not gone.</summary>
    public IReadOnlyDictionary<int, KernelTask> Tasks => _tasks;

    /// <summary>Makes a task; it does not run yet.</summary>
    public KernelTask Make(string comm, KernelTask parent, int cpu)
    {
        var task = new KernelTask(_nextPid, comm) { Parent = parent, Cpu = cpu, StartedAt = Time.NowNs, State = TaskState.Sleeping };
        _nextPid += 1 + Random.Next(3);
        _tasks.Add(task.Pid, task);
        return task;
    }

    /// <summary>Makes a kernel thread.</summary>
    public KernelTask MakeThread(int pid, string comm, int cpu)
    {
        var task = new KernelTask(pid, comm) { Cpu = cpu, Allowed = 1UL << cpu, IsKernelThread = true, State = TaskState.IdleThread, StartedAt = 0 };
        _tasks.Add(pid, task);
        return task;
    }

    /// <summary>Forks: the parent, running on a cpu, makes a child that will act.</summary>
    public KernelTask Fork(KernelTask parent, Cpu cpu, Func<KernelTask, IEnumerable<Act>> acts)
    {
        TellSyscallEnter(parent, 56, 0x1200011, 0, 0, 0x7f8142d05a10, 0);
        cpu.Clock += Scheduler.About(60_000);
        var child = Make(parent.Comm, parent, cpu.Number);
        child.Allowed = parent.Allowed;
        child.Uid = parent.Uid;
        child.Start(acts(child));
        const string NewTask = "task_newtask";
        Start("task", NewTask, cpu, TraceContext.Task)?.Put(child.Pid).Put(child.Comm).Put(0x1200000).Put(0);
        Commit("task", NewTask, cpu, TraceContext.Task);
        cpu.Clock += Scheduler.About(4_000);
        const string Forked = "sched_process_fork";
        Start("sched", Forked, cpu, TraceContext.Task)?.Put(parent.Comm).Put(parent.Pid).Put(child.Comm).Put(child.Pid);
        Commit("sched", Forked, cpu, TraceContext.Task);
        Tracer.TaskForked(parent, child);
        Bpf.Forked(parent, child);
        cpu.Clock += Scheduler.About(2_000);
        Scheduler.WakeNew(child, cpu);
        TellSyscallExit(parent, child.Pid);
        return child;
    }

    public void TaskEnded(KernelTask task)
    {
        _ = _tasks.Remove(task.Pid);
        Changed();
    }

    /// <summary>The record of an event, to be filled and committed; null when nobody looks.</summary>
    public RecordWriter? Start(string system, string name, Cpu cpu, TraceContext context) =>
        Tracer.IsAnyHooked && KernelEventCatalog.Of(system, name) is var of && Tracer.IsHooked(of) ? Tracer.Start(of, cpu, context) : null;

    public void Commit(string system, string name, Cpu cpu, TraceContext context, KernelTask? about = null)
    {
        if (Tracer.IsAnyHooked)
        {
            Tracer.Commit(KernelEventCatalog.Of(system, name), cpu, context, about);
            cpu.Clock += Scheduler.About(200);
        }
    }

    /// <summary>A task enters a system call.</summary>
    public void TellSyscallEnter(KernelTask task, int number, params ReadOnlySpan<long> arguments)
    {
        task.Syscall = number;
        if (Bpf.IsActive)
        {
            Bpf.SyscallEnter(task, number, arguments);
        }

        if (!Tracer.IsAnyHooked)
        {
            return;
        }

        var cpu = Scheduler.CpuOf(task);
        Span<long> six = stackalloc long[6];
        arguments.CopyTo(six);
        Start("raw_syscalls", "sys_enter", cpu, TraceContext.Task)?.Put(number).Put(six);
        Commit("raw_syscalls", "sys_enter", cpu, TraceContext.Task);
        if (KernelEventCatalog.SyscallEnter(number) is { } of && Tracer.IsHooked(of))
        {
            var record = Tracer.Start(of, cpu, TraceContext.Task).Put(number);
            for (var i = 0; i < of.Fields.Count - 1; i++)
            {
                _ = record.Put(six[i]);
            }

            Tracer.Commit(of, cpu, TraceContext.Task);
        }
    }

    /// <summary>It comes back from the call.</summary>
    public void TellSyscallExit(KernelTask task, long result)
    {
        var number = task.Syscall;
        task.Syscall = -1;
        if (Bpf.IsActive)
        {
            Bpf.SyscallExit(task, number, result);
        }

        task.CallTexts = [];
        if (!Tracer.IsAnyHooked)
        {
            return;
        }

        var cpu = Scheduler.CpuOf(task);
        Start("raw_syscalls", "sys_exit", cpu, TraceContext.Task)?.Put(number).Put(result);
        Commit("raw_syscalls", "sys_exit", cpu, TraceContext.Task);
        if (KernelEventCatalog.SyscallExit(number) is { } of && Tracer.IsHooked(of))
        {
            _ = Tracer.Start(of, cpu, TraceContext.Task).Put(number).Put(result);
            Tracer.Commit(of, cpu, TraceContext.Task);
        }
    }
}
