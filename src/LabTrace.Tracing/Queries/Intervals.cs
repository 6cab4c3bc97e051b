namespace LabTrace.Tracing.Queries;

/// <summary>Intervals between two kinds of events; what finds no partner is counted.</summary>
internal sealed class Intervals
{
    /// <summary>Nanoseconds, in order of their ends.</summary>
    public List<long> Lengths { get; } = [];

    /// <summary>Indices of the ending events.</summary>
    public List<int> Ends { get; } = [];

    /// <summary>Starts that no end followed before the next start.</summary>
    public int UnmatchedStarts { get; private set; }

    /// <summary>Ends with no start before them.</summary>
    public int UnmatchedEnds { get; private set; }

    /// <summary>Pairs each start with the next end of the same key. An event may end one interval and start the next.</summary>
    public static Intervals Find(Trace trace, EventSelector from, EventSelector to, EventKey key)
    {
        var found = new Intervals();
        var open = new Dictionary<(Int128, string?), int>();
        var all = trace.Events;
        for (var i = 0; i < all.Count; i++)
        {
            var (starts, ends) = (from.Matches(all[i]), to.Matches(all[i]));
            if ((!starts && !ends) || !key.TryGet(all[i], out var shared))
            {
                continue;
            }

            if (ends)
            {
                if (open.Remove(shared, out var start))
                {
                    found.Lengths.Add((all[i].Time - all[start].Time).Nanoseconds);
                    found.Ends.Add(i);
                }
                else if (!starts)
                {
                    found.UnmatchedEnds++;
                }
            }

            if (starts && !open.TryAdd(shared, i))
            {
                found.UnmatchedStarts++;
                open[shared] = i;
            }
        }

        found.UnmatchedStarts += open.Count;
        return found;
    }
}
