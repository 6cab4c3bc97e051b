using System.Buffers;

namespace LabTrace.Tracing;

/// <summary>The head of one line of ftrace text, in the columns of its bytes.</summary>
internal ref struct FtraceLine
{
    private const int CommWidth = 16;
    private const int LatencyCommWidth = 8;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    public ReadOnlySpan<byte> Comm;
    public int Pid;
    public int Tgid;
    public int Cpu;
    public EventFlags Flags;
    public ulong Time;
    public bool IsClockInNanoseconds;

    /// <summary>Where the text behind the time's colon starts.</summary>
    public int TextStart;

    /// <summary>Reads the head; false when the line has none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out FtraceLine head)
    {
        head = default;
        head.Tgid = -1;
        return TryColumns(line, ref head) || TrySearch(line, ref head) || TryLatency(line, ref head);
    }

    /// <summary>The kernel's own columns: the name right-aligned in sixteen, then <c>-</c>.</summary>
    private static bool TryColumns(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        if (line.Length < CommWidth + 12 || line[CommWidth] != '-')
        {
            return false;
        }

        var at = CommWidth + 1;
        return TryInt(line, ref at, out head.Pid) && TryAfterPid(line, at, ref head) && SetComm(line[..CommWidth], ref head);
    }

    /// <summary>Other alignments: the last <c>-NUMBER</c> before <c>[cpu]</c>.</summary>
    private static bool TrySearch(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        for (var from = 0; from < line.Length;)
        {
            var bracket = line[from..].IndexOf((byte)'[');
            if (bracket < 0)
            {
                return false;
            }

            bracket += from;
            from = bracket + 1;
            var dash = PidDash(line[..bracket]);
            if (dash < 0)
            {
                continue;
            }

            var at = dash + 1;
            (head.Tgid, head.Flags) = (-1, default);
            if (TryInt(line, ref at, out head.Pid) && TryAfterPid(line, at, ref head) && SetComm(line[..dash], ref head))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The dash before the pid in what stands left of <c>[cpu]</c>: digits, and perhaps <c>(tgid)</c>, are between.</summary>
    private static int PidDash(ReadOnlySpan<byte> left)
    {
        left = left.TrimEnd((byte)' ');
        if (left.Length > 0 && left[^1] == ')')
        {
            var open = left.LastIndexOf((byte)'(');
            left = open < 0 ? [] : left[..open].TrimEnd((byte)' ');
        }

        var dash = left.LastIndexOfAnyExcept(Digits);
        return dash >= 0 && dash < left.Length - 1 && left[dash] == '-' ? dash : -1;
    }

    private static bool TryAfterPid(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        at = SkipBlanks(line, at);
        if (at < line.Length && line[at] == '(')
        {
            var close = line[at..].IndexOf((byte)')');
            if (close < 0)
            {
                return false;
            }

            var digits = SkipBlanks(line, at + 1);
            head.Tgid = TryInt(line, ref digits, out var tgid) ? tgid : -1;
            at = SkipBlanks(line, at + close + 1);
        }

        if (at >= line.Length || line[at] != '[')
        {
            return false;
        }

        at++;
        if (!TryInt(line, ref at, out head.Cpu) || at >= line.Length || line[at] != ']')
        {
            return false;
        }

        at = SkipBlanks(line, at + 1);
        return TryFlagsAndTime(line, at, ref head);
    }

    private static bool TryFlagsAndTime(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        if (TryTime(line, at, ref head))
        {
            return true;
        }

        var blank = line[at..].IndexOf((byte)' ');
        return blank > 0 && EventFlags.TryParse(line.Slice(at, blank), out head.Flags) && TryTime(line, SkipBlanks(line, at + blank), ref head);
    }

    /// <summary>Seconds and a fraction of six or nine digits, or whole ticks; two integers, never a double.</summary>
    private static bool TryTime(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        if (!TryULong(line, ref at, out var whole) || at >= line.Length)
        {
            return false;
        }

        head.IsClockInNanoseconds = line[at] == '.';
        if (head.IsClockInNanoseconds)
        {
            var start = ++at;
            if (!TryULong(line, ref at, out var fraction) || at - start is not (6 or 9) || whole > ulong.MaxValue / 1_000_000_000 - 1)
            {
                return false;
            }

            head.Time = whole * 1_000_000_000 + (at - start == 6 ? fraction * 1000 : fraction);
        }
        else
        {
            head.Time = whole;
        }

        if (at >= line.Length || line[at] != ':')
        {
            return false;
        }

        head.TextStart = SkipOneBlank(line, at + 1);
        return true;
    }

    /// <summary>The latency format: <c>comm-pid cpu+flags time-us: </c>.</summary>
    private static bool TryLatency(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        if (line.Length < LatencyCommWidth + 16 || line[LatencyCommWidth] != '-')
        {
            return false;
        }

        var at = LatencyCommWidth + 1;
        if (!TryInt(line, ref at, out head.Pid))
        {
            return false;
        }

        at = SkipBlanks(line, at);
        head.Flags = default;
        if (!TryInt(line, ref at, out head.Cpu))
        {
            return false;
        }

        var blank = at < line.Length ? line[at..].IndexOf((byte)' ') : -1;
        if (blank < 0 || (blank > 0 && !EventFlags.TryParse(line.Slice(at, blank), out head.Flags)))
        {
            return false;
        }

        at = SkipBlanks(line, at + blank);
        if (!TryULong(line, ref at, out var us) || us > ulong.MaxValue / 1000 || !line[at..].StartsWith("us"u8))
        {
            return false;
        }

        var colon = line[at..].IndexOf((byte)':');
        if (colon is < 2 or > 4)
        {
            return false;
        }

        head.Tgid = -1;
        head.Time = us * 1000;
        head.IsClockInNanoseconds = true;
        head.TextStart = SkipOneBlank(line, at + colon + 1);
        return SetComm(line[..LatencyCommWidth], ref head);
    }

    private static bool SetComm(ReadOnlySpan<byte> column, ref FtraceLine head)
    {
        head.Comm = column.TrimStart((byte)' ');
        return true;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] == ' ')
        {
            at++;
        }

        return at;
    }

    private static int SkipOneBlank(ReadOnlySpan<byte> line, int at) => at < line.Length && line[at] == ' ' ? at + 1 : at;

    private static bool TryInt(ReadOnlySpan<byte> line, ref int at, out int value)
    {
        var start = at;
        long number = 0;
        while (at < line.Length && (uint)(line[at] - '0') <= 9 && at - start < 10)
        {
            number = (number * 10) + (line[at++] - '0');
        }

        value = (int)number;
        return at > start && number <= int.MaxValue;
    }

    private static bool TryULong(ReadOnlySpan<byte> line, ref int at, out ulong value)
    {
        var start = at;
        value = 0;
        while (at < line.Length && (uint)(line[at] - '0') <= 9)
        {
            value = unchecked((value * 10) + (uint)(line[at++] - '0'));
        }

        // Nineteen digits always fit into 64 bits.
        return at > start && at - start <= 19;
    }
}
