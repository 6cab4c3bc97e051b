namespace LabTrace.Tracing.Queries;

/// <summary>Finds times in which nothing came, longer than a limit, while events come.</summary>
/// <param name="limit">The longest time between two events that is no gap.</param>
/// <param name="key">What events must share to follow each other: <c>cpu</c>, <c>pid</c>, a field…; null for all together.</param>
public sealed class GapFinder(Duration limit, string? key = null)
{
    private readonly EventKey _key = new(key);
    private readonly Dictionary<(Int128 Number, string? Text), (TraceTime Time, long Index, int Cpu)> _last = [];

    /// <summary>Events without the key.</summary>
    public long Unmatched { get; private set; }

    /// <summary>The longest time between two events so far, null before the second.</summary>
    public Interval? Longest { get; private set; }

    /// <summary>Takes the next event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="index">Its number in the trace, zero-based.</param>
    /// <param name="gap">The gap that it ends.</param>
    /// <returns>Whether it ends one.</returns>
    public bool Add(in TraceEvent item, long index, out Interval gap)
    {
        gap = default;
        if (!_key.TryGet(item, isSecond: false, out var shared))
        {
            Unmatched++;
            return false;
        }

        var isFollower = _last.TryGetValue(shared, out var before);
        _last[shared] = (item.Time, index, item.Cpu);
        if (!isFollower)
        {
            return false;
        }

        gap = new Interval(before.Time, item.Time, before.Index, index, before.Cpu, item.Cpu, _key.Describe(shared));
        Longest = Longest is { } longest && longest.Length >= gap.Length ? longest : gap;
        return gap.Length > limit;
    }
}
