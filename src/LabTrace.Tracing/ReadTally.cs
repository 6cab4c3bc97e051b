namespace LabTrace.Tracing;

/// <summary>What reading a capture found, and what it did not: lost (the kernel says so), malformed (we say so) and skipped (a filter says so) are
/// never mixed.</summary>
public sealed record ReadTally
{
    /// <summary>How many malformed records are kept as samples.</summary>
    internal const int MaxSamples = 5;

    /// <summary>A tally of nothing.</summary>
    public static ReadTally Empty { get; } = new();

    /// <summary>Events that were read.</summary>
    public long Events { get; init; }

    /// <summary>Records that could not be read.</summary>
    public long Malformed { get; init; }

    /// <summary>The first of the malformed records.</summary>
    public IReadOnlyList<MalformedSample> Samples { get; init; } = [];

    /// <summary>Events that a filter left out.</summary>
    public long Skipped { get; init; }

    /// <summary>Events the kernel lost, for each cpu that lost some.</summary>
    public IReadOnlyList<LostOnCpu> Lost { get; init; } = [];

    /// <summary>What a damaged capture lacks, in numbers; empty when it is whole.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Events that were printed otherwise than the kernel does so far, because their print format could not be evaluated (then their fields are
    /// dumped) or names a value that it does not define (then the number stands there); by event.</summary>
    public IReadOnlyList<PrintFallback> PrintFallbacks { get; init; } = [];

    /// <summary>Events the kernel lost on all cpus.</summary>
    public long LostTotal => Lost.Sum(l => l.Count);

    /// <summary>Whether the kernel said that anything was lost, even without a number.</summary>
    public bool HasLost => Lost.Any(l => l.Count > 0 || !l.IsExact);

    /// <summary>The tally of two readings together; losses of one cpu add up.</summary>
    public ReadTally Add(ReadTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ReadTally
        {
            Events = Events + other.Events,
            Malformed = Malformed + other.Malformed,
            Samples = [.. Samples.Concat(other.Samples).Take(MaxSamples)],
            Skipped = Skipped + other.Skipped,
            Lost = [.. Lost.Concat(other.Lost).GroupBy(l => l.Cpu).OrderBy(g => g.Key)
                .Select(g => new LostOnCpu(g.Key, g.Sum(l => l.Count), g.All(l => l.IsExact)))],
            Missing = [.. Missing, .. other.Missing],
            PrintFallbacks = PrintFallback.Sum(PrintFallbacks.Concat(other.PrintFallbacks)),
        };
    }

    /// <summary>One line: <c>1,204 events, 3 lost (cpu 2: 3), 0 malformed, 0 skipped</c>.</summary>
    public override string ToString()
    {
        var lost = HasLost ? $" ({string.Join(", ", Lost.Select(l => $"{(l.Cpu < 0 ? "in all" : $"cpu {l.Cpu}")}: {(l.IsExact ? "" : "at least ")}{l.Count:N0}"))})" : "";
        return $"{Events:N0} events, {LostTotal:N0} lost{lost}, {Malformed:N0} malformed, {Skipped:N0} skipped"
               + (PrintFallbacks.Count == 0 ? "" : $"; not printed as the kernel does: {string.Join(", ", PrintFallbacks.Select(f => $"{f.Event} {f.Count:N0}"))}")
               + string.Concat(Missing.Select(m => "; missing: " + m));
    }
}

/// <summary>Events of one kind whose print format could not be evaluated.</summary>
/// <param name="Event">The event.</param>
/// <param name="Count">How many were printed otherwise than the kernel does.</param>
public readonly record struct PrintFallback(EventName Event, long Count)
{
    internal static IReadOnlyList<PrintFallback> Of(IEnumerable<EventSchema?> schemas) =>
        Sum(schemas.Where(s => s is { PrintFallbacks: > 0 }).Select(s => new PrintFallback(s!.Name, s.PrintFallbacks)));

    internal static IReadOnlyList<PrintFallback> Sum(IEnumerable<PrintFallback> fallbacks) =>
        [.. fallbacks.GroupBy(f => f.Event).Select(g => new PrintFallback(g.Key, g.Sum(f => f.Count))).OrderByDescending(f => f.Count)];
}

/// <summary>Events the kernel says it lost on one cpu.</summary>
/// <param name="Cpu">The cpu, zero-based; -1 when a total is all that is known.</param>
/// <param name="Count">How many: overwritten before they were read, and dropped; at least this many when <paramref name="IsExact"/> is false.</param>
/// <param name="IsExact">False when some loss was marked without a number.</param>
public readonly record struct LostOnCpu(int Cpu, long Count, bool IsExact);

/// <summary>A place in a trace where the kernel says that events are missing.</summary>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Count">How many, -1 when the kernel does not say.</param>
/// <param name="Index">Index in <see cref="Trace.Events"/> of the first event behind the gap.</param>
public readonly record struct LostMarker(int Cpu, long Count, int Index);

/// <summary>A record that could not be read.</summary>
/// <param name="Offset">Byte offset of the record in its capture (for raw pages: in its cpu's pages).</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Excerpt">Its first bytes or characters.</param>
public readonly record struct MalformedSample(long Offset, string Reason, string Excerpt);
