using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>What a report of GPU jobs is to tell.</summary>
internal sealed record GrtraceReportRequest
{
    /// <summary>Only so many jobs, those that ran longest; 0 for all.</summary>
    public int Top { get; init; }

    /// <summary>Which histogram, null for none.</summary>
    public string? Histogram { get; init; }

    /// <summary>Sums by ring.</summary>
    public bool PerRing { get; init; }

    /// <summary>Sums by context.</summary>
    public bool PerContext { get; init; }

    /// <summary>Only jobs of this engine.</summary>
    public string? Engine { get; init; }

    /// <summary>Only jobs of this ring.</summary>
    public uint? Ring { get; init; }

    /// <summary>Only events from here on.</summary>
    public TimePoint? Since { get; init; }

    /// <summary>Only events up to here.</summary>
    public TimePoint? Until { get; init; }

    /// <summary>Whether each job gets a line.</summary>
    public bool IsList => Histogram is null && !PerRing && !PerContext;
}
