namespace LabTrace.Tracing.Timelines;

/// <summary>Which events of a trace a timeline keeps: ranges of neighbours, in order.</summary>
internal static class TimelineSelection
{
    private const int DecidingShown = 8;

    /// <summary>Ranges that together have at most <paramref name="most"/> events.</summary>
    public static List<(int From, int To)> Choose(int count, IReadOnlyList<int> deciding, int most)
    {
        if (count <= most)
        {
            return [(0, count)];
        }

        List<(int From, int To)> wanted = [];
        var shown = Math.Min(deciding.Count, DecidingShown);
        var edge = shown == 0 ? most / 2 : most / 8;
        wanted.Add((0, edge));
        wanted.Add((count - edge, count));
        var each = shown == 0 ? 0 : (most - (2 * edge)) / shown;
        for (var i = 0; i < shown; i++)
        {
            var from = Math.Clamp(deciding[i] - (each / 2), 0, count - each);
            wanted.Add((from, from + each));
        }

        return Join(wanted);
    }

    private static List<(int From, int To)> Join(List<(int From, int To)> ranges)
    {
        ranges.Sort();
        List<(int From, int To)> joined = [];
        foreach (var range in ranges.Where(range => range.To > range.From))
        {
            if (joined is [.., var last] && range.From <= last.To)
            {
                joined[^1] = (last.From, Math.Max(last.To, range.To));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
