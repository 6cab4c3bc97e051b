using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Prints a trace as the kernel's <c>trace</c> file would.</summary>
public static class FtraceTextWriter
{
    private const string HeaderWithoutTgid =
        "#                                _-----=> irqs-off/BH-disabled\n" +
        "#                               / _----=> need-resched\n" +
        "#                              | / _---=> hardirq/softirq\n" +
        "#                              || / _--=> preempt-depth\n" +
        "#                              ||| / _-=> migrate-disable\n" +
        "#                              |||| /     delay\n" +
        "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n" +
        "#              | |         |   |||||     |         |\n";

    private const string HeaderWithTgid =
        "#                                          _-----=> irqs-off/BH-disabled\n" +
        "#                                         / _----=> need-resched\n" +
        "#                                        | / _---=> hardirq/softirq\n" +
        "#                                        || / _--=> preempt-depth\n" +
        "#                                        ||| / _-=> migrate-disable\n" +
        "#                                        |||| /     delay\n" +
        "#           TASK-PID       TGID    CPU#  |||||  TIMESTAMP  FUNCTION\n" +
        "#              | |           |       |   |||||     |         |\n";

    /// <summary>Writes the header and a line for each event and each loss.</summary>
    /// <param name="output">Where to; lines end with a line feed.</param>
    /// <param name="trace">The trace.</param>
    public static void Write(TextWriter output, Trace trace)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(trace);
        var withTgid = trace.Events.Any(e => e.Tgid >= 0);
        output.Write(Header(trace.Events.Count, trace.Events.Count + trace.Tally.LostTotal, trace.Cpus.Count, withTgid));
        var line = new StringBuilder();
        var loss = 0;
        for (var i = 0; i < trace.Events.Count; i++)
        {
            for (; loss < trace.Losses.Count && trace.Losses[loss].Index <= i; loss++)
            {
                output.Write(LossLine(trace.Losses[loss]) + "\n");
            }

            _ = line.Clear();
            AppendLine(line, trace.Events[i], withTgid);
            output.Write(line.Append('\n'));
        }
    }

    /// <summary>The header of a <c>trace</c> file.</summary>
    /// <param name="entries">Events in the buffer.</param>
    /// <param name="written">Events written, the overwritten ones included.</param>
    /// <param name="cpus">Number of cpus.</param>
    /// <param name="withTgid">Whether lines have the TGID column.</param>
    public static string Header(long entries, long written, int cpus, bool withTgid) => string.Create(
        CultureInfo.InvariantCulture,
        $"# tracer: nop\n#\n# entries-in-buffer/entries-written: {entries}/{written}   #P:{cpus}\n#\n{(withTgid ? HeaderWithTgid : HeaderWithoutTgid)}");

    /// <summary>The header of a <c>trace</c> file whose entries were not counted.</summary>
    internal static string Header(int cpus, bool withTgid) => string.Create(
        CultureInfo.InvariantCulture, $"# tracer: nop\n#\n#   #P:{cpus}\n#\n{(withTgid ? HeaderWithTgid : HeaderWithoutTgid)}");

    internal static string LossLine(LostMarker loss) =>
        loss.Count < 0 ? $"CPU:{loss.Cpu} [LOST EVENTS]" : $"CPU:{loss.Cpu} [LOST {loss.Count} EVENTS]";

    /// <summary>Appends the line of one event, without a line feed.</summary>
    internal static void AppendLine(StringBuilder line, in TraceEvent item, bool withTgid)
    {
        _ = line.Append(CultureInfo.InvariantCulture, $"{item.Comm,16}-{item.Pid,-7} ");
        if (withTgid)
        {
            _ = item.Tgid < 0 ? line.Append("(-------) ") : line.Append(CultureInfo.InvariantCulture, $"({item.Tgid,7}) ");
        }

        _ = line.Append(CultureInfo.InvariantCulture, $"[{item.Cpu:D3}] {item.Flags} ");
        _ = item.Schema.IsClockInNanoseconds
            ? line.Append(CultureInfo.InvariantCulture, $"{item.Time.ToMicrosecondText(),12}: ")
            : line.Append(CultureInfo.InvariantCulture, $"{item.Time.Nanoseconds,12}: ");
        _ = line.Append(item.Schema.Prefix(item.Payload)).Append(item.Text);
    }
}
