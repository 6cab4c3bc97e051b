namespace LabTrace.Tracing.Queries;

/// <summary>Walks two sorted samples together.</summary>
internal static class TwoSamples
{
    /// <summary>What to do at a value: the value, and how often it is in each sample.</summary>
    public delegate void AtValue(long value, int inFirst, int inSecond);

    /// <summary>Visits each value that either sample holds, ascending.</summary>
    public static void Merge(ReadOnlySpan<long> first, ReadOnlySpan<long> second, AtValue visit)
    {
        while (first.Length > 0 || second.Length > 0)
        {
            var value = first.Length == 0 ? second[0] : second.Length == 0 ? first[0] : Math.Min(first[0], second[0]);
            var (a, b) = (Run(first, value), Run(second, value));
            visit(value, a, b);
            first = first[a..];
            second = second[b..];
        }
    }

    public static void RequireValues(Sample first, Sample second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count == 0 || second.Count == 0)
        {
            throw new ArgumentException("a sample without values cannot be compared", first.Count == 0 ? nameof(first) : nameof(second));
        }
    }

    private static int Run(ReadOnlySpan<long> sorted, long value)
    {
        var length = sorted.IndexOfAnyExcept(value);
        return length < 0 ? sorted.Length : length;
    }
}
