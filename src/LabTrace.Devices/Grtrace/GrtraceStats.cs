using System.Globalization;

namespace LabTrace.Devices;

/// <summary>grtrace's counters at a moment, or what they grew by between two.</summary>
/// <param name="Values">By key; keys that this version does not know are kept.</param>
/// <remarks>debugfs <c>stats</c>: one <c>key=value</c> a line.</remarks>
public sealed record GrtraceStats(IReadOnlyDictionary<string, long> Values)
{
    private static readonly string[] Drops = ["sampled_out", "rate_limited_drops", "backpressure_drops"];
    private static readonly string[] States = ["enabled"];

    /// <summary>Whether tracing is on.</summary>
    public bool IsEnabled => this["enabled"] != 0;

    /// <summary>Events written into the relay buffers.</summary>
    public long Written => this["written"];

    /// <summary>Events that were not written, whatever the reason.</summary>
    public long Dropped => Values.Where(v => IsDrop(v.Key)).Sum(v => v.Value);

    /// <summary>Events that were offered: each is written or counted by one drop counter.</summary>
    public long Offered => Written + Dropped;

    /// <summary>Events that found no room, or were lost with a sub-buffer.</summary>
    public long Lost => this["lost_events"];

    /// <summary>A counter; 0 when the module does not have it.</summary>
    public long this[string key] => Values.GetValueOrDefault(key);

    /// <summary>Reads the file's text.</summary>
    /// <param name="text">One <c>key=value</c> or <c>key: value</c> a line; lines of another shape are passed over.</param>
    public static GrtraceStats Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var at = line.AsSpan().IndexOfAny('=', ':');
            if (at > 0 && long.TryParse(line.AsSpan(at + 1).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                values[line[..at].Trim()] = value;
            }
        }

        return new GrtraceStats(values);
    }

    /// <summary>What the counters grew by since; states are as they are now.</summary>
    public GrtraceStats Since(GrtraceStats before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return new GrtraceStats(Values.ToDictionary(v => v.Key, v => States.Contains(v.Key, StringComparer.Ordinal) ? v.Value : v.Value - before[v.Key], StringComparer.Ordinal));
    }

    /// <summary>Whether a counter counts events that were not written.</summary>
    public static bool IsDrop(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith("filtered_", StringComparison.Ordinal) || key.StartsWith("drops_", StringComparison.Ordinal) || Drops.Contains(key, StringComparer.Ordinal);
    }
}
