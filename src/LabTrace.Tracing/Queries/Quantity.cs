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

/// <summary>On which side of a number the found one must be.</summary>
public enum Limit
{
    /// <summary>Not above.</summary>
    AtMost,

    /// <summary>Not below.</summary>
    AtLeast,
}

/// <summary>What a trace says it does not hold.</summary>
public enum TraceCounter
{
    /// <summary>Events the kernel lost.</summary>
    Lost,

    /// <summary>Records that could not be read.</summary>
    Malformed,

    /// <summary>Events that a filter left out.</summary>
    Skipped,
}

/// <summary>These words as sentences spell them.</summary>
public static class QueryWords
{
    extension(Limit limit)
    {
        /// <summary>The words.</summary>
        public string InWords() => limit == Limit.AtMost ? "at most" : "at least";

        /// <summary>Whether a found value is within the limit.</summary>
        public bool Allows<T>(T found, T bound)
            where T : IComparable<T> =>
            limit == Limit.AtMost ? found.CompareTo(bound) <= 0 : found.CompareTo(bound) >= 0;
    }
}
