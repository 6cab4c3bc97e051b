using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>What the kernel counts for one cpu of a ring buffer.</summary>
/// <param name="Cpu">The cpu, from zero.</param>
/// <param name="Entries">Events that are in the buffer, not yet read.</param>
/// <param name="Overrun">Events overwritten by newer ones before they were read.</param>
/// <param name="CommitOverrun">Events lost because an interrupt wrapped the buffer while one was being written.</param>
/// <param name="Bytes">Bytes in the buffer, not yet read.</param>
/// <param name="OldestEventTs">Time of the oldest event: ns (to the microsecond) on clocks that count time, ticks on <c>counter</c> and <c>x86-tsc</c>.</param>
/// <param name="NowTs">The trace clock when this was read, in the same unit.</param>
/// <param name="DroppedEvents">New events refused because the buffer was full and does not overwrite.</param>
/// <param name="ReadEvents">Events consumed by readers.</param>
/// <remarks>tracefs <c>per_cpu/cpuN/stats</c>; kernel/trace/trace.c, tracing_stats_read.</remarks>
public sealed record CpuBufferStats(
    int Cpu, long Entries, long Overrun, long CommitOverrun, long Bytes, ulong OldestEventTs, ulong NowTs, long DroppedEvents, long ReadEvents)
{
    /// <summary>Events the kernel wrote since the buffer was cleared: those there, those read and those overwritten.</summary>
    public long Written => Entries + ReadEvents + Overrun;

    /// <summary>Events no reader will ever see, by the kernel's three counts together.</summary>
    public long Lost => Overrun + CommitOverrun + DroppedEvents;

    /// <summary>Reads the text of one <c>stats</c> file; lines it does not know are left alone, for kernels add some.</summary>
    /// <exception cref="FormatException">A count is missing or is no number.</exception>
    public static CpuBufferStats Parse(int cpu, string text)
    {
        var values = new Dictionary<string, string>(8, StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                values[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }

        return new CpuBufferStats(
            cpu, Count("entries"), Count("overrun"), Count("commit overrun"), Count("bytes"),
            Time("oldest event ts"), Time("now ts"), Count("dropped events"), Count("read events"));

        string Text(string name) =>
            values.TryGetValue(name, out var value) ? value : throw new FormatException($"stats of cpu {cpu} have no '{name}'");

        long Count(string name) =>
            long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
                ? count
                : throw new FormatException($"'{name}' in the stats of cpu {cpu} is '{Text(name)}', expected a number");

        ulong Time(string name) =>
            TryTime(Text(name), out var time)
                ? time
                : throw new FormatException($"'{name}' in the stats of cpu {cpu} is '{Text(name)}', expected seconds.microseconds or ticks");
    }

    /// <summary>The counts that a recording carries with its pages.</summary>
    internal CpuStats ToCpuStats() => new(Cpu, Entries, Overrun, CommitOverrun, DroppedEvents, ReadEvents);

    // Seconds and fraction are read as two integers: through double, one stamp in thirty-five would come out 1 ns low.
    private static bool TryTime(string text, out ulong time)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out time);
        }

        time = 0;
        if (!ulong.TryParse(text.AsSpan(0, point), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || !ulong.TryParse(text.AsSpan(point + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            || text.Length - point - 1 != 6
            || seconds > (ulong.MaxValue / 1_000_000_000) - 1)
        {
            return false;
        }

        time = (seconds * 1_000_000_000) + (micros * 1000);
        return true;
    }
}
