using System.Globalization;

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
        var line = new Utf8Text();
        var loss = 0;
        for (var i = 0; i < trace.Events.Count; i++)
        {
            for (; loss < trace.Losses.Count && trace.Losses[loss].Index <= i; loss++)
            {
                output.Write(LossLine(trace.Losses[loss]) + "\n");
            }

            line.Clear();
            AppendLine(line, trace.Events[i], withTgid);
            line.Append((byte)'\n');
            output.Write(line.ToString());
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
        CultureInfo.InvariantCulture, $"# tracer: nop\n#\n{(cpus > 0 ? $"#   #P:{cpus}\n#\n" : "")}{(withTgid ? HeaderWithTgid : HeaderWithoutTgid)}");

    internal static string LossLine(LostMarker loss) =>
        loss.Count < 0 ? $"CPU:{loss.Cpu} [LOST EVENTS]" : $"CPU:{loss.Cpu} [LOST {loss.Count} EVENTS]";

    /// <summary>Appends the line of one event as UTF-8, without a line feed.</summary>
    internal static void AppendLine(Utf8Text line, in TraceEvent item, bool withTgid)
    {
        var start = line.Length;
        line.Append(item.Comm);
        line.PadLeft(start, 16);
        line.Append((byte)'-');
        start = line.Length;
        line.Append((long)item.Pid);
        line.PadRight(start, 7);
        line.Append((byte)' ');
        if (withTgid)
        {
            AppendTgid(line, item.Tgid);
        }

        line.Append((byte)'[');
        AppendNumber(line, item.Cpu, 3, (byte)'0');
        line.Append("] "u8);
        item.Flags.AppendTo(line);
        line.Append((byte)' ');
        start = line.Length;
        var time = item.Time.Nanoseconds;
        if (item.Schema.IsClockInNanoseconds)
        {
            // Rounded half up, as the kernel does.
            var us = (time / 1000) + (time % 1000 >= 500 ? 1UL : 0);
            line.Append(us / 1_000_000);
            line.Append((byte)'.');
            line.Append(us % 1_000_000, 6);
        }
        else
        {
            line.Append(time);
        }

        line.PadLeft(start, 12);
        line.Append(": "u8);
        item.Schema.AppendPrefix(item.Payload, line);
        item.Schema.AppendText(item.Payload, line);
    }

    private static void AppendTgid(Utf8Text line, int tgid)
    {
        if (tgid < 0)
        {
            line.Append("(-------) "u8);
            return;
        }

        line.Append((byte)'(');
        AppendNumber(line, tgid, 7, (byte)' ');
        line.Append(") "u8);
    }

    private static void AppendNumber(Utf8Text line, int number, int width, byte with)
    {
        line.Append(number < 0 ? "-"u8 : default);
        var start = line.Length;
        line.Append((ulong)Math.Abs((long)number));
        line.PadLeft(start, width, with);
    }
}
