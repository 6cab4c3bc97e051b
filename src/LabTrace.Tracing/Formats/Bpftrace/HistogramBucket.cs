using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>One bucket of a histogram.</summary>
/// <param name="Least">The smallest value it counts; null when there is no lower bound.</param>
/// <param name="Most">The largest value it counts; null when there is no upper bound.</param>
/// <param name="Count">How many values fell into it.</param>
public readonly record struct HistogramBucket(long? Least, long? Most, long Count)
{
    /// <summary>Reads a line that bpftrace prints: <c>[1K, 2K)   3 |@@@   |</c>. K, M, G and T are powers of 1024.</summary>
    /// <param name="line">The line.</param>
    /// <param name="bucket">The bucket.</param>
    public static bool TryParse(ReadOnlySpan<char> line, out HistogramBucket bucket)
    {
        bucket = default;
        var text = line.Trim();
        var close = text.IndexOfAny(')', ']');
        if (close < 2 || text[0] is not ('[' or '('))
        {
            return false;
        }

        var bounds = text[1..close];
        var isInclusive = text[close] == ']';
        var rest = text[(close + 1)..].TrimStart();
        var bar = rest.IndexOf('|');
        if (!long.TryParse(bar < 0 ? rest.Trim() : rest[..bar].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var comma = bounds.IndexOf(',');
        if (comma < 0)
        {
            var isOne = TryBound(bounds, out var value) && value is not null;
            bucket = new HistogramBucket(value, value, count);
            return isOne;
        }

        if (!TryBound(bounds[..comma], out var least) || !TryBound(bounds[(comma + 1)..], out var most))
        {
            return false;
        }

        bucket = new HistogramBucket(least, isInclusive || most is null ? most : most - 1, count);
        return true;
    }

    /// <summary><c>1024..2047: 3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Least is { } l ? l : "")}..{(Most is { } m ? m : "")}: {Count}");

    private static bool TryBound(ReadOnlySpan<char> text, out long? bound)
    {
        bound = null;
        text = text.Trim();
        if (text.SequenceEqual("..."))
        {
            return true;
        }

        var shift = text.Length == 0 ? 0 : text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, 'P' => 50, 'E' => 60, _ => 0 };
        if (!long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        // 8E, the end of the last bucket, is one more than 64 bits hold.
        var value = (Int128)number << shift;
        bound = value > long.MaxValue ? null : value < long.MinValue ? null : (long)value;
        return true;
    }
}
