using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>A trace's clock compared with another one: how far they are apart, probe by probe, and how certain that is.</summary>
/// <remarks>
/// A probe is a marker that is written between two looks at the other clock. The marker's own time in the trace lies between them, so
/// the offset is known to half of what lies between: the bound is kept with each, and nothing is claimed beyond it.
/// </remarks>
public sealed class ClockComparison
{
    private ClockComparison(IReadOnlyList<ClockProbe> probes, int lost) => (Probes, Lost) = (probes, lost);

    /// <summary>The probes that are in the trace, in order of time.</summary>
    public IReadOnlyList<ClockProbe> Probes { get; }

    /// <summary>Probes whose marker is not in the trace.</summary>
    public int Lost { get; }

    /// <summary>The median offset, ns: the trace's clock less the other one.</summary>
    public long Median => Probes.Select(static p => p.OffsetNs).Order().ElementAt(Probes.Count / 2);

    /// <summary>The least that the offset has certainly changed by, ns; zero when all probes may have had the same.</summary>
    public long ProvenDrift => Math.Max(0, Probes.Max(static p => p.OffsetNs - p.UncertaintyNs) - Probes.Min(static p => p.OffsetNs + p.UncertaintyNs));

    /// <summary>The least distance from zero that some probe certainly had, ns.</summary>
    public long ProvenDistance => Probes.Max(static p => Math.Max(0, Math.Abs(p.OffsetNs) - p.UncertaintyNs));

    /// <summary>The text of a probe's marker.</summary>
    /// <param name="number">Zero-based.</param>
    public static string MarkerOf(int number) => string.Create(CultureInfo.InvariantCulture, $"labtrace clock probe {number}");

    /// <summary>Finds the probes in a trace.</summary>
    /// <param name="trace">The trace, whose clock counts nanoseconds.</param>
    /// <param name="looks">For each probe the other clock before and after its marker was written, ns.</param>
    /// <exception cref="ArgumentException">The trace's clock counts something else.</exception>
    public static ClockComparison Of(Trace trace, IReadOnlyList<(long Before, long After)> looks)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(looks);
        if (trace.ClockName is "counter" or "x86-tsc" or "ppc-tb")
        {
            throw new ArgumentException($"the trace clock '{trace.ClockName}' counts no nanoseconds\n  try: `Given the trace clock is \"mono\"`", nameof(trace));
        }

        Dictionary<string, long> times = new(StringComparer.Ordinal);
        foreach (var e in trace.Events)
        {
            if (EventName.Print.Matches(e.Name))
            {
                times[e.Text.TrimEnd('\n')] = (long)e.Time.Nanoseconds;
            }
        }

        List<ClockProbe> probes = [];
        for (var i = 0; i < looks.Count; i++)
        {
            var (before, after) = looks[i];
            if (times.TryGetValue(MarkerOf(i), out var at))
            {
                var half = (after - before) / 2;
                probes.Add(new ClockProbe(at, at - (before + half), half + 1));
            }
        }

        return new ClockComparison(probes, looks.Count - probes.Count);
    }
}

/// <summary>One look at two clocks.</summary>
/// <param name="AtNs">The trace clock's time of it, ns.</param>
/// <param name="OffsetNs">The trace's clock less the other one, ns.</param>
/// <param name="UncertaintyNs">How far off that may be, ns; positive.</param>
public readonly record struct ClockProbe(long AtNs, long OffsetNs, long UncertaintyNs);
