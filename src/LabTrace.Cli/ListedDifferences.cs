namespace LabTrace.Cli;

/// <summary>Differences between places that are known, each with its reason: <c>TITLE @ PLACE: REASON</c>, one a line; # begins a comment.</summary>
internal sealed class ListedDifferences
{
    private readonly Dictionary<(string Title, string Place), string> _reasons = [];
    private readonly HashSet<(string Title, string Place)> _met = [];

    /// <summary>Reads a list; none when there is no file.</summary>
    /// <exception cref="UsageException">A line is not understood.</exception>
    public static ListedDifferences Read(string? file)
    {
        var listed = new ListedDifferences();
        if (file is null)
        {
            return listed;
        }

        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--listed {file}: {e.Message}");
        }

        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var at = line.LastIndexOf(" @ ", StringComparison.Ordinal);
            var colon = at < 0 ? -1 : line.IndexOf(": ", at, StringComparison.Ordinal);
            if (colon < 0 || line[(colon + 2)..].Trim().Length == 0
                || !listed._reasons.TryAdd((line[..at].Trim(), line[(at + 3)..colon].Trim()), line[(colon + 2)..].Trim()))
            {
                throw new UsageException($"{file}:{i + 1}: expected TITLE @ PLACE: REASON, each title and place once, and found '{line}'");
            }
        }

        return listed;
    }

    /// <summary>Why a difference is known, or null.</summary>
    public string? ReasonOf(PlaceDifference difference)
    {
        var key = (difference.Title, difference.Place);
        return _reasons.TryGetValue(key, out var reason) && _met.Add(key) | true ? reason : null;
    }

    /// <summary>What is listed for these places and was not met.</summary>
    public IEnumerable<string> Unmet(IReadOnlyCollection<string> places) =>
        _reasons.Keys.Where(k => places.Contains(k.Place) && !_met.Contains(k)).Select(k => $"{k.Title} @ {k.Place}");
}
