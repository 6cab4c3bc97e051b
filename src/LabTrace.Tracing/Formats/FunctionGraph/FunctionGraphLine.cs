namespace LabTrace.Tracing;

/// <summary>The columns of one line of function_graph text. Every column but the call can be switched off.</summary>
internal ref struct FunctionGraphLine
{
    /// <summary>Whether the column <c>TIME</c> is there (option funcgraph-abstime).</summary>
    public bool HasTime;
    public ulong Time;

    /// <summary>The cpu, <see cref="TextSink.NoCpu"/> without the option funcgraph-cpu.</summary>
    public int Cpu;

    /// <summary><c>comm-pid</c> (option funcgraph-proc), empty without.</summary>
    public ReadOnlySpan<byte> Task;
    public EventFlags Flags;

    /// <summary>Whether the column <c>DURATION</c> is there, filled or not.</summary>
    public bool HasDurationColumn;
    public bool HasDuration;
    public ulong DurationNs;

    /// <summary>What stands behind the columns, with its indentation.</summary>
    public ReadOnlySpan<byte> Call;

    /// <summary>How deep the call is nested: two blanks each, behind two that end the column of durations.</summary>
    public readonly int Depth => Math.Max(0, AsciiScan.SkipBlanks(Call, 0) - (HasDurationColumn ? 2 : 0)) / 2;

    /// <summary>Takes the columns one after the other, each only if it looks like itself.</summary>
    public static FunctionGraphLine Parse(ReadOnlySpan<byte> line)
    {
        var columns = new FunctionGraphLine { Cpu = TextSink.NoCpu };
        var rest = line;
        if (TryBar(rest, out var column, out var behind) && TrySeconds(column, out var time))
        {
            (columns.HasTime, columns.Time) = (true, time);
            rest = behind;
        }

        var at = AsciiScan.SkipBlanks(rest, 0);
        if (AsciiScan.TryInt(rest, ref at, out var cpu) && at < rest.Length && rest[at] == ')' && cpu < TextSink.MaxCpus)
        {
            columns.Cpu = cpu;
            rest = rest[(at + 1)..];
        }

        if (TryBar(rest, out column, out behind) && IsTask(column))
        {
            columns.Task = column.Trim((byte)' ');
            rest = behind;
        }

        if (TryBar(rest, out column, out behind) && EventFlags.TryParse(column.Trim((byte)' '), out var flags))
        {
            columns.Flags = flags;
            rest = behind;
        }

        if (TryBar(rest, out column, out behind))
        {
            if (TryDuration(column, out var ns))
            {
                (columns.HasDuration, columns.DurationNs, columns.HasDurationColumn) = (true, ns, true);
                rest = behind;
            }
            else if (column.Trim((byte)' ').Length == 0)
            {
                columns.HasDurationColumn = true;
                rest = behind;
            }
        }

        columns.Call = rest;
        return columns;
    }

    /// <summary>Whether a line begins with its duration, all columns before being switched off; the mark of 1 ms, <c>#</c>, then looks like a comment.</summary>
    public static bool StartsWithDuration(ReadOnlySpan<byte> line) => TryBar(line, out var column, out _) && TryDuration(column, out _);

    /// <summary>The marks of an interrupt's begin and end, which stand in the column of durations.</summary>
    public static bool IsArrow(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ').TrimEnd((byte)'|').TrimEnd((byte)' ');
        return text.StartsWith("====="u8) || text.StartsWith("<===="u8);
    }

    /// <summary><c>+ 10.123 us</c>: a mark of how long, and microseconds with up to three decimals.</summary>
    public static bool TryDuration(ReadOnlySpan<byte> column, out ulong ns)
    {
        ns = 0;
        column = column.Trim((byte)' ');
        if (column.Length > 2 && column[0] is (byte)'+' or (byte)'!' or (byte)'#' or (byte)'*' or (byte)'@' or (byte)'$')
        {
            column = column[1..].TrimStart((byte)' ');
        }

        if (!column.EndsWith("us"u8))
        {
            return false;
        }

        column = column[..^2].TrimEnd((byte)' ');
        var at = 0;
        if (!AsciiScan.TryULong(column, ref at, out var us) || us > ulong.MaxValue / 10_000)
        {
            return false;
        }

        ns = us * 1000;
        if (at < column.Length && column[at] == '.')
        {
            var start = ++at;
            if (!AsciiScan.TryInt(column, ref at, out var fraction) || at - start > 3)
            {
                return false;
            }

            ns += (ulong)fraction * AsciiScan.PowerOfTen(3 - (at - start));
        }

        return at == column.Length;
    }

    private static bool TryBar(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> column, out ReadOnlySpan<byte> behind)
    {
        var bar = text.IndexOf((byte)'|');
        column = bar < 0 ? default : text[..bar];
        behind = bar < 0 ? default : text[(bar + 1)..];
        return bar >= 0;
    }

    private static bool TrySeconds(ReadOnlySpan<byte> column, out ulong time)
    {
        var at = 0;
        column = column.Trim((byte)' ');
        return AsciiScan.TryTime(column, ref at, out time, out var isInNanoseconds) && at == column.Length && isInNanoseconds;
    }

    /// <summary><c>comm-pid</c> between blanks.</summary>
    public static bool IsTask(ReadOnlySpan<byte> column)
    {
        column = column.Trim((byte)' ');
        var dash = column.LastIndexOf((byte)'-');
        var at = dash + 1;
        return dash > 0 && AsciiScan.TryInt(column, ref at, out _) && at == column.Length;
    }
}
