using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>A cpu's ring-buffer counters, <c>per_cpu/cpuN/stats</c>.</summary>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Entries">Events in the buffer.</param>
/// <param name="Overrun">Events overwritten before they were read.</param>
/// <param name="CommitOverrun">Nested events that found no room.</param>
/// <param name="Dropped">Events refused because the buffer was full and overwriting off.</param>
/// <param name="ReadEvents">Events that were read and consumed.</param>
public sealed record CpuStats(int Cpu, long Entries, long Overrun, long CommitOverrun, long Dropped, long ReadEvents)
{
    /// <summary>Reads the text of a <c>stats</c> file; lines it does not know are ignored, absent ones are zero.</summary>
    /// <param name="cpu">The cpu, zero-based.</param>
    /// <param name="text">The file's text.</param>
    public static CpuStats Parse(int cpu, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stats = new CpuStats(cpu, 0, 0, 0, 0, 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon < 0 || !long.TryParse(line[(colon + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                continue;
            }

            stats = line[..colon].Trim() switch
            {
                "entries" => stats with { Entries = value },
                "overrun" => stats with { Overrun = value },
                "commit overrun" => stats with { CommitOverrun = value },
                "dropped events" => stats with { Dropped = value },
                "read events" => stats with { ReadEvents = value },
                _ => stats,
            };
        }

        return stats;
    }

    /// <summary>The file's text, without the byte and time lines.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        _ = text.Append(CultureInfo.InvariantCulture, $"entries: {Entries}\noverrun: {Overrun}\ncommit overrun: {CommitOverrun}\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"dropped events: {Dropped}\nread events: {ReadEvents}\n");
        return text.ToString();
    }
}
