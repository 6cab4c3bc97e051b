namespace LabTrace.Tracing.Timelines;

/// <summary>What a timeline shows of a trace.</summary>
/// <param name="Name">The capture's name, for people.</param>
public sealed record TimelineOptions(string Name)
{
    /// <summary>Indices in <see cref="Trace.Events"/> of events that decided a verdict; they and their neighbours are kept first.</summary>
    public IReadOnlyList<int> Deciding { get; init; } = [];

    /// <summary>How many events are kept at most; 50 or more.</summary>
    public int MaxEvents { get; init; } = 1000;
}
