namespace LabTrace.Tracing.Queries;

/// <summary>Pairs events into intervals while they come: each start with the next end of the same key. What finds no partner is counted.</summary>
/// <remarks>An event may end one interval and start the next. Memory grows with the keys that are open at one time, not with the trace.</remarks>
public sealed class IntervalPairing
{
    private readonly EventSelector _from;
    private readonly EventSelector _to;
    private readonly EventKey _key;
    private readonly Dictionary<(Int128 Number, string? Text), Open> _open = [];
    private long _endsWithoutStart;
    private long _startsWithoutEnd;

    /// <summary>Makes a pairing that has seen no event.</summary>
    /// <param name="from">What starts an interval.</param>
    /// <param name="to">What ends it; may be the same, for periods.</param>
    /// <param name="key">What both must share: <c>cpu</c>, <c>pid</c>, <c>tgid</c>, <c>comm</c> or a field; <c>pid=next_pid</c> where the
    /// end calls it otherwise; several joined by commas; null for nothing.</param>
    public IntervalPairing(EventSelector from, EventSelector to, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        (_from, _to, _key) = (from, to, new EventKey(key));
    }

    /// <summary>How many intervals were found.</summary>
    public long Count { get; private set; }

    /// <summary>Starts that no end has followed before the next start, or up to now; an event that ended an interval is none, whatever follows it.</summary>
    public long UnmatchedStarts => _startsWithoutEnd + _open.Values.LongCount(o => !o.HasEnded);

    /// <summary>Ends with no start before them.</summary>
    public long UnmatchedEnds => _endsWithoutStart;

    /// <summary>Starts and ends without a partner.</summary>
    public long Unmatched => UnmatchedStarts + UnmatchedEnds;

    /// <summary>Takes the next event of the trace.</summary>
    /// <param name="item">The event.</param>
    /// <param name="index">Its number in the trace, zero-based.</param>
    /// <param name="interval">The interval that it ends.</param>
    /// <returns>Whether it ends one.</returns>
    public bool Add(in TraceEvent item, long index, out Interval interval)
    {
        interval = default;
        var (starts, ends) = (_from.Matches(item), _to.Matches(item));
        if (!starts && !ends)
        {
            return false;
        }

        // Without the key nothing can be an event's partner.
        var hasEnd = _key.TryGet(item, isSecond: true, out var endKey);
        var isFound = false;
        if (ends && hasEnd && _open.Remove(endKey, out var start))
        {
            interval = new Interval(start.Time, item.Time, start.Index, index, start.Cpu, item.Cpu, _key.Describe(endKey));
            isFound = true;
            Count++;
        }
        else if (ends && !starts)
        {
            _endsWithoutStart++;
        }

        if (!starts)
        {
            return isFound;
        }

        var startKey = endKey;
        if (_key.IsSymmetric ? !hasEnd : !_key.TryGet(item, isSecond: false, out startKey))
        {
            _startsWithoutEnd += isFound ? 0 : 1;
            return isFound;
        }

        var open = new Open(item.Time, index, item.Cpu, HasEnded: isFound);
        if (!_open.TryAdd(startKey, open))
        {
            _startsWithoutEnd += _open[startKey].HasEnded ? 0 : 1;
            _open[startKey] = open;
        }

        return isFound;
    }

    private readonly record struct Open(TraceTime Time, long Index, int Cpu, bool HasEnded);
}

/// <summary>The time from one event to another.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="StartIndex">The starting event's number in the trace, zero-based.</param>
/// <param name="EndIndex">The ending event's number.</param>
/// <param name="StartCpu">The cpu of the starting event.</param>
/// <param name="EndCpu">The cpu of the ending event.</param>
/// <param name="Key">The value both events share, empty when nothing was asked.</param>
public readonly record struct Interval(TraceTime Start, TraceTime End, long StartIndex, long EndIndex, int StartCpu, int EndCpu, string Key)
{
    /// <summary>How long it lasted.</summary>
    public Duration Length => End - Start;
}
