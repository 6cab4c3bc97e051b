namespace LabTrace.Tracing;

/// <summary>Merges event sequences by time without changing the order inside any of them; at equal times the earlier sequence comes first.</summary>
internal static class TimeMerge
{
    public static (EventRecord[] Events, IReadOnlyList<LostMarker> Losses) Merge(
        ArraySegment<EventRecord>[] sources, IReadOnlyList<LostMarker>[] losses)
    {
        var merged = GC.AllocateUninitializedArray<EventRecord>(sources.Sum(s => s.Count));
        var position = new int[sources.Length];
        var nextLoss = new int[sources.Length];
        var allLosses = new List<LostMarker>();
        var heap = new Heap(sources);
        var count = 0;
        while (heap.Count > 0)
        {
            var s = heap.Top;
            var source = sources[s].AsSpan();
            var at = position[s];

            // The next sequence's head bounds a run that needs no comparison with the others.
            var limit = heap.SecondTime(out var limitSource);
            do
            {
                while (nextLoss[s] < losses[s].Count && losses[s][nextLoss[s]].Index <= at)
                {
                    allLosses.Add(losses[s][nextLoss[s]++] with { Index = count });
                }

                merged[count++] = source[at++];
            }
            while (at < source.Length && (source[at].Time < limit || (source[at].Time == limit && s < limitSource)));

            position[s] = at;
            heap.ReplaceTop(at < source.Length ? source[at].Time : null);
        }

        for (var s = 0; s < sources.Length; s++)
        {
            for (var i = nextLoss[s]; i < losses[s].Count; i++)
            {
                allLosses.Add(losses[s][i] with { Index = count });
            }
        }

        return (merged, allLosses);
    }

    /// <summary>A binary heap of the sequences by the time of their next event.</summary>
    private sealed class Heap
    {
        private readonly (ulong Time, int Source)[] _items;

        public Heap(ArraySegment<EventRecord>[] sources)
        {
            _items = [.. Enumerable.Range(0, sources.Length).Where(s => sources[s].Count > 0).Select(s => (sources[s][0].Time, s)).Order()];
            Count = _items.Length;
        }

        public int Count { get; private set; }

        public int Top => _items[0].Source;

        public ulong SecondTime(out int source)
        {
            if (Count < 2)
            {
                source = int.MaxValue;
                return ulong.MaxValue;
            }

            var second = Count > 2 && IsLess(_items[2], _items[1]) ? _items[2] : _items[1];
            source = second.Source;
            return second.Time;
        }

        public void ReplaceTop(ulong? time)
        {
            var item = time is { } next ? (next, _items[0].Source) : _items[--Count];
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
        }

        private static bool IsLess((ulong Time, int Source) a, (ulong Time, int Source) b) =>
            a.Time < b.Time || (a.Time == b.Time && a.Source < b.Source);
    }
}
