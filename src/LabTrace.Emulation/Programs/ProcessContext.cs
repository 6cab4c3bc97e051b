using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>A process as its program sees it: arguments, files, system calls, and the functions it passes through.</summary>
internal sealed class ProcessContext(Machine machine, KernelTask task, ProgramOutput output, ProgramOutput errors, byte[] input)
{
    private const long LibcBase = 0x7f07300cf000;
    private const long ProgramBase = 0x562213290000;
    private int _inputAt;

    public Machine Machine { get; } = machine;

    public KernelTask Task { get; } = task;

    public EmulatedProgram Program { get; private set; } = null!;

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(0);

    public string WorkingDirectory { get; init; } = "/";

    public int ExitCode { get; set; }

    /// <summary>Processes it started.</summary>
    public List<KernelTask> Children { get; } = [];

    /// <summary>Called once, when the process is over.</summary>
    public Action? OnEnd { get; init; }

    public void Ended() => OnEnd?.Invoke();

    /// <summary>The same surroundings for a child.</summary>
    public ProcessContext For(KernelTask child) =>
        new(Machine, child, output, errors, []) { Program = Program, Environment = Environment, WorkingDirectory = WorkingDirectory };

    /// <summary>A path as open(2) takes it.</summary>
    public string Full(string path) => path.StartsWith('/') ? path : WorkingDirectory.TrimEnd('/') + "/" + path;

    /// <summary>A plausible duration.</summary>
    public long About(long ns) => Machine.Scheduler.About(ns);

    /// <summary>Becomes a program and runs it to its end.</summary>
    public IEnumerable<Act> Execute(EmulatedProgram program, IReadOnlyList<string> arguments)
    {
        Program = program;
        Arguments = arguments;
        yield return Act.Run(Loader.Execve(this));
        yield return Act.Run(Loader.Libraries(this));
        yield return Act.Run(CallLibc("__libc_start_main", [ProgramBase], Main()));
        Task.ExitCode = ExitCode;
        yield return Act.Exit;
    }

    /// <summary>A system call that takes its time and has an effect.</summary>
    public IEnumerable<Act> Call(int number, Func<long> effect, params long[] arguments)
    {
        Machine.TellSyscallEnter(Task, number, arguments);
        yield return Act.Compute(About(900));
        Machine.Caller = Task;
        try
        {
            Machine.TellSyscallExit(Task, effect());
        }
        finally
        {
            Machine.Caller = Machine.Agent;
        }

        yield return Act.Compute(About(1_100));
    }

    /// <summary>A system call whose result is known.</summary>
    public IEnumerable<Act> Call(int number, long result, params long[] arguments) => Call(number, () => result, arguments);

    /// <summary>A system call with paths among its arguments, whose result is known.</summary>
    public IEnumerable<Act> CallWithTexts(int number, IReadOnlyList<string> texts, long result, params long[] arguments) =>
        CallWithTexts(number, texts, () => result, arguments);

    /// <summary>A function of the C library, with probes on its way in and out.</summary>
    public IEnumerable<Act> CallLibc(string function, ProbeValue[] arguments, IEnumerable<Act>? body = null, long result = 0) =>
        CallFunction(EmulatedLibc.Path, EmulatedLibc.Image.OffsetOf(function), LibcBase, arguments, body, result);

    /// <summary>A function of the program itself.</summary>
    public IEnumerable<Act> CallOwn(string function, IEnumerable<Act>? body = null, long result = 0, long argument = 0) =>
        CallFunction("/usr/bin/" + Program.Name, Program.Image.OffsetOf(function), ProgramBase, [argument], body, result);

    /// <summary>Sleeps on the monotonic clock.</summary>
    public IEnumerable<Act> Sleep(TimeSpan? time)
    {
        const int ClockNanosleep = 230;
        IEnumerable<Act> Body()
        {
            Machine.TellSyscallEnter(Task, ClockNanosleep, 0, 0, 0x7ffc5a79c0a0, 0x7ffc5a79c0e0);
            yield return Act.Compute(About(1_500));
            TellTimer("hrtimer_setup", r => r.Put(1).Put(1));
            var until = Machine.Time.NowNs + (time?.Ticks * TimeSpan.NanosecondsPerTick);
            if (until is { } expires)
            {
                TellTimer("hrtimer_start", r => r.Put(KernelSymbols.AddressOf("hrtimer_wakeup")).Put(expires + 50_000).Put(expires).Put(1).Put(0));
            }

            do
            {
                yield return Act.Block(TaskState.Sleeping, until);
            }
            while (until is null || Machine.Time.NowNs < until);

            Machine.TellSyscallExit(Task, 0);
            yield return Act.Compute(About(4_000));
        }

        return CallLibc("nanosleep", [0x7ffc5a79c0a0], CallLibc("clock_nanosleep", [0, 0, 0x7ffc5a79c0a0, 0x7ffc5a79c0e0], Body()));
    }

