namespace LabTrace.Emulation.Kernel;

/// <summary>What a task does next, as the scheduler sees it.</summary>
internal abstract record Act
{
    /// <summary>Uses the cpu.</summary>
    public static Act Compute(long ns) => new ComputeAct(ns);

    /// <summary>Gives the cpu away until woken, or until a moment.</summary>
    /// <param name="state">A bit of <c>prev_state</c>.</param>
    /// <param name="untilNs">When a timer wakes the task, in nanoseconds since boot, or null.</param>
    public static Act Block(TaskState state, long? untilNs = null) => new BlockAct(state, untilNs);

    /// <summary>Ends the task, whatever it had begun.</summary>
    public static Act Exit { get; } = new ExitAct();

    /// <summary>The last of an ending task: it becomes a zombie.</summary>
    public static Act Vanish { get; } = new VanishAct();

    /// <summary>Does other acts first.</summary>
    public static Act Run(IEnumerable<Act> acts) => new RunAct(acts);
}

/// <summary>See <see cref="Act.Compute"/>.</summary>
internal sealed record ComputeAct(long Ns) : Act;

/// <summary>See <see cref="Act.Block"/>.</summary>
internal sealed record BlockAct(TaskState State, long? UntilNs) : Act;

/// <summary>See <see cref="Act.Exit"/>.</summary>
internal sealed record ExitAct : Act;

/// <summary>See <see cref="Act.Vanish"/>.</summary>
internal sealed record VanishAct : Act;

/// <summary>See <see cref="Act.Run"/>.</summary>
internal sealed record RunAct(IEnumerable<Act> Acts) : Act;

/// <summary>A task's state, with the numbers of <c>prev_state</c>.</summary>
internal enum TaskState
{
    Running = 0,
    Sleeping = 1,
    Disk = 2,
    Stopped = 4,
    Zombie = 0x20,
    IdleThread = 0x80,
    Dead = 0x10,
}
