namespace LabTrace.Tracing;

/// <content>Lines for which <c>-F</c> left something out, or put a column in: <c>process_event</c> of tools/perf/builtin-script.c prints what is wanted in
/// one order, <c>comm pid/tid [cpu] misc time: period event: text</c>.</content>
internal ref partial struct PerfScriptLine
{
    private const int LeastCpuDigits = 3;
    private const int MaxMiscLetters = 5;

    private static bool TrySelection(ReadOnlySpan<byte> line, ref PerfScriptLine head)
    {
        for (var bracket = line.IndexOf((byte)'['); bracket >= 0;)
        {
            if (TryBehindCpu(line, bracket, ref head))
            {
                head.TaskLength = bracket;
                return true;
            }

            var next = line[(bracket + 1)..].IndexOf((byte)'[');
            bracket = next < 0 ? -1 : bracket + 1 + next;
        }

        // Without a cpu a time must lead to an event: it is the first word, or follows a thread's number or name.
        head = default;
        var colon = line.IndexOf(": "u8);
        var start = colon < 0 ? -1 : line[..colon].LastIndexOf((byte)' ') + 1;
        if (start < 0 || !AsciiScan.IsDigit(line, start) || !TryTime(line, start, ref head) || !TryEvent(line, ref head))
        {
            return false;
        }

        head.Cpu = TextSink.NoCpu;
        head.TaskLength = start;
        return true;
    }

    private static bool TryBehindCpu(ReadOnlySpan<byte> line, int bracket, ref PerfScriptLine head)
    {
        head = default;
        var at = bracket + 1;
        if (!AsciiScan.TryInt(line, ref at, out head.Cpu) || at - bracket - 1 < LeastCpuDigits || at >= line.Length || line[at] != ']'
            || head.Cpu >= TextSink.MaxCpus)
        {
            return false;
        }

        at = AsciiScan.SkipBlanks(line, at + 1);
        if (TryTime(line, SkipMisc(line, at), ref head))
        {
            // Without the event its text stands there.
            if (!TryEvent(line, ref head))
            {
                head.EventStart = head.EventEnd = head.PeriodStart;
            }

            return true;
        }

        // Without a time the event must be a tracepoint's or perf's own: any other word before a colon says nothing.
        head.Time = 0;
        head.PeriodStart = at;
        return TryEvent(line, ref head) && line[head.EventStart..(head.EventEnd - 1)].IndexOf((byte)':') > 0;
    }

    /// <summary>What perf knows of a sample's surroundings, in letters: K for the kernel, U for a program, H and G for guests, M, E, S for records.</summary>
    private static int SkipMisc(ReadOnlySpan<byte> line, int at)
    {
        var end = at;
        while (end < line.Length && char.IsAsciiLetter((char)line[end]))
        {
            end++;
        }

        return end > at && end - at <= MaxMiscLetters && end < line.Length && line[end] == ' ' ? AsciiScan.SkipBlanks(line, end) : at;
    }

    /// <summary><c>4711</c>, <c>4711/4712</c> or <c>-1</c>.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> word)
    {
        var at = word.Length > 0 && word[0] == '-' ? 1 : 0;
        return AsciiScan.TryInt(word, ref at, out _) && (at == word.Length || (word[at++] == '/' && AsciiScan.TryInt(word, ref at, out _) && at == word.Length));
    }
}
