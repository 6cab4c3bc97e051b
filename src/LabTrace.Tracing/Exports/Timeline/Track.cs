namespace LabTrace.Tracing;

/// <summary>A line of a timeline.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Id">The cpu or the thread.</param>
/// <param name="Process">The thread's process.</param>
/// <param name="Name">What the line is called.</param>
internal sealed record Track(TrackKind Kind, int Id, int Process, string Name)
{
    /// <summary>The slices that are open on it, innermost last.</summary>
    public List<string> Open { get; } = [];
}

/// <summary>What a line of a timeline shows.</summary>
internal enum TrackKind
{
    /// <summary>Which thread runs on a cpu.</summary>
    Cpu,

    /// <summary>Interrupts and other work of a cpu that interrupts threads.</summary>
    Interrupts,

    /// <summary>What a thread does.</summary>
    Thread,

    /// <summary>A number over time.</summary>
    Counter,
}
