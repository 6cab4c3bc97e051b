namespace LabTrace.Tracing.Queries;

/// <summary>How many of the events meant a sentence speaks of.</summary>
public enum Quantity
{
    /// <summary>All of them, and there is at least one.</summary>
    Every,

    /// <summary>At least one.</summary>
    Some,

    /// <summary>None.</summary>
    No,
}

/// <summary>A number taken from many.</summary>
public enum Statistic
{
    /// <summary>The smallest.</summary>
    Shortest,

    /// <summary>The nearest-rank 50 % quantile.</summary>
    Median,

    /// <summary>The nearest-rank 90 % quantile.</summary>
    P90,

    /// <summary>The nearest-rank 99 % quantile.</summary>
    P99,

    /// <summary>The largest.</summary>
    Longest,
}

/// <summary>On which side of a number the found one must be.</summary>
public enum Limit
{
    /// <summary>Not above.</summary>
    AtMost,

    /// <summary>Not below.</summary>
    AtLeast,
}

/// <summary>These words as sentences spell them.</summary>
public static class QueryWords
{
    extension(Statistic statistic)
    {
        /// <summary>The word.</summary>
        public string InWords() => statistic.ToString().ToLowerInvariant();

        /// <summary>The value at this place among sorted ones, by nearest rank.</summary>
        /// <param name="sorted">Ascending, at least one.</param>
        public long Of(IReadOnlyList<long> sorted) => statistic switch
        {
            Statistic.Shortest => sorted[0],
            Statistic.Median => NearestRank(sorted, 50),
            Statistic.P90 => NearestRank(sorted, 90),
            Statistic.P99 => NearestRank(sorted, 99),
            _ => sorted[^1],
        };
    }

    extension(Limit limit)
    {
        /// <summary>The words.</summary>
        public string InWords() => limit == Limit.AtMost ? "at most" : "at least";

        /// <summary>Whether a found value is within the limit.</summary>
        public bool Allows<T>(T found, T bound)
            where T : IComparable<T> =>
            limit == Limit.AtMost ? found.CompareTo(bound) <= 0 : found.CompareTo(bound) >= 0;
    }

    private static long NearestRank(IReadOnlyList<long> sorted, int percent) =>
        sorted[(int)Math.Max(0, (((long)sorted.Count * percent) + 99) / 100) - 1];
}
