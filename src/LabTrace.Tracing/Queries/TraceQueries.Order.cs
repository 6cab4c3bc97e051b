namespace LabTrace.Tracing.Queries;

/// <content>The order of events.</content>
public static partial class TraceQueries
{
    /// <summary>Whether every selected event is followed by another one.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="first">Events that need a follower; when there is none, the expectation does not hold.</param>
    /// <param name="second">What must follow; one event may follow several.</param>
    /// <param name="scope">What both must have in common.</param>
    /// <param name="within">The longest time between, or null for any.</param>
    public static Finding FollowedBy(this Trace trace, EventSelector first, EventSelector second, MatchScope scope, Duration? within = null)
    {
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(scope);
        var expected = $"every {first} event is followed by {second}{scope}{(within is null ? "" : $" within {within}")}";
        if (within is not null && NoTime(trace, expected) is { } noTime)
        {
            return noTime;
        }

        var firsts = trace.IndexesOf(first);
        var failures = new List<int>();
        var reason = "";
        var nextByKey = new Dictionary<string, int>(StringComparer.Ordinal);
        var seconds = trace.IndexesOf(second);
        var at = seconds.Count - 1;
        for (var f = firsts.Count - 1; f >= 0; f--)
        {
            for (; at >= 0 && seconds[at] > firsts[f]; at--)
            {
                if (scope.KeyOfSecond(trace.Events[seconds[at]]) is { } key)
                {
                    nextByKey[key] = seconds[at];
                }
            }

            var start = trace.Events[firsts[f]];
            var has = scope.KeyOfFirst(start) is { } wanted && nextByKey.TryGetValue(wanted, out var next) ? next : -1;
            if (has < 0)
            {
                failures.Add(firsts[f]);
                reason = "nothing follows";
            }
            else if (within is { } limit && trace.Events[has].Time - start.Time > limit)
            {
                failures.Add(firsts[f]);
                reason = $"it follows {trace.Events[has].Time - start.Time} later";
            }
        }

        failures.Reverse();
        var found = firsts.Count == 0 ? None(trace, first)
            : failures.Count == 0 ? $"all {firsts.Count:N0} are"
            : $"{failures.Count:N0} of {firsts.Count:N0} are not; for the first of them {reason}";
        return new Finding(trace, firsts.Count > 0 && failures.Count == 0, expected, found, failures);
    }

    /// <summary>Whether no event comes between another and the next of a third kind. A stretch without an end reaches to the trace's end.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="forbidden">What must not be there.</param>
    /// <param name="from">What opens a stretch; when there is none, the expectation does not hold.</param>
    /// <param name="to">What closes it.</param>
    /// <param name="scope">What all three must have in common; a field pair names the opening's and the others' field.</param>
    public static Finding NoneBetween(this Trace trace, EventSelector forbidden, EventSelector from, EventSelector to, MatchScope scope)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(forbidden);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(scope);
        var open = new HashSet<string>(StringComparer.Ordinal);
        var hits = new List<int>();
        var stretches = 0;
        for (var i = 0; i < trace.Events.Count; i++)
        {
            var item = trace.Events[i];
            if (to.IsMatch(item) && scope.KeyOfSecond(item) is { } end)
            {
                _ = open.Remove(end);
            }

            if (open.Count > 0 && forbidden.IsMatch(item) && scope.KeyOfSecond(item) is { } key && open.Contains(key))
            {
                hits.Add(i);
            }

            if (from.IsMatch(item) && scope.KeyOfFirst(item) is { } start)
            {
                _ = open.Add(start);
                stretches++;
            }
        }

        var found = stretches == 0 ? None(trace, from)
            : hits.Count == 0 ? $"none in {stretches:N0} stretch{(stretches == 1 ? "" : "es")}"
            : $"{hits.Count:N0} in {stretches:N0} stretch{(stretches == 1 ? "" : "es")}";
        return new Finding(
            trace, stretches > 0 && hits.Count == 0, $"no {forbidden} event comes between {from} and {to}{scope}", found, hits);
    }

    /// <summary>Whether no event comes after the last of another kind.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="forbidden">What must not come.</param>
    /// <param name="last">After what; when there is none, the expectation does not hold.</param>
    public static Finding NoneAfterLast(this Trace trace, EventSelector forbidden, EventSelector last)
    {
        var ends = trace.IndexesOf(last);
        var hits = ends.Count == 0 ? [] : trace.IndexesOf(forbidden).Where(i => i > ends[^1]).ToArray();
        return new Finding(
            trace,
            ends.Count > 0 && hits.Length == 0,
            $"no {forbidden} event comes after the last {last} event",
            ends.Count == 0 ? None(trace, last) : hits.Length == 0 ? "none" : Events(hits.Length, forbidden),
            hits);
    }

    /// <summary>Whether events come in the given order; others may be between them.</summary>
    public static Finding InOrder(this Trace trace, params IReadOnlyList<EventSelector> selectors)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(selectors);
        var expected = $"in this order: {string.Join("; ", selectors)}";
        var found = new List<int>();
        var at = 0;
        foreach (var selector in selectors)
        {
            var start = at;
            while (at < trace.Events.Count && !selector.IsMatch(trace.Events[at]))
            {
                at++;
            }

            if (at == trace.Events.Count)
            {
                var before = trace.IndexesOf(selector).Where(i => i < start).ToArray();
                var step = $"step {found.Count + 1}, {selector}, is missing";
                var why = before.Length > 0 ? $"{step} after step {found.Count}; it comes before" : $"{step}: {None(trace, selector)}";
                return new Finding(trace, false, expected, why, [.. before.TakeLast(1), .. found.AsEnumerable().Reverse()]);
            }

            found.Add(at++);
        }

        return new Finding(trace, true, expected, $"all {selectors.Count} in order", found);
    }

    /// <summary>The answer to a question about time when the clock counts something else.</summary>
    private static Finding? NoTime(Trace trace, string expected) =>
        trace.IsClockInNanoseconds
            ? null
            : new Finding(trace, false, expected, $"the clock '{trace.ClockName}' counts ticks, not time", [], "record with trace_clock mono");
}
