namespace LabTrace.Tracing.Queries;

/// <summary>Questions to a trace. Each answers with a <see cref="Finding"/>, never with an exception for what the trace holds.</summary>
public static partial class TraceQueries
{
    /// <summary>The events that a selector means, by index.</summary>
    public static IReadOnlyList<int> IndexesOf(this Trace trace, EventSelector selector)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(selector);
        var indexes = new List<int>();
        for (var i = 0; i < trace.Events.Count; i++)
        {
            if (selector.IsMatch(trace.Events[i]))
            {
                indexes.Add(i);
            }
        }

        return indexes;
    }

    /// <summary>Whether there are at least so many events.</summary>
    public static Finding HasAtLeast(this Trace trace, EventSelector selector, long count) =>
        Count(trace, selector, $"at least {Events(count, selector)}", n => n >= count);

    /// <summary>Whether there are at most so many events.</summary>
    public static Finding HasAtMost(this Trace trace, EventSelector selector, long count) =>
        Count(trace, selector, $"at most {Events(count, selector)}", n => n <= count);

    /// <summary>Whether there are exactly so many events.</summary>
    public static Finding HasExactly(this Trace trace, EventSelector selector, long count) =>
        Count(trace, selector, $"exactly {Events(count, selector)}", n => n == count);

    /// <summary>Whether the trace holds no other events than those named.</summary>
    public static Finding HasOnly(this Trace trace, params IReadOnlyList<EventSelector> selectors)
    {
        var others = trace.IndexesOf(EventSelector.Any).Where(i => !selectors.Any(s => s.IsMatch(trace.Events[i]))).ToArray();
        return new Finding(
            trace, others.Length == 0, $"no events but {string.Join(", ", selectors)}", Histogram(trace, others), others);
    }

    /// <summary>Whether only these threads recorded events.</summary>
    public static Finding HasOnlyPids(this Trace trace, params IReadOnlyList<int> pids)
    {
        var others = trace.IndexesOf(EventSelector.Any).Where(i => !pids.Contains(trace.Events[i].Pid)).ToArray();
        var found = others.Length == 0
            ? "no other pid"
            : "events of " + string.Join(", ", others.Select(i => trace.Events[i]).GroupBy(e => e.Pid).Select(g => $"{g.First().Comm}-{g.Key} ({g.Count()})").Take(8));
        return new Finding(trace, others.Length == 0, $"only events of pid {string.Join(", ", pids)}", found, others);
    }

    /// <summary>Whether only these cpus recorded events.</summary>
    public static Finding HasOnlyCpus(this Trace trace, params IReadOnlyList<int> cpus)
    {
        var others = trace.IndexesOf(EventSelector.Any).Where(i => !cpus.Contains(trace.Events[i].Cpu)).ToArray();
        var found = others.Length == 0
            ? "no other cpu"
            : "events of " + string.Join(", ", others.GroupBy(i => trace.Events[i].Cpu).Select(g => $"cpu {g.Key} ({g.Count()})"));
        return new Finding(trace, others.Length == 0, $"only events of cpu {string.Join(", ", cpus)}", found, others);
    }

    /// <summary>Whether a marker of exactly this text was recorded.</summary>
    public static Finding HasMarker(this Trace trace, string text)
    {
        var markers = trace.IndexesOf(new EventSelector(EventName.Print, []));
        var same = markers.Where(i => trace.Events[i].Text == text).ToArray();
        var found = same.Length > 0 ? $"{same.Length} such marker{(same.Length == 1 ? "" : "s")}"
            : markers.Count == 0 ? "no marker at all"
            : "other markers: " + string.Join(", ", markers.Take(5).Select(i => $"'{trace.Events[i].Text}'"));
        return new Finding(trace, same.Length > 0, $"the marker '{text}'", found, same.Length > 0 ? same : markers);
    }

    internal static string Events(long count, EventSelector selector) => $"{count:N0} {selector} event{(count == 1 ? "" : "s")}";

    /// <summary>What to say when a selector finds nothing: the nearest name there is, or what there is.</summary>
    internal static string None(Trace trace, EventSelector selector)
    {
        var named = trace.IndexesOf(new EventSelector(selector.Name, []));
        if (named.Count > 0)
        {
            return $"none of the {Events(named.Count, new EventSelector(selector.Name, []))} fulfils the condition{MissingField(trace, selector, named)}";
        }

        var names = trace.Events.Select(e => e.Name).Distinct().ToArray();
        var nearest = Nearest.Of(selector.Name.Name, names.Select(n => n.Name));
        return nearest is null
            ? $"none; {Histogram(trace, trace.IndexesOf(EventSelector.Any))}"
            : $"none; nearest: {names.First(n => n.Name == nearest)}";
    }

    private static string MissingField(Trace trace, EventSelector selector, IReadOnlyList<int> named)
    {
        foreach (var condition in selector.Conditions)
        {
            if (!named.Any(i => trace.Events[i].TryGetField(condition.Field, out _)))
            {
                var fields = trace.Events[named[0]].Fields.Select(f => f.Key).ToArray();
                var nearest = Nearest.Of(condition.Field, fields);
                return $": no field '{condition.Field}'; " + (nearest is null ? $"it has {string.Join(", ", fields)}" : $"nearest: {nearest}");
            }
        }

        return "";
    }

    /// <summary>The most frequent events: <c>the trace has sched:sched_switch (12), …</c>.</summary>
    private static string Histogram(Trace trace, IReadOnlyCollection<int> indexes)
    {
        if (indexes.Count == 0)
        {
            return trace.Events.Count == 0 ? "the trace is empty" : "no others";
        }

        var counts = indexes.GroupBy(i => trace.Events[i].Name).OrderByDescending(g => g.Count()).ToArray();
        return "the trace has " + string.Join(", ", counts.Take(6).Select(g => $"{g.Key} ({g.Count():N0})")) + (counts.Length > 6 ? ", …" : "");
    }

    private static Finding Count(Trace trace, EventSelector selector, string expected, Predicate<long> holds)
    {
        var indexes = trace.IndexesOf(selector);
        var isFine = holds(indexes.Count);
        var found = indexes.Count == 0 && !isFine ? None(trace, selector) : indexes.Count.ToString("N0");
        return new Finding(trace, isFine, expected, found, indexes);
    }
}
