namespace LabTrace.Emulation.Kernel;

/// <summary>One cpu: what runs on it, what waits for it, and how far its own time has come.</summary>
internal sealed class Cpu(int number, KernelTask idle)
{
    public int Number { get; } = number;

    public KernelTask Idle { get; } = idle;

    public KernelTask Current { get; set; } = idle;

    /// <summary>Nanoseconds since boot that this cpu has lived through; never goes back.</summary>
    public long Clock { get; set; }

    /// <summary>Tasks that are ready, in the order they get their turn.</summary>
    public LinkedList<KernelTask> Ready { get; } = new();

    /// <summary>The next thing this cpu does.</summary>
    public SimEvent? Pending { get; set; }

    /// <summary>When the running task's present stretch of work started.</summary>
    public long StretchStart { get; set; }

    /// <summary>The next timer tick while a task runs.</summary>
    public long NextTick { get; set; }

    public bool IsIdle => Current == Idle;
}
