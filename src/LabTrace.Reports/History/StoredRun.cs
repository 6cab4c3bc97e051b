using LabTrace.Scenarios;

namespace LabTrace.Reports.History;

/// <summary>What a run store remembers of one run.</summary>
public sealed record StoredRun
{
    /// <summary>The run's name in the store: its directory's.</summary>
    public required string Name { get; init; }

    /// <summary>When it started; null when its stream does not tell.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long it took, or had taken when it was cut off.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>It ended by itself; false for a run that was killed, or still goes on.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The place, or null.</summary>
    public string? Place { get; init; }

    /// <summary>What identifies the machine whose numbers are compared: its boards, else its place.</summary>
    public string Board { get; init; } = "unknown";

    /// <summary>The kernel's release, or null.</summary>
    public string? Kernel { get; init; }

    /// <summary>Its scenarios in the order of their announcement.</summary>
    public IReadOnlyList<StoredScenario> Scenarios { get; init; } = [];

    /// <summary>Bytes of its message stream when it was read.</summary>
    public long StreamLength { get; init; }

    /// <summary>How many ended with a verdict.</summary>
    public int Count(Verdict verdict) => Scenarios.Count(s => s.Verdict == verdict);
}

/// <summary>What a run store remembers of one scenario of a run.</summary>
public sealed record StoredScenario
{
    /// <summary>The same in every run.</summary>
    public required string Id { get; init; }

    /// <summary>Feature and scenario, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Its verdict; null when it never started.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The verdict of each attempt, in order.</summary>
    public IReadOnlyList<Verdict> Attempts { get; init; } = [];

    /// <summary>How long its last attempt took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The first line of why it did not pass; empty if it did.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Titles of what the kernel reported meanwhile.</summary>
    public IReadOnlyList<string> KernelReports { get; init; } = [];

    /// <summary>What its attempts measured.</summary>
    public IReadOnlyList<StoredMeasurement> Measurements { get; init; } = [];
}

/// <summary>A number a scenario measured.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit, or empty.</param>
public sealed record StoredMeasurement(string Name, double Value, string Unit)
{
    /// <summary>The most samples that are kept; of more, evenly spaced ones of their order are.</summary>
    public const int MostSamples = 200;

    /// <summary>What it is a statistic of, in ascending order; empty where that is not told.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>So many of them that their distribution can still be told.</summary>
    internal static IReadOnlyList<double> Thin(IReadOnlyList<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length <= MostSamples
            ? sorted
            : [.. Enumerable.Range(0, MostSamples).Select(i => sorted[(int)((i + 0.5) * sorted.Length / MostSamples)])];
    }
}
