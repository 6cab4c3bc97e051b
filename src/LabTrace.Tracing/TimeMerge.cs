namespace LabTrace.Tracing;

/// <summary>Merges event sequences by time without changing the order inside any of them.</summary>
internal static class TimeMerge
{
    public static (TraceEvent[] Events, IReadOnlyList<LostMarker> Losses) Merge(TraceEvent[][] sources, IReadOnlyList<LostMarker>[] losses)
    {
        var merged = new TraceEvent[sources.Sum(s => s.Length)];
        var position = new int[sources.Length];
        var nextLoss = new int[sources.Length];
        var allLosses = new List<LostMarker>();
        var queue = new PriorityQueue<int, (ulong Time, int Source)>(sources.Length);
        for (var s = 0; s < sources.Length; s++)
        {
            if (sources[s].Length > 0)
            {
                queue.Enqueue(s, (sources[s][0].Time.Nanoseconds, s));
            }
        }

        var count = 0;
        while (queue.TryDequeue(out var s, out _))
        {
            // The next source's head bounds a run that can be copied without touching the queue.
            var isLast = !queue.TryPeek(out _, out var limit);
            var source = sources[s];
            do
            {
                while (nextLoss[s] < losses[s].Count && losses[s][nextLoss[s]].Index <= position[s])
                {
                    allLosses.Add(losses[s][nextLoss[s]++] with { Index = count });
                }

                merged[count++] = source[position[s]++];
            }
            while (position[s] < source.Length && (isLast || (source[position[s]].Time.Nanoseconds, s).CompareTo(limit) < 0));

            if (position[s] < source.Length)
            {
                queue.Enqueue(s, (source[position[s]].Time.Nanoseconds, s));
            }
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
}
