using LabTrace.Emulation.Programs;

namespace LabTrace.Emulation.Kernel;

/// <summary>A thread as the kernel knows it.</summary>
internal sealed class KernelTask(int pid, string comm)
{
    private readonly Stack<IEnumerator<Act>> _frames = new();

    public int Pid { get; } = pid;

    public int Tgid { get; init; } = pid;

    public string Comm { get; set; } = comm;

    public int Prio { get; init; } = 120;

    public KernelTask? Parent { get; init; }

    /// <summary>The user it runs as; 0 is root.</summary>
    public int Uid { get; set; }

    public bool IsKernelThread { get; init; }

    /// <summary>The program it runs, when it is a process.</summary>
    public ProcessContext? Process { get; set; }

    /// <summary>The cpu it ran on last, or runs on.</summary>
    public int Cpu { get; set; }

    /// <summary>CPUs it may run on.</summary>
    public ulong Allowed { get; set; } = ulong.MaxValue;

    public TaskState State { get; set; }

    /// <summary>On a cpu or in its queue.</summary>
    public bool IsRunnable => State == TaskState.Running;

    public bool HasEnded => State is TaskState.Zombie or TaskState.Dead;

    /// <summary>Work left of the present stretch, in nanoseconds.</summary>
    public long Remaining { get; set; }

    /// <summary>When it got the cpu.</summary>
    public long RunningSince { get; set; }

    /// <summary>Time on cpus, in nanoseconds.</summary>
    public long Runtime { get; set; }

    /// <summary>When it was made, in nanoseconds since boot.</summary>
    public long StartedAt { get; init; }

    /// <summary>A wakeup that came while it was running: the next block is no block.</summary>
    public bool WasWoken { get; set; }

    /// <summary>The timer that would wake it.</summary>
    public SimEvent? Timer { get; set; }

    /// <summary>A signal that waits to be delivered, or 0.</summary>
    public int PendingSignal { get; set; }

    /// <summary>Signals it handles: what is done as one comes; a sleep it is in ends then.</summary>
    public Dictionary<int, Action> Handlers { get; } = [];

    /// <summary>Signals it ignores.</summary>
    public HashSet<int> IgnoredSignals { get; init; } = [];

    /// <summary>Signals it has a handler for.</summary>
    public HashSet<int> CaughtSignals { get; init; } = [];

    /// <summary>The signal that its handler was called for last, or 0.</summary>
    public int Caught { get; set; }

    /// <summary>The system call it is in, or -1.</summary>
    public int Syscall { get; set; } = -1;

    /// <summary>The paths and other texts that the next call, or the one it is in, is given.</summary>
    public IReadOnlyList<string> CallTexts { get; set; } = [];

    public int ExitCode { get; set; }

    /// <summary>In its exit, where signals no longer reach it.</summary>
    public bool IsExiting { get; set; }

    public void Start(IEnumerable<Act> acts)
    {
        _frames.Clear();
        Push(acts);
    }

    public void Push(IEnumerable<Act> acts) => _frames.Push(acts.GetEnumerator());

    /// <summary>Gives up what it was doing.</summary>
    public void Unwind()
    {
        while (_frames.TryPop(out var frame))
        {
            frame.Dispose();
        }

        Remaining = 0;
    }

    /// <summary>The next act, or null when there is none: the task ends.</summary>
    public Act? Next()
    {
        while (_frames.TryPeek(out var frame))
        {
            if (!frame.MoveNext())
            {
                _ = _frames.Pop();
                frame.Dispose();
            }
            else if (frame.Current is RunAct run)
            {
                Push(run.Acts);
            }
            else
            {
                return frame.Current;
            }
        }

        return null;
    }
}
