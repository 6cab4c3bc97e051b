using System.Buffers;
using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>The head of one line of ftrace text, as places and integers; names stay bytes.</summary>
internal ref struct FtraceLine
{
    private const int CommWidth = 16;
    private const int PidWidth = 7;
    private const int TgidWidth = 10;
    private const int LatencyCommWidth = 8;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Bytes from the line's start that tell name, pid and tgid, for <see cref="ParseTask"/>.</summary>
    public int TaskLength;
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
        return TryColumns(line, ref head) || TrySearch(line, ref head) || TryLatency(line, ref head);
    }

    /// <summary>Takes the bytes of <see cref="TaskLength"/> apart: the pid follows the last dash, <c>(tgid)</c> may follow the pid.</summary>
    public static TaskOfEvent ParseTask(ReadOnlySpan<byte> bytes)
    {
        var tgid = -1;
        var left = bytes.TrimEnd((byte)' ');
        if (left.Length > 0 && left[^1] == ')')
        {
            var open = left.LastIndexOf((byte)'(');
            var at = SkipBlanks(left, open + 1);
            tgid = TryInt(left, ref at, out var number) ? number : -1;
            left = left[..open];
        }

        var dash = PidDash(left);
        var digits = dash + 1;
        _ = TryInt(left, ref digits, out var pid);
        return new TaskOfEvent(pid, tgid, System.Text.Encoding.UTF8.GetString(left[..dash].TrimStart((byte)' ')));
    }

    /// <summary>The kernel's own columns: the name right-aligned in sixteen, the pid left-aligned in seven, perhaps the tgid.</summary>
    private static bool TryColumns(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        const int Plain = CommWidth + 1 + PidWidth + 1;
        const int WithTgid = Plain + TgidWidth;
        if (line.Length < WithTgid + 16 || line[CommWidth] != '-')
        {
            return false;
        }

        var bracket = line[Plain] == '[' ? Plain : line[WithTgid] == '[' && line[Plain] == '(' && line[WithTgid - 2] == ')' ? WithTgid : 0;
        if (bracket == 0 || !IsPidColumn(line.Slice(CommWidth + 1, PidWidth + 1)) || !TryCpu(line, bracket, ref head))
        {
            return false;
        }

        head.TaskLength = bracket;
        return true;
    }

    private static bool IsPidColumn(ReadOnlySpan<byte> column)
    {
        var at = 0;
        while (at < PidWidth && (uint)(column[at] - '0') <= 9)
        {
            at++;
        }

        var isPid = at > 0;
        for (; at < column.Length; at++)
        {
            isPid &= column[at] == ' ';
        }

        return isPid;
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
            head.Flags = default;
            if (PidDash(WithoutTgid(line[..bracket])) >= 0 && TryCpu(line, bracket, ref head))
            {
                head.TaskLength = bracket;
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> WithoutTgid(ReadOnlySpan<byte> left)
    {
        left = left.TrimEnd((byte)' ');
        if (left.Length == 0 || left[^1] != ')')
        {
            return left;
        }

        var open = left.LastIndexOf((byte)'(');
        return open < 0 ? [] : left[..open];
    }

    /// <summary>The dash before the pid at the end of the bytes.</summary>
    private static int PidDash(ReadOnlySpan<byte> left)
    {
        left = left.TrimEnd((byte)' ');
        var dash = left.LastIndexOfAnyExcept(Digits);
        return dash >= 0 && left.Length - dash - 1 is >= 1 and <= 10 && left[dash] == '-' ? dash : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCpu(ReadOnlySpan<byte> line, int bracket, ref FtraceLine head)
    {
        var at = bracket + 1;
        return TryInt(line, ref at, out head.Cpu) && at < line.Length && line[at] == ']' && TryFlagsAndTime(line, SkipBlanks(line, at + 1), ref head);
    }

    private static bool TryFlagsAndTime(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        if (at < line.Length && (uint)(line[at] - '0') <= 9 && TryTime(line, at, ref head))
        {
            return true;
        }

        // Five columns are the rule since Linux 6.1.
        var width = at + 5 < line.Length && line[at + 5] == ' ' && line[at + 4] != ' ' ? 5 : at < line.Length ? line[at..].IndexOf((byte)' ') : -1;
        return width > 0 && EventFlags.TryParse(line.Slice(at, width), out head.Flags) && TryTime(line, SkipBlanks(line, at + width), ref head);
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
            if (!TryULong(line, ref at, out var fraction) || at - start is not (6 or 9) || whole > (ulong.MaxValue / 1_000_000_000) - 1)
            {
                return false;
            }

            head.Time = (whole * 1_000_000_000) + (at - start == 6 ? fraction * 1000 : fraction);
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
        if (!TryInt(line, ref at, out _))
        {
            return false;
        }

        head.TaskLength = at;
        head.Flags = default;
        at = SkipBlanks(line, at);
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

        head.Time = us * 1000;
        head.IsClockInNanoseconds = true;
        head.TextStart = SkipOneBlank(line, at + colon + 1);
        return true;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while ((uint)at < (uint)line.Length && line[at] == ' ')
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
        while ((uint)at < (uint)line.Length && (uint)(line[at] - '0') <= 9 && at - start < 10)
        {
            number = (number * 10) + (line[at++] - '0');
        }

        value = (int)number;
        return at > start && number <= int.MaxValue;
    }

    private static bool TryULong(ReadOnlySpan<byte> line, ref int at, out ulong value)
    {
        var start = at;
        ulong number = 0;
        while ((uint)at < (uint)line.Length && (uint)(line[at] - '0') is var digit and <= 9)
        {
            number = unchecked((number * 10) + digit);
            at++;
        }

        // Nineteen digits always fit into 64 bits.
        value = number;
        return at > start && at - start <= 19;
    }
}
