namespace LabTrace.Tracing;

/// <content>The forms that options of the kernel give a line.</content>
internal ref partial struct FtraceLine
{
    private const int FlagColumns = 5;

    /// <summary>The options raw and hex: <c>pid cpu time: </c> without any name, in decimal or as 8, 8 and 16 hexadecimal digits. Nothing marks such
    /// a line, so this is asked only of captures whose first line has the form.</summary>
    public static bool TryRaw(ReadOnlySpan<byte> line, out FtraceLine head)
    {
        head = default;
        var at = 0;
        if (!AsciiScan.TryInt(line, ref at, out _) || !IsBlank(line, at))
        {
            return false;
        }

        head.TaskLength = at++;
        if (!AsciiScan.TryInt(line, ref at, out head.Cpu) || !IsBlank(line, at) || head.Cpu >= TextSink.MaxCpus)
        {
            return false;
        }

        at++;
        if (!AsciiScan.TryULong(line, ref at, out head.Time) || !IsBlank(line, at))
        {
            return false;
        }

        head.IsClockInNanoseconds = true;
        head.TextStart = at + 1;
        return true;
    }

    /// <summary>As <see cref="TryRaw"/>, for the option hex. The task is told in <paramref name="pid"/>.</summary>
    public static bool TryHex(ReadOnlySpan<byte> line, out FtraceLine head, out int pid)
    {
        const int PidAndCpu = 9;
        head = default;
        pid = 0;
        var at = 0;
        if (!AsciiScan.TryHex(line, ref at, out var value) || at != PidAndCpu - 1 || !IsBlank(line, at++))
        {
            return false;
        }

        pid = (int)value;
        if (!AsciiScan.TryHex(line, ref at, out value) || at != (2 * PidAndCpu) - 1 || !IsBlank(line, at++) || value >= TextSink.MaxCpus)
        {
            return false;
        }

        head.Cpu = (int)value;
        if (!AsciiScan.TryHex(line, ref at, out head.Time) || at != (2 * PidAndCpu) + 16 || !IsBlank(line, at))
        {
            return false;
        }

        head.IsClockInNanoseconds = true;
        head.TextStart = at + 1;
        return true;
    }

    /// <summary>The latency format: <c>comm-pid cpu+flags time-us+: </c>; without <c>us</c> the time is in ticks; trace-cmd prints seconds.</summary>
    private static bool TryLatency(ReadOnlySpan<byte> line, int start, ref FtraceLine head)
    {
        if (line.Length < start + LatencyCommWidth + 16 || line[start + LatencyCommWidth] != '-')
        {
            return false;
        }

        var at = start + LatencyCommWidth + 1;
        if (!AsciiScan.TryInt(line, ref at, out _))
        {
            return false;
        }

        head = default;
        head.TaskStart = start;
        head.TaskLength = at - start;
        at = AsciiScan.SkipBlanks(line, at);
        if (!AsciiScan.TryInt(line, ref at, out head.Cpu))
        {
            return false;
        }

        var blank = at < line.Length ? line[at..].IndexOf((byte)' ') : -1;
        if (blank < 0 || (blank > 0 && !EventFlags.TryParse(line.Slice(at, blank), out head.Flags)))
        {
            // Ticks with many digits leave no blank.
            blank = FlagColumns;
            if (!AsciiScan.IsDigit(line, at + blank) || !EventFlags.TryParse(line.Slice(at, blank), out head.Flags))
            {
                return false;
            }
        }

        at = AsciiScan.SkipBlanks(line, at + blank);
        if (TryTimeAndColon(line, at, ref head))
        {
            return true;
        }

        if (!AsciiScan.TryULong(line, ref at, out var us) || us > ulong.MaxValue / 1000 || !line[at..].StartsWith("us"u8))
        {
            return false;
        }

        // Behind "us" stands a mark of how long it took to the next event, and a colon.
        var colon = line[at..].IndexOf((byte)':');
        if (colon is < 2 or > 4)
        {
            return false;
        }

        head.Time = us * 1000;
        head.IsClockInNanoseconds = true;
        head.TextStart = SkipOneBlank(line, at + colon + 1);
        return true;
    }

    /// <summary>The latency format with the option verbose: <c>comm pid cpu flags preempt number [time] since-start (+until-next): </c>, where the time
    /// in brackets is in hexadecimal: microseconds, or ticks when what follows has no <c>ms</c>.</summary>
    private static bool TryVerbose(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        if (line.Length < CommWidth + 40 || line[CommWidth] != ' ')
        {
            return false;
        }

        head = default;
        var at = AsciiScan.SkipBlanks(line, CommWidth + 1);
        if (!AsciiScan.TryInt(line, ref at, out _) || !IsBlank(line, at))
        {
            return false;
        }

        head.TaskLength = at;
        at = AsciiScan.SkipBlanks(line, at);
        if (!AsciiScan.TryInt(line, ref at, out head.Cpu) || !IsBlank(line, at++)
            || !AsciiScan.TryInt(line, ref at, out var irq) || !IsBlank(line, at++)
            || !AsciiScan.TryHex(line, ref at, out var preempt) || !IsBlank(line, at++)
            || !AsciiScan.TryHex(line, ref at, out _) || !line[at..].StartsWith(" ["u8))
        {
            return false;
        }

        head.Flags = new EventFlags((byte)irq, (byte)preempt, IsKnown: true);
        at += 2;
        if (!AsciiScan.TryHex(line, ref at, out head.Time) || !line[at..].StartsWith("] "u8))
        {
            return false;
        }

        var end = line[at..].IndexOf("): "u8);
        if (end < 0)
        {
            return false;
        }

        head.IsClockInNanoseconds = line.Slice(at, end).EndsWith("ms"u8);
        if (head.IsClockInNanoseconds && head.Time > ulong.MaxValue / 1000)
        {
            return false;
        }

        head.Time *= head.IsClockInNanoseconds ? 1000UL : 1UL;
        head.TextStart = at + end + 3;
        return true;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line, int at) => (uint)at < (uint)line.Length && line[at] == ' ';
}
