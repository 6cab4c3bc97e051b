namespace LabTrace.Devices;

/// <summary>Picks, from the names a target has, those a mistyped one may have meant.</summary>
public static class NearestNames
{
    private const int MaxSuggestions = 3;

    /// <summary>Up to three names, nearest first; none when all are far.</summary>
    public static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names)
    {
        var limit = Math.Max(2, wanted.Length / 3);
        return names
            .Distinct()
            .Select(name => (Name: name, Distance: Distance(wanted, name, limit)))
            .Where(n => n.Distance <= limit)
            .OrderBy(n => n.Distance)
            .ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(MaxSuggestions)
            .Select(n => n.Name)
            .ToArray();
    }

    /// <summary><c>; nearest: a, b</c>, or nothing when no name is near.</summary>
    public static string Clause(string wanted, IEnumerable<string> names) =>
        Of(wanted, names) is { Count: > 0 } near ? $"; nearest: {string.Join(", ", near)}" : "";

    /// <summary>Edits between two names, a swap of neighbours counted once; a name that holds the other whole is one edit away.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (a.Length >= 4 && b.Contains(a, StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return int.MaxValue;
        }

        var older = new int[b.Length + 1];
        var old = Enumerable.Range(0, b.Length + 1).ToArray();
        var row = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(old[j] + 1, row[j - 1] + 1), old[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
                }
            }

            (older, old, row) = (old, row, older);
        }

        return old[b.Length];
    }
}
