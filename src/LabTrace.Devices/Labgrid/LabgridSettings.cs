using System.Globalization;

namespace LabTrace.Devices.Labgrid;

/// <summary>Which of labgrid's places stands behind a place, and how long it is held.</summary>
/// <param name="Client">The client's program.</param>
/// <param name="Filters">What is reserved: <c>board=timecard</c> and so on; empty when a place is named.</param>
/// <param name="Place">The name of a labgrid place, or null for whichever the filters find.</param>
/// <param name="TimeToLive">How long it is held at most; labgrid itself holds it for ever.</param>
/// <param name="Wait">How long a reservation is waited for.</param>
internal sealed record LabgridSettings(string Client, IReadOnlyList<string> Filters, string? Place, TimeSpan TimeToLive, TimeSpan Wait)
{
    /// <summary>Reads the settings; null for a place without labgrid.</summary>
    /// <exception cref="LabConfigException">It names a place and filters, or filters that are none.</exception>
    public static LabgridSettings? Of(PlaceDescription place)
    {
        var (name, filters) = (place.Settings.GetValueOrDefault("labgrid-place"), place.Settings.GetValueOrDefault("labgrid-reserve"));
        if (name is null && filters is null)
        {
            return null;
        }

        if (name is not null && filters is not null)
        {
            throw new LabConfigException($"place '{place.Name}' names a labgrid place and what to reserve", "keep one of `labgrid-place` and `labgrid-reserve`");
        }

        string[] wanted = filters?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (filters is not null && (wanted.Length == 0 || wanted.Any(f => f.IndexOf('=', StringComparison.Ordinal) <= 0)))
        {
            throw new LabConfigException($"place '{place.Name}': 'labgrid-reserve' must be a list of tags", "for example `labgrid-reserve: [board=timecard]`");
        }

        return new LabgridSettings(
            place.Settings.GetValueOrDefault("labgrid-client") ?? "labgrid-client", wanted, name, Seconds("labgrid-ttl", 4 * 3600), Seconds("labgrid-wait", 3600));

        TimeSpan Seconds(string key, int usual) =>
            TimeSpan.FromSeconds(place.Settings.TryGetValue(key, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : usual);
    }
}
