namespace LabTrace.Tracing.Queries;

/// <summary>Pairs of events and the time between them. Ends that found no partner are counted, never dropped.</summary>
public sealed class IntervalSet
{
    private readonly Interval[] _byLength;

    internal IntervalSet(IReadOnlyList<Interval> intervals, int unmatchedStarts, int unmatchedEnds)
    {
        Intervals = intervals;
        UnmatchedStarts = unmatchedStarts;
        UnmatchedEnds = unmatchedEnds;
        _byLength = [.. intervals.OrderBy(i => i.Length.Nanoseconds).ThenBy(i => i.Start)];
    }

    /// <summary>The intervals, in the order of their ends.</summary>
    public IReadOnlyList<Interval> Intervals { get; }

    /// <summary>Starts that were not ended: the trace ends before, or the same start came again.</summary>
    public int UnmatchedStarts { get; }

    /// <summary>Ends that nothing had started.</summary>
    public int UnmatchedEnds { get; }

    /// <summary>The interval at a quantile by nearest rank: the smallest one that at least so many percent do not exceed.</summary>
    /// <param name="percent">Above 0, at most 100; 50 is the median, 100 the maximum.</param>
    /// <exception cref="InvalidOperationException">There is no interval.</exception>
    public Interval AtQuantile(decimal percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        if (_byLength.Length == 0)
        {
            throw new InvalidOperationException("a quantile needs at least one interval");
        }

        return _byLength[(int)Math.Ceiling(percent * _byLength.Length / 100m) - 1];
    }

    /// <summary>The shortest interval.</summary>
    /// <exception cref="InvalidOperationException">There is no interval.</exception>
    public Interval Shortest => _byLength.Length > 0 ? _byLength[0] : AtQuantile(100);

    /// <summary>The longest interval.</summary>
    /// <exception cref="InvalidOperationException">There is no interval.</exception>
    public Interval Longest => AtQuantile(100);

    /// <summary>Number, extremes, median and p99, and what found no partner.</summary>
    public override string ToString()
    {
        var figures = _byLength.Length == 0
            ? "no pair"
            : $"{_byLength.Length:N0} pairs, min {Shortest.Length}, median {AtQuantile(50).Length}, p99 {AtQuantile(99).Length}, max {Longest.Length}";
        return $"{figures}; unmatched: {UnmatchedStarts:N0} starts, {UnmatchedEnds:N0} ends";
    }
}

/// <summary>The time between an event and the one that ends it.</summary>
/// <param name="Start">Index of the first event.</param>
/// <param name="End">Index of the second event.</param>
/// <param name="Length">The time between them.</param>
public readonly record struct Interval(int Start, int End, Duration Length);
