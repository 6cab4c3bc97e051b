using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>What a BPF program is to record. Filters hold together; without any, everything but the recorder itself is recorded.</summary>
/// <param name="Program">One of <see cref="BpfPrograms.Names"/>.</param>
public sealed record BpfRequest(string Program)
{
    /// <summary>Bytes of the ring buffer unless told otherwise: 8 MiB.</summary>
    public const int DefaultRingBytes = 8 << 20;

    /// <summary>The largest ring buffer: 1 GiB.</summary>
    public const int MaxRingBytes = 1 << 30;

    /// <summary>The most functions that are traced at once.</summary>
    public const int MaxFunctions = 256;

    /// <summary>Only threads of this process; 0 for all.</summary>
    public int Tgid { get; init; }

    /// <summary>Only this thread; 0 for all.</summary>
    public int Pid { get; init; }

    /// <summary>
    /// Only these processes, from their next execve on, and the children they make from then on. A command that is held at its start is traced from its first
    /// instruction in this way.
    /// </summary>
    public IReadOnlyList<int> Commands { get; init; } = [];

    /// <summary>Only tasks in the control group of this id, the inode number of its directory; 0 for all.</summary>
    public ulong Cgroup { get; init; }

    /// <summary>Only threads of this name, at most 15 bytes; null for all.</summary>
    public string? Comm { get; init; }

    /// <summary>syscalls: only these calls, by number; empty for all.</summary>
    public IReadOnlyList<int> Calls { get; init; } = [];

    /// <summary>Only what took at least so long; tells whole calls then, for an enter cannot know.</summary>
    public TimeSpan MinDuration { get; init; }

    /// <summary>syscalls: one record for each call as it returns, instead of one as it is entered and one as it returns.</summary>
    public bool WholeCalls { get; init; }

    /// <summary>syscalls: with the paths and other texts that calls are given.</summary>
    public bool Texts { get; init; } = true;

    /// <summary>drm_ioctl: the type byte of the commands, 0 for any; <c>d</c> is that of graphics drivers.</summary>
    public byte IoctlType { get; init; } = (byte)'d';

    /// <summary>function_latency: the functions.</summary>
    public IReadOnlyList<BpfFunction> Functions { get; init; } = [];

    /// <summary>function_latency: no records, only the histograms that the kernel keeps.</summary>
    public bool HistogramsOnly { get; init; }

    /// <summary>function_latency: the calls of the recorder's own process too, for what a driver does when LabTrace asks it.</summary>
    public bool WithRecorder { get; init; }

    /// <summary>function_latency: with stacks.</summary>
    public BpfStacks Stacks { get; init; }

    /// <summary>Bytes of the ring buffer: a power of two, at least 4,096.</summary>
    public int RingBytes { get; init; } = DefaultRingBytes;

    /// <summary>The only mechanism that may be used, by its name (<see cref="BpfMechanisms"/>); null for the best.</summary>
    public string? Mechanism { get; init; }

    /// <summary>Says in words what is filtered; empty when nothing is.</summary>
    public string Describe()
    {
        List<string> words = [];
        void Add(bool isThere, string text)
        {
            if (isThere)
            {
                words.Add(text);
            }
        }

        Add(Tgid != 0, $"process {Tgid}");
        Add(Pid != 0, $"thread {Pid}");
        Add(Commands.Count > 0, $"command {string.Join(", ", Commands)} and its children");
        Add(Cgroup != 0, $"cgroup {Cgroup}");
        Add(Comm is not null, $"comm {Comm}");
        Add(Calls.Count > 0, $"calls {string.Join(", ", Calls.Select(c => SyscallTable.Find(c)?.Name ?? $"{c}"))}");
        Add(MinDuration > TimeSpan.Zero, $"at least {MinDuration.TotalMicroseconds:0.###} µs");
        return string.Join("; ", words);
    }

    /// <summary>Checks what a kernel could only refuse without a reason.</summary>
    /// <exception cref="LabConfigException">Something is out of its range.</exception>
    public void Check()
    {
        if (BpfPrograms.Find(Program) is null)
        {
            throw new LabConfigException(
                $"no BPF program is called '{Program}'{NearestNames.Clause(Program, BpfPrograms.Names)}", "list them with `labtrace bpf list`");
        }

        if (RingBytes is < 4096 or > MaxRingBytes || !int.IsPow2(RingBytes))
        {
            throw new LabConfigException($"a ring buffer of {RingBytes} bytes; expected a power of two from 4096 to {MaxRingBytes}", "write for example 8388608");
        }

        if (Comm is not null && System.Text.Encoding.UTF8.GetByteCount(Comm) is 0 or > 15)
        {
            throw new LabConfigException($"comm '{Comm}' can be no thread's name; expected 1 to 15 bytes", "the kernel cuts names to 15 bytes: write it cut");
        }

        if (Calls.FirstOrDefault(c => c is < 0 or >= SyscallTable.MaxNumber, 0) is var wrong && wrong != 0)
        {
            throw new LabConfigException($"system call {wrong} is out of range; expected 0 to {SyscallTable.MaxNumber - 1}", "name the call instead");
        }

        if (Functions.Count > MaxFunctions)
        {
            throw new LabConfigException($"{Functions.Count} functions are to be traced; expected at most {MaxFunctions}", "narrow the pattern");
        }

        if (WithRecorder && (Program != "function_latency" || Functions.Any(f => f.Binary is not null)))
        {
            throw new LabConfigException("the recorder's own process is to be recorded, which would never end", "only functions of the kernel can be recorded so");
        }

        if ((Program == "function_latency") != (Functions.Count > 0))
        {
            throw new LabConfigException(
                Functions.Count > 0 ? $"the program '{Program}' takes no functions" : "function_latency has no function to trace", "name functions with function_latency only");
        }
    }
}

/// <summary>A function to trace.</summary>
/// <param name="Name">Its name, as captures call it.</param>
/// <param name="Binary">The absolute path of the program or library it is in; null for the kernel.</param>
/// <param name="Offset">Where in the file its first instruction is; 0 for the kernel's.</param>
public sealed record BpfFunction(string Name, string? Binary = null, long Offset = 0);

/// <summary>Which stacks are recorded.</summary>
[Flags]
public enum BpfStacks
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The kernel's.</summary>
    Kernel = 1,

    /// <summary>The program's, by frame pointers.</summary>
    User = 2,
}

/// <summary>How programs are attached, the best first.</summary>
public static class BpfMechanisms
{
    /// <summary>A trampoline at a kernel function's entry and exit.</summary>
    public const string Fentry = "fentry";

    /// <summary>A probe on a kernel function and its return.</summary>
    public const string Kprobe = "kprobe";

    /// <summary>A raw tracepoint with typed arguments.</summary>
    public const string TypedTracepoint = "tp_btf";

    /// <summary>A raw tracepoint.</summary>
    public const string RawTracepoint = "raw_tp";

    /// <summary>A tracepoint of tracefs.</summary>
    public const string Tracepoint = "tp";

    /// <summary>A probe on a function of a program and its return.</summary>
    public const string Uprobe = "uprobe";

    /// <summary>All, in the order in which they are tried.</summary>
    public static IReadOnlyList<string> All { get; } = [Fentry, Kprobe, TypedTracepoint, RawTracepoint, Tracepoint, Uprobe];
}
