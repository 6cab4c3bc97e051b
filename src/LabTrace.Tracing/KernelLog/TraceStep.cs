namespace LabTrace.Tracing.KernelLog;

/// <summary>One step of the way from a report's first line to the functions of its call trace.</summary>
/// <param name="Kind">What is looked for.</param>
/// <param name="Needle">For <see cref="TraceStepKind.Line"/>, what the line holds.</param>
internal readonly record struct TraceStep(TraceStepKind Kind, string Needle = "")
{
    /// <summary>The function the first line names.</summary>
    public static readonly TraceStep Header = new(TraceStepKind.Header);

    /// <summary>The next line that says where the cpu was.</summary>
    public static readonly TraceStep Pointer = new(TraceStepKind.Pointer);

    /// <summary>The next line that begins a call trace.</summary>
    public static readonly TraceStep Trace = new(TraceStepKind.Line);

    /// <summary>The next line that says where a lock was taken.</summary>
    public static readonly TraceStep Taken = new(TraceStepKind.Taken);

    /// <summary>The frames from here to the next trace's beginning.</summary>
    public static readonly TraceStep Frames = new(TraceStepKind.Frames);

    /// <summary>The next line that holds a text.</summary>
    public static TraceStep After(string needle) => new(TraceStepKind.Line, needle);
}

/// <summary>What a <see cref="TraceStep"/> looks for.</summary>
internal enum TraceStepKind
{
    Header,
    Pointer,
    Taken,
    Line,
    Frames,
}

/// <summary>Which of a call trace's functions gives a report its name.</summary>
internal enum FramePick
{
    /// <summary>The innermost that is no generic one.</summary>
    Innermost,

    /// <summary>For a loop that is caught at a random point: the function below the one that dispatches work.</summary>
    BelowDispatcher,

    /// <summary>For a task that waits: what it waits for, when that is a known bottleneck, else the innermost that is no waiting.</summary>
    Waiting,
}
