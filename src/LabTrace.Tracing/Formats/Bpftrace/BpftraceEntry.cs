using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>One value of a bpftrace map as it was printed.</summary>
public sealed record BpftraceEntry
{
    private const StringComparison Exact = StringComparison.Ordinal;

    /// <summary>The map with its <c>@</c>.</summary>
    public required string Map { get; init; }

    /// <summary>The key, parts of a tuple joined with commas; empty for a map without keys. A part that itself holds a comma cannot be told from two.</summary>
    public string Key { get; init; } = "";

    /// <summary>The value as text; empty for a histogram.</summary>
    public string Value { get; init; } = "";

    /// <summary>The buckets of <c>hist()</c> and <c>lhist()</c>, ascending; empty for other values.</summary>
    public IReadOnlyList<HistogramBucket> Buckets { get; init; } = [];

    /// <summary>How many values <c>stats()</c>, <c>hist()</c> and <c>lhist()</c> saw; null for other values.</summary>
    public long? Count { get; init; }

    /// <summary>The mean that <c>stats()</c> tells, a whole number as bpftrace computes it.</summary>
    public long? Average { get; init; }

    /// <summary>The sum that <c>stats()</c> tells.</summary>
    public long? Total { get; init; }

    /// <summary>The value as a number; null when it is none.</summary>
    public long? Integer => long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads an entry as bpftrace prints it: <c>@map[key]: value</c>, perhaps with lines of a histogram or a stack behind.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is no entry of a map.</exception>
    public static BpftraceEntry Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text) ?? throw new FormatException($"'{text}' is no entry of a map; expected @name: value or @name[key]: value");
    }

    internal static BpftraceEntry? TryParse(string text)
    {
        var (nameEnd, keyEnd, valueStart) = Places(text);
        if (valueStart < 0)
        {
            return null;
        }

        var entry = new BpftraceEntry
        {
            Map = text[..nameEnd],
            Key = keyEnd < 0 ? "" : string.Join(',', text[(nameEnd + 1)..keyEnd].Split(", ").Select(Folded)),
        };
        var value = text[valueStart..].Trim();
        var buckets = new List<HistogramBucket>();
        foreach (var line in value.AsSpan().EnumerateLines())
        {
            if (!HistogramBucket.TryParse(line, out var bucket))
            {
                buckets.Clear();
                break;
            }

            buckets.Add(bucket);
        }

        return buckets.Count > 0 ? entry with { Buckets = buckets, Count = buckets.Sum(b => b.Count) }
            : TryStats(value, out var count, out var average, out var total) ? entry with { Value = value, Count = count, Average = average, Total = total }
            : entry with { Value = Folded(value) };
    }

    internal IEnumerable<KeyValuePair<string, FieldValue>> Fields()
    {
        yield return new("map", FieldValue.Of(Map));
        if (Key.Length > 0)
        {
            yield return new("key", FieldValue.Of(Key));
        }

        if (Count is { } count)
        {
            yield return new("count", FieldValue.Of(count));
        }

        if (Average is { } average)
        {
            yield return new("average", FieldValue.Of(average));
            yield return new("total", FieldValue.Of(Total ?? 0));
        }

        if (Buckets.Count > 0)
        {
            yield return new("buckets", FieldValue.Of(string.Join("; ", Buckets)));
        }
        else if (Average is null)
        {
            yield return new("value", FieldValue.Of(Value));
        }
    }

    /// <summary>A stack's lines as one: callers behind <c> &lt;- </c>.</summary>
    private static string Folded(string text) =>
        text.Contains('\n', Exact) ? string.Join(" <- ", text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)) : text.Trim();

    private static (int NameEnd, int KeyEnd, int ValueStart) Places(string text)
    {
        if (!text.StartsWith('@'))
        {
            return (-1, -1, -1);
        }

        var nameEnd = 1;
        while (nameEnd < text.Length && (char.IsAsciiLetterOrDigit(text[nameEnd]) || text[nameEnd] == '_'))
        {
            nameEnd++;
        }

        if (nameEnd < text.Length && text[nameEnd] == ':')
        {
            return (nameEnd, -1, nameEnd + 1);
        }

        var keyEnd = nameEnd < text.Length && text[nameEnd] == '[' ? text.IndexOf("]:", nameEnd, Exact) : -1;
        return keyEnd < 0 ? (-1, -1, -1) : (nameEnd, keyEnd, keyEnd + 2);
    }

    /// <summary><c>count 42, average 9, total 394</c>.</summary>
    private static bool TryStats(string value, out long count, out long average, out long total)
    {
        (count, average, total) = (0, 0, 0);
        return value.Split(", ") is [var first, var second, var third]
            && TryNamed(first, "count ", out count) && TryNamed(second, "average ", out average) && TryNamed(third, "total ", out total);
    }

    private static bool TryNamed(string text, string name, out long value)
    {
        value = 0;
        return text.StartsWith(name, Exact) && long.TryParse(text.AsSpan(name.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}