    /// <summary>Writes to a file descriptor: 1 is the output, 2 the errors.</summary>
    public IEnumerable<Act> Write(int descriptor, byte[] bytes, int copies = 1)
    {
        const int WriteNumber = 1;
        var to = descriptor == 1 ? output : errors;
        while (!to.HasRoom)
        {
            Machine.WaitForData(Task, () => to.HasRoom);
            yield return Act.Block(TaskState.Sleeping);
        }

        var total = bytes.Length * copies;
        Machine.TellSyscallEnter(Task, WriteNumber, descriptor, 0x5622f0a1c2a0, total);
        yield return Act.Compute(About(1_000 + (total / 20)));
        for (var i = 0; i < copies; i++)
        {
            to.Write(bytes);
        }

        Machine.TellSyscallExit(Task, total);
    }

    public IEnumerable<Act> Print(string text) => CallLibc("fwrite", [text, 1, text.Length], Write(1, Encoding.UTF8.GetBytes(text)), text.Length);

    public IEnumerable<Act> Complain(string text) => Write(2, Encoding.UTF8.GetBytes($"{Program.Name}: {text}\n"));

    /// <summary>Takes what there is of the standard input; nothing at its end.</summary>
    public byte[] TakeInput(int most)
    {
        var count = Math.Min(most, input.Length - _inputAt);
        _inputAt += count;
        return input.AsSpan(_inputAt - count, count).ToArray();
    }

    /// <summary>Opens a file; what was opened is null when it was refused, and the errno says why.</summary>
    public IEnumerable<Act> Open(string path, OpenFlags flags, bool create, Action<OpenFile?, Errno> opened)
    {
        const int OpenAt = 257;
        return CallLibc("openat", [-100, path], CallWithTexts(OpenAt, [path], () =>
        {
            try
            {
                if (Task.Uid != 0)
                {
                    Machine.Tree.CheckForOthers(Full(path), flags);
                }

                opened(Machine.Tree.Open(Full(path), flags, create), Errno.None);
                return 3;
            }
            catch (Refusal refusal)
            {
                opened(null, refusal.Errno);
                return -(long)refusal.Errno;
            }
        }, 0xffffff9c, 0x7ffc697139c2, flags.HasFlag(OpenFlags.Write) ? 0x241 : 0, create ? 0x1b6 : 0));
    }

    private IEnumerable<Act> CallWithTexts(int number, IReadOnlyList<string> texts, Func<long> effect, params long[] arguments)
    {
        Task.CallTexts = texts;
        return Call(number, effect, arguments);
    }

    private IEnumerable<Act> Main()
    {
        yield return Act.Run(CallLibc("setlocale", [6, ""]));
        yield return Act.Run(CallLibc("malloc", [472], result: 0x5622f0a1c2a0));
        yield return Act.Run(CallOwn("main", Machine.Options.Faults.HangingPrograms.Contains(Program.Name) ? Hang() : Program.Main(this)));
        yield return Act.Run(CallLibc("exit", [ExitCode]));
        yield return Act.Run(Call(3, 0, 1));
        yield return Act.Run(Call(3, 0, 2));
        Machine.TellSyscallEnter(Task, 231, ExitCode);
        Task.Syscall = -1;
        yield return Act.Compute(About(9_000));
    }

    private IEnumerable<Act> Hang()
    {
        _ = Task.IgnoredSignals.Add((int)TargetSignal.Interrupt);
        while (true)
        {
            yield return Act.Block(TaskState.Sleeping);
        }
    }

    private IEnumerable<Act> CallFunction(string path, long offset, long loadedAt, ProbeValue[] arguments, IEnumerable<Act>? body, long result)
    {
        UserProbeHits.Tell(Machine, Task, path, offset, loadedAt, arguments, returned: null);
        yield return Act.Compute(About(300));
        if (body is not null)
        {
            yield return Act.Run(body);
        }

        UserProbeHits.Tell(Machine, Task, path, offset, loadedAt, arguments, result);
    }

    private void TellTimer(string name, Func<RecordWriter, RecordWriter> put)
    {
        var cpu = Machine.Scheduler.CpuOf(Task);
        var timer = unchecked((long)0xFFFFC90000000000) + ((long)Task.Pid << 12) + 0xDB8;
        if (Machine.Start("timer", name, cpu, TraceContext.Task) is { } record)
        {
            _ = put(record.Put(timer));
        }

        Machine.Commit("timer", name, cpu, TraceContext.Task);
    }
}
