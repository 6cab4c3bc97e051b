namespace LabTrace.Tracing;

/// <summary>Lanes by the time of their current record; at equal times the earlier lane comes first.</summary>
internal sealed class LaneHeap
{
    private readonly (ulong Time, int Index, PageLane Lane)[] _items;

    public LaneHeap(IReadOnlyList<PageLane> lanes)
    {
        _items = [.. lanes.Select((lane, index) => (lane.Time, index, lane)).OrderBy(i => i.Time).ThenBy(i => i.index)];
        Count = _items.Length;
        SetLimit();
    }

    public int Count { get; private set; }

    public PageLane Top => _items[0].Lane;

    /// <summary>Up to this time, inclusive, the top lane's records come before those of all others.</summary>
    public ulong Limit { get; private set; }

    /// <summary>Puts the top lane where its new record belongs.</summary>
    public void ReplaceTop() => Sift((_items[0].Lane.Time, _items[0].Index, _items[0].Lane));

    /// <summary>Takes the top lane out: it has ended.</summary>
    public void RemoveTop()
    {
        Count--;
        if (Count > 0)
        {
            Sift(_items[Count]);
        }
    }

    private void Sift((ulong Time, int Index, PageLane Lane) item)
    {
        var at = 0;
        while (true)
        {
            var child = (at * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            child += child + 1 < Count && IsLess(_items[child + 1], _items[child]) ? 1 : 0;
            if (!IsLess(_items[child], item))
            {
                break;
            }

            _items[at] = _items[child];
            at = child;
        }

        _items[at] = item;
        SetLimit();
    }

    private void SetLimit()
    {
        if (Count < 2)
        {
            Limit = ulong.MaxValue;
            return;
        }

        ref readonly var second = ref _items[Count > 2 && IsLess(_items[2], _items[1]) ? 2 : 1];

        // A lane behind the second in order may only go on strictly before it; the top's own time is then smaller, so this is at least zero.
        Limit = _items[0].Index < second.Index ? second.Time : second.Time - 1;
    }

    private static bool IsLess(in (ulong Time, int Index, PageLane Lane) a, in (ulong Time, int Index, PageLane Lane) b) =>
        a.Time < b.Time || (a.Time == b.Time && a.Index < b.Index);
}
