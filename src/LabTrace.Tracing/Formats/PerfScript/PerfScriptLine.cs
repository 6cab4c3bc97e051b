using System.Text;

namespace LabTrace.Tracing;

/// <summary>The head of one sample: <c>comm tid [cpu] time: period event: </c>, where pid, cpu and period may be missing.</summary>
internal ref partial struct PerfScriptLine
{
    /// <summary>Bytes from the line's start that tell name, pid and tid, for <see cref="ParseTask"/>.</summary>
    public int TaskLength;
    public int Cpu;
    public ulong Time;

    /// <summary>Where the period starts, or the event's name when none is told.</summary>
    public int PeriodStart;
    public int EventStart;

    /// <summary>Behind the event's colon.</summary>
    public int EventEnd;

    public static bool TryParse(ReadOnlySpan<byte> line, out PerfScriptLine head)
    {
        head = default;
        for (var bracket = line.IndexOf((byte)'['); bracket >= 0;)
        {
            var at = bracket + 1;
            if (AsciiScan.TryInt(line, ref at, out head.Cpu) && at < line.Length && line[at] == ']' && head.Cpu < TextSink.MaxCpus
                && TryTime(line, AsciiScan.SkipBlanks(line, at + 1), ref head) && IsTask(line[..bracket]) && TryEvent(line, ref head))
            {
                head.TaskLength = bracket;
                return true;
            }

            var next = line[(bracket + 1)..].IndexOf((byte)'[');
            bracket = next < 0 ? -1 : bracket + 1 + next;
        }

        return TryWithoutCpu(line, ref head) || TrySelection(line, ref head);
    }

    /// <summary>The thread's name is what stands before the last number; <c>pid/tid</c> tells its process too.</summary>
    public static TaskOfEvent ParseTask(ReadOnlySpan<byte> bytes)
    {
        var left = bytes.Trim((byte)' ');
        if (!IsNumber(left[(left.LastIndexOf((byte)' ') + 1)..]))
        {
            return new TaskOfEvent(-1, -1, left.Length == 0 ? CommTable.Unknown : Encoding.UTF8.GetString(left));
        }

        var blank = left.LastIndexOf((byte)' ');
        var comm = blank < 0 ? CommTable.Unknown : Encoding.UTF8.GetString(left[..blank].Trim((byte)' '));
        var numbers = left[(blank + 1)..];
        var slash = numbers.IndexOf((byte)'/');
        var tid = Number(numbers[(slash + 1)..]);
        return new TaskOfEvent(tid, slash < 0 ? -1 : Number(numbers[..slash]), comm);
    }

    private static int Number(ReadOnlySpan<byte> text)
    {
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        return AsciiScan.TryInt(text, ref at, out var number) ? (text[0] == '-' ? -number : number) : -1;
    }

    private static bool IsTask(ReadOnlySpan<byte> left)
    {
        left = left.TrimEnd((byte)' ');
        var at = left.Length - 1;
        while (at >= 0 && (uint)(left[at] - '0') <= 9)
        {
            at--;
        }

        if (at > 0 && at < left.Length - 1 && left[at] == '/')
        {
            at--;
            while (at >= 0 && (uint)(left[at] - '0') <= 9)
            {
                at--;
            }
        }

        at -= at > 0 && left[at] == '-' && at < left.Length - 1 ? 1 : 0;
        return at > 0 && at < left.Length - 1 && left[at] == ' ';
    }

    private static bool TryTime(ReadOnlySpan<byte> line, int at, ref PerfScriptLine head)
    {
        if (!AsciiScan.TryTime(line, ref at, out head.Time, out var isInNanoseconds) || !isInNanoseconds || at >= line.Length || line[at] != ':')
        {
            return false;
        }

        head.PeriodStart = AsciiScan.SkipBlanks(line, at + 1);
        return true;
    }

    private static bool TryEvent(ReadOnlySpan<byte> line, ref PerfScriptLine head)
    {
        var at = head.PeriodStart;
        head.EventStart = AsciiScan.TryULong(line, ref at, out _) && at < line.Length && line[at] == ' ' ? AsciiScan.SkipBlanks(line, at) : head.PeriodStart;
        var rest = line[head.EventStart..];
        if (rest.StartsWith("PERF_RECORD_"u8))
        {
            var word = rest.IndexOfAny((byte)' ', (byte)':', (byte)'(');
            head.EventEnd = head.EventStart + (word < 0 ? rest.Length : rest[word] == ':' ? word + 1 : word);
            return true;
        }

        // An event's name holds colons but no blanks (but cpu/…/ may); its last colon is followed by a blank or nothing.
        var end = rest.IndexOf(": "u8);
        end = end < 0 && rest.Length > 1 && rest[^1] == ':' ? rest.Length - 1 : end;
        if (end <= 0 || rest[..end].IndexOf((byte)' ') >= 0)
        {
            return false;
        }

        head.EventEnd = head.EventStart + end + 1;
        return true;
    }

    /// <summary>The last thing before <c>: </c> that is a time decides.</summary>
    private static bool TryWithoutCpu(ReadOnlySpan<byte> line, ref PerfScriptLine head)
    {
        for (var from = 0; from < line.Length;)
        {
            var colon = line[from..].IndexOf((byte)':');
            if (colon < 0)
            {
                return false;
            }

            colon += from;
            from = colon + 1;
            var start = line[..colon].LastIndexOf((byte)' ') + 1;
            if (start > 1 && AsciiScan.IsDigit(line, start) && TryTime(line, start, ref head) && IsTask(line[..start]) && TryEvent(line, ref head))
            {
                head.Cpu = TextSink.NoCpu;
                head.TaskLength = start;
                return true;
            }
        }

        return false;
    }
}
