using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>The intervals between two kinds of events of a trace; what finds no partner is counted.</summary>
public sealed class Intervals
{
    private readonly List<Interval> _found = [];
    private readonly IntervalPairing _pairing;

    private Intervals(IntervalPairing pairing) => _pairing = pairing;

    /// <summary>The intervals in order of their ends.</summary>
    public IReadOnlyList<Interval> Found => _found;

    /// <summary>Their lengths.</summary>
    public Sample Lengths { get; } = new();

    /// <summary>Starts that no end followed before the next start.</summary>
    public long UnmatchedStarts => _pairing.UnmatchedStarts;

    /// <summary>Ends with no start before them.</summary>
    public long UnmatchedEnds => _pairing.UnmatchedEnds;

    /// <summary>Starts and ends without a partner.</summary>
    public long Unmatched => _pairing.Unmatched;

    /// <summary>How many, how long, and what has no partner.</summary>
    public string InWords => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lengths.Count:N0} intervals (shortest {At(Statistic.Shortest)}, median {At(Statistic.Median)}, p99 {At(Statistic.P99)}, longest {At(Statistic.Longest)}); {UnmatchedInWords}");

    /// <summary>What has no partner.</summary>
    public string UnmatchedInWords => string.Create(CultureInfo.InvariantCulture, $"{UnmatchedStarts:N0} unmatched starts, {UnmatchedEnds:N0} unmatched ends");

    /// <summary>Pairs each start with the next end of the same key.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="from">An <see cref="EventSelector"/>.</param>
    /// <param name="to">An <see cref="EventSelector"/>; may be the same, for periods.</param>
    /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
    /// <exception cref="FormatException">A selector is wrong.</exception>
    public static Intervals Find(Trace trace, string from, string to, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var found = new Intervals(new IntervalPairing(EventSelector.Parse(from), EventSelector.Parse(to), key));
        var all = trace.Events;
        for (var i = 0; i < all.Count; i++)
        {
            if (found._pairing.Add(all[i], i, out var interval))
            {
                found._found.Add(interval);
                found.Lengths.Add(interval.Length.Nanoseconds);
            }
        }

        return found;
    }

    private Duration At(Statistic statistic) => new(Lengths.At(statistic));
}
