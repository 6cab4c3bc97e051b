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

        // The widest neighbourhood for which there is room: windows that overlap leave more of it.
        var (fits, tooWide) = (0, count);
        while (tooWide - fits > 1)
        {
            var middle = fits + ((tooWide - fits) / 2);
            (fits, tooWide) = Size(Around(count, deciding, middle)) <= most ? (middle, tooWide) : (fits, middle);
        }

        return Around(count, deciding, fits);
    }

    /// <summary>The first and last events, and those within a distance of deciding ones.</summary>
    private static List<(int From, int To)> Around(int count, IReadOnlyList<int> deciding, int distance)
    {
        List<(int From, int To)> wanted = [(0, Math.Min(count, distance)), (Math.Max(0, count - distance), count)];
        wanted.AddRange(deciding.Take(DecidingShown).Select(index => (Math.Max(0, index - distance), Math.Min(count, index + distance))));
        return Join(wanted);
    }

    private static int Size(List<(int From, int To)> ranges) => ranges.Sum(range => range.To - range.From);

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
