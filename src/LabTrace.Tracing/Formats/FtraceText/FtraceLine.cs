using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>The head of one line of ftrace text, as places and integers; names stay bytes.</summary>
internal ref partial struct FtraceLine
{
    private const int CommWidth = 16;
    private const int PidWidth = 7;
    private const int TgidWidth = 10;
    private const int LatencyCommWidth = 8;
    private const int MaxIndentation = 64;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Where the name starts; behind the buffer's name where trace-cmd prints one.</summary>
    public int TaskStart;

    /// <summary>Bytes from there on that tell name, pid and tgid, for <see cref="ParseTask"/>.</summary>
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
        return TryColumns(line, ref head) || TryBufferColumns(line, ref head) || TrySearch(line, ref head) || TryLatency(line, 0, ref head)
            || TryVerbose(line, ref head) || TryIndentedLatency(line, ref head);
    }

    /// <summary>Takes the bytes of <see cref="TaskLength"/> apart: the pid follows the last dash, or in the verbose form a blank; <c>(tgid)</c> may
    /// follow the pid. A pid alone has no name.</summary>
    public static TaskOfEvent ParseTask(ReadOnlySpan<byte> bytes)
    {
        var tgid = -1;
        var left = bytes.TrimEnd((byte)' ');
        if (left.Length > 0 && left[^1] == ')' && left.LastIndexOf((byte)'(') is var open and >= 0)
        {
            var at = AsciiScan.SkipBlanks(left, open + 1);
            tgid = AsciiScan.TryInt(left, ref at, out var number) ? number : -1;
            left = left[..open].TrimEnd((byte)' ');
        }

        var before = left.LastIndexOfAnyExcept(Digits);
        var digits = before + 1;
        _ = AsciiScan.TryInt(left, ref digits, out var pid);
        if (before < 0)
        {
            return new TaskOfEvent(pid, tgid, pid == 0 ? "<idle>" : CommTable.Unknown);
        }

        var name = left[..before].TrimStart((byte)' ');
        return new TaskOfEvent(pid, tgid, Encoding.UTF8.GetString(left[before] == ' ' ? name.TrimEnd((byte)' ') : name));
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

    /// <summary>trace-cmd puts <c>BUFFER: </c> before the columns of an instance's events, whose name may hold anything too.</summary>
    private static bool TryBufferColumns(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        var colon = line.IndexOf(": "u8);
        if (colon <= 0)
        {
            return false;
        }

        var start = colon + 2;
        if (line.Length > start + CommWidth && line[start + CommWidth] == '-' && TrySearch(line[start..], ref head) && head.TaskLength > CommWidth)
        {
            head.TaskStart = start;
            head.TextStart += start;
            return true;
        }

        if (TryLatency(line, start, ref head))
        {
            return true;
        }

        head = default;
        return false;
    }

    /// <summary>trace-cmd leaves blanks where other lines have the name of a buffer.</summary>
    private static bool TryIndentedLatency(ReadOnlySpan<byte> line, ref FtraceLine head)
    {
        for (var dash = line.IndexOf((byte)'-'); dash >= 0 && dash < MaxIndentation;)
        {
            if (dash > LatencyCommWidth && TryLatency(line, dash - LatencyCommWidth, ref head))
            {
                return true;
            }

            var next = line[(dash + 1)..].IndexOf((byte)'-');
            dash = next < 0 ? -1 : dash + 1 + next;
        }

        return false;
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
        return AsciiScan.TryInt(line, ref at, out head.Cpu) && at < line.Length && line[at] == ']'
            && TryFlagsAndTime(line, AsciiScan.SkipBlanks(line, at + 1), ref head);
    }

    private static bool TryFlagsAndTime(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        if (AsciiScan.IsDigit(line, at) && TryTimeAndColon(line, at, ref head))
        {
            return true;
        }

        // Five columns are the rule since Linux 6.1.
        var width = at + 5 < line.Length && line[at + 5] == ' ' && line[at + 4] != ' ' ? 5 : at < line.Length ? line[at..].IndexOf((byte)' ') : -1;
        return width > 0 && EventFlags.TryParse(line.Slice(at, width), out head.Flags)
            && TryTimeAndColon(line, AsciiScan.SkipBlanks(line, at + width), ref head);
    }

    private static bool TryTimeAndColon(ReadOnlySpan<byte> line, int at, ref FtraceLine head)
    {
        if (!AsciiScan.TryTime(line, ref at, out head.Time, out head.IsClockInNanoseconds) || at >= line.Length || line[at] != ':')
        {
            return false;
        }

        head.TextStart = SkipOneBlank(line, at + 1);
        return true;
    }

    private static int SkipOneBlank(ReadOnlySpan<byte> line, int at) => at < line.Length && line[at] == ' ' ? at + 1 : at;
}
