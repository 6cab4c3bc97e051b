using System.Globalization;

namespace LabTrace.Devices;

/// <summary>Reads grtrace's tables: rows of numbers between <c>|</c>, commas or blanks, behind a header.</summary>
internal static class GrtraceTables
{
    public static IReadOnlyList<GrtraceWindow> Windows(string text) => [.. Rows(text, '|', 7).Select(r => new GrtraceWindow((uint)r[0], r[1], r[2], r[3], r[4], r[5], r[6]))];

    public static IReadOnlyList<GrtraceSample> Samples(string text) => [.. Rows(text, ' ', 3).Select(r => new GrtraceSample((uint)r[0], r[1], r[2]))];

    /// <summary>The README's lines with commas, or the table with bars: <c>Ring | Utilization | Avg Depth | Peak Depth | Drop Rate | Status</c>.</summary>
    public static IReadOnlyList<GrtracePerformance> Performance(string text)
    {
        List<GrtracePerformance> rings = [];
        foreach (var line in text.Split('\n'))
        {
            var isTable = line.Contains('|', StringComparison.Ordinal);
            var cells = line.Split(isTable ? '|' : ',', StringSplitOptions.TrimEntries);
            if (cells.Length >= (isTable ? 5 : 4) && uint.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ring))
            {
                rings.Add(new GrtracePerformance(ring, Real(cells[1]), Real(cells[isTable ? 4 : 2]), isTable ? double.NaN : Real(cells[3])));
            }
        }

        return rings;
    }

    public static IReadOnlyDictionary<string, long> Counts(string text)
    {
        var counts = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var cells in text.Split('\n').Select(l => l.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (cells.Length == 2 && long.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                counts[cells[0]] = count;
            }
        }

        return counts;
    }

    public static IReadOnlyList<GrtraceRing> Rings(string text) =>
    [
        .. text.Split('\n').Select(l => l.Split(',', StringSplitOptions.TrimEntries))
            .Where(c => c.Length >= 3 && uint.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(c => new GrtraceRing(uint.Parse(c[0], CultureInfo.InvariantCulture), c[1], c[2])),
    ];

    private static double Real(string text) =>
        double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

    private static IEnumerable<long[]> Rows(string text, char separator, int least)
    {
        foreach (var line in text.Split('\n'))
        {
            var cells = line.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (cells.Length >= least && cells.Take(least).All(c => long.TryParse(c, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            {
                yield return [.. cells.Take(least).Select(c => long.Parse(c, CultureInfo.InvariantCulture))];
            }
        }
    }
}
