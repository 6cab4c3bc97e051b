namespace LabTrace.Tracing.Queries;

/// <content>Durations and rates.</content>
public static partial class TraceQueries
{
    /// <summary>Pairs each start with the next end of the same scope; a start that comes again replaces the open one, which counts as unmatched.</summary>
    public static IntervalSet Intervals(this Trace trace, EventSelector start, EventSelector end, MatchScope scope)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        ArgumentNullException.ThrowIfNull(scope);
        var open = new Dictionary<string, int>(StringComparer.Ordinal);
        var intervals = new List<Interval>();
        var (replaced, orphans) = (0, 0);
        for (var i = 0; i < trace.Events.Count; i++)
        {
            var item = trace.Events[i];
            if (end.IsMatch(item) && scope.KeyOfSecond(item) is { } ended)
            {
                if (open.Remove(ended, out var from))
                {
                    intervals.Add(new Interval(from, i, item.Time - trace.Events[from].Time));
                }
                else if (!start.IsMatch(item))
                {
                    orphans++;
                }
            }

            if (start.IsMatch(item) && scope.KeyOfFirst(item) is { } started)
            {
                replaced += open.ContainsKey(started) ? 1 : 0;
                open[started] = i;
            }
        }

        return new IntervalSet(intervals, replaced + open.Count, orphans);
    }

    /// <summary>Whether a figure of the times from one event to another is within a limit. No pair at all does not hold.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="start">What starts an interval.</param>
    /// <param name="end">What ends it.</param>
    /// <param name="scope">What both must have in common.</param>
    /// <param name="figure">Which figure.</param>
    /// <param name="isAtMost">True for an upper limit, false for a lower one.</param>
    /// <param name="limit">The limit.</param>
    public static Finding TimeBetween(
        this Trace trace, EventSelector start, EventSelector end, MatchScope scope, IntervalFigure figure, bool isAtMost, Duration limit)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var expected = $"the {figure} time from {start} to {end}{scope} is at {(isAtMost ? "most" : "least")} {limit}";
        if (NoTime(trace, expected) is { } noTime)
        {
            return noTime;
        }

        var intervals = trace.Intervals(start, end, scope);
        if (intervals.Intervals.Count == 0)
        {
            var starts = trace.IndexesOf(start);
            var why = starts.Count == 0 ? None(trace, start) : $"{intervals}; the end: {(trace.IndexesOf(end) is { Count: > 0 } ends ? Events(ends.Count, end) : None(trace, end))}";
            return new Finding(trace, false, expected, why, [.. starts.Take(1)]);
        }

        var interval = figure.Of(intervals);
        var holds = isAtMost ? interval.Length <= limit : interval.Length >= limit;
        return new Finding(trace, holds, expected, $"{interval.Length} ({intervals})", [interval.Start, interval.End]);
    }

    /// <summary>Whether events come at a rate within limits, counted over the whole trace from its first to its last event.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="selector">The events.</param>
    /// <param name="atLeast">The lowest rate per second, or null.</param>
    /// <param name="atMost">The highest rate per second, or null.</param>
    public static Finding Rate(this Trace trace, EventSelector selector, decimal? atLeast, decimal? atMost)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var limits = (atLeast, atMost) switch
        {
            (not null, not null) => $"between {atLeast:0.###} and {atMost:0.###}",
            (not null, null) => $"at least {atLeast:0.###}",
            _ => $"at most {atMost:0.###}",
        };
        var expected = $"the rate of {selector} events is {limits} per second";
        if (NoTime(trace, expected) is { } noTime)
        {
            return noTime;
        }

        var indexes = trace.IndexesOf(selector);
        var span = trace.Events.Count < 2 ? Duration.Zero : trace.Events.MaxBy(e => e.Time).Time - trace.Events.MinBy(e => e.Time).Time;
        if (span <= Duration.Zero)
        {
            return new Finding(trace, false, expected, $"{indexes.Count:N0} events in a trace that lasts no time", indexes);
        }

        var rate = indexes.Count * 1_000_000_000m / span.Nanoseconds;
        var holds = (atLeast is null || rate >= atLeast) && (atMost is null || rate <= atMost);
        return new Finding(trace, holds, expected, $"{rate:0.###} per second ({Events(indexes.Count, selector)} in {span})", indexes);
    }
}
