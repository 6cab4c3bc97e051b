namespace LabTrace.Tracing;

/// <summary>A decoded capture: events in time order, what was lost, and what reading found.</summary>
public sealed class Trace
{
    private readonly EventList _events;
    private readonly ReadTally _tally;

    internal Trace(EventList events, IReadOnlyList<int> cpus, string clockName, ReadTally tally, IReadOnlyList<LostMarker> losses)
    {
        _events = events;
        Cpus = cpus;
        ClockName = clockName;
        _tally = tally;
        Losses = losses;
    }

    /// <summary>A trace without events.</summary>
    public static Trace Empty { get; } = new(EventList.Empty, [], "local", ReadTally.Empty, []);

    /// <summary>The events, cpus merged by time, lower cpu first at equal times; each cpu's own order is kept.</summary>
    public EventList Events => _events;

    /// <summary>The cpus that the capture covers, also those without events.</summary>
    public IReadOnlyList<int> Cpus { get; }

    /// <summary>The trace clock, for example <c>local</c>, <c>mono</c>, <c>x86-tsc</c>.</summary>
    public string ClockName { get; }

    /// <summary>False when the stamps are ticks of the clocks <c>counter</c>, <c>uptime</c> or <c>x86-tsc</c>: they order events but measure no time.</summary>
    public bool IsClockInNanoseconds => _events.Count == 0 || _events[0].Schema.IsClockInNanoseconds;

    /// <summary>How many events of text were earlier than the one of the same cpu that stood before them: they were put in order, but a clock may have
    /// stepped back.</summary>
    public long StepsBack { get; init; }

    /// <summary>What reading found and what it did not.</summary>
    public ReadTally Tally => PrintFallback.Of(_events.Tables.Schemas) is { Count: > 0 } fallbacks ? _tally with { PrintFallbacks = fallbacks } : _tally;

    /// <summary>Where the kernel says that events are missing, by index.</summary>
    public IReadOnlyList<LostMarker> Losses { get; }

    /// <summary>The events of the given name.</summary>
    /// <param name="name">An event or a pattern such as <c>sched:*</c>.</param>
    public IEnumerable<TraceEvent> Of(EventName name) => _events.Where(e => name.Matches(e.Name));

    /// <summary>The events for which <paramref name="keep"/> says so; the others are counted as skipped.</summary>
    public Trace Where(Predicate<TraceEvent> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var kept = new List<EventRecord>(_events.Count);
        var newIndex = new int[_events.Count + 1];
        for (var i = 0; i < _events.Count; i++)
        {
            newIndex[i] = kept.Count;
            if (keep(_events[i]))
            {
                kept.Add(_events.Records[i]);
            }
        }

        newIndex[^1] = kept.Count;
        var tally = Tally with { Events = kept.Count, Skipped = Tally.Skipped + _events.Count - kept.Count };
        var store = new EventList([.. kept], kept.Count, _events.Tables);
        return new Trace(store, Cpus, ClockName, tally, [.. Losses.Select(l => l with { Index = newIndex[l.Index] })]) { StepsBack = StepsBack };
    }

    /// <summary>Joins traces of one clock into one by time; at equal times the earlier argument comes first.</summary>
    /// <exception cref="ArgumentException">The traces' clocks differ: their times cannot be compared.</exception>
    public static Trace Merge(params IReadOnlyList<Trace> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        if (traces.Count == 0)
        {
            return Empty;
        }

        var clocks = traces.Select(t => t.ClockName).Distinct(StringComparer.Ordinal).ToArray();
        if (clocks.Length > 1)
        {
            throw new ArgumentException($"traces of the clocks {string.Join(", ", clocks)} cannot be merged without a clock map", nameof(traces));
        }

        var tables = new EventTables();
        var (records, losses) = TimeMerge.Merge([.. traces.Select(t => new ArraySegment<EventRecord>(tables.Adopt(t._events)))], [.. traces.Select(t => t.Losses)]);
        var tally = traces.Aggregate(ReadTally.Empty, (sum, trace) => sum.Add(trace.Tally));
        return new Trace(new EventList(records, records.Length, tables), [.. traces.SelectMany(t => t.Cpus).Distinct().Order()], clocks[0], tally, losses) { StepsBack = traces.Sum(t => t.StepsBack) };
    }

    /// <summary>Number of events, cpus and the clock.</summary>
    public override string ToString() => $"{Tally}; {Cpus.Count} cpus; clock {ClockName}";
}
