using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Intervals of one capture: lengths for exact quantiles (8 bytes each), a histogram, and the longest of them.</summary>
internal sealed class MeasuredIntervals(IntervalPairing pairing, int worst)
{
    private readonly PriorityQueue<Interval, long> _longest = new();

    /// <summary>All lengths.</summary>
    public Sample Lengths { get; } = new();

    /// <summary>Lengths by powers of two.</summary>
    public LogHistogram Histogram { get; } = new();

    /// <summary>What found no partner.</summary>
    public IntervalPairing Pairing { get; } = pairing;

    /// <summary>The longest intervals, longest first.</summary>
    public IReadOnlyList<Interval> Longest =>
        [.. _longest.UnorderedItems.Select(i => i.Element).OrderByDescending(i => i.Length).ThenBy(i => i.Start)];

    /// <summary>Takes the next event.</summary>
    public void Add(in TraceEvent item, long index)
    {
        if (!Pairing.Add(item, index, out var interval))
        {
            return;
        }

        var length = interval.Length.Nanoseconds;
        Lengths.Add(length);
        Histogram.Add(length);
        if (_longest.Count < worst)
        {
            _longest.Enqueue(interval, length);
        }
        else if (worst > 0)
        {
            _ = _longest.EnqueueDequeue(interval, length);
        }
    }

    /// <summary>How many are longer than a deadline.</summary>
    public Proportion Missing(Duration deadline) => new(Lengths.CountAbove(deadline.Nanoseconds), Lengths.Count);
}
