namespace LabTrace.Tracing;

/// <summary>Lanes by the time and number of their current record.</summary>
internal sealed class GrtLaneHeap
{
    private (ulong Time, ulong Gseq, GrtLane Lane)[] _items = new (ulong, ulong, GrtLane)[8];

    public int Count { get; private set; }

    public GrtLane Top => _items[0].Lane;

    /// <summary>Up to here the top lane's records come before those of all others.</summary>
    public ulong LimitTime { get; private set; } = ulong.MaxValue;

    /// <summary>Where times are equal, up to this number.</summary>
    public ulong LimitGseq { get; private set; } = ulong.MaxValue;

    public void Push(GrtLane lane)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        var item = (lane.Time, lane.Gseq, lane);
        var at = Count++;
        while (at > 0 && IsLess(item, _items[(at - 1) / 2]))
        {
            _items[at] = _items[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _items[at] = item;
        SetLimit();
    }

    /// <summary>Puts the top lane where its new record belongs.</summary>
    public void ReplaceTop() => Sift((_items[0].Lane.Time, _items[0].Lane.Gseq, _items[0].Lane));

    /// <summary>Takes the top lane out: nothing of it waits.</summary>
    public void RemoveTop()
    {
        Count--;
        if (Count > 0)
        {
            Sift(_items[Count]);
        }
        else
        {
            SetLimit();
        }
    }

    private void Sift((ulong Time, ulong Gseq, GrtLane Lane) item)
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
            (LimitTime, LimitGseq) = (ulong.MaxValue, ulong.MaxValue);
            return;
        }

        ref readonly var second = ref _items[Count > 2 && IsLess(_items[2], _items[1]) ? 2 : 1];
        (LimitTime, LimitGseq) = (second.Time, second.Gseq);
    }

    private static bool IsLess(in (ulong Time, ulong Gseq, GrtLane Lane) a, in (ulong Time, ulong Gseq, GrtLane Lane) b) =>
        a.Time != b.Time ? a.Time < b.Time : a.Gseq != b.Gseq ? a.Gseq < b.Gseq : a.Lane.Index < b.Lane.Index;
}
