namespace LabTrace.Devices.Tap;

/// <summary>What stands in front of every line of a text that went through a kernel log or a console.</summary>
/// <remarks>
/// Told from the first version line. A printk prefix (<c>&lt;6&gt;[    0.060000][    T1] </c>) is taken off by its form, because its
/// width changes with uptime; anything else by its width, as kunit_parser does.
/// </remarks>
internal sealed class LinePrefix
{
    private readonly bool _isPrintk;
    private readonly int _columns;

    private LinePrefix(bool isPrintk, int columns)
    {
        (_isPrintk, _columns) = (isPrintk, columns);
    }

    /// <summary>No prefix: lines are taken as they are, and those with a printk prefix are the kernel's, not TAP.</summary>
    public static LinePrefix None { get; } = new(isPrintk: false, 0);

    /// <summary>The text came through a kernel log.</summary>
    public bool IsPrintk => _isPrintk;

    /// <summary>Tells the prefix of the line if a version stands at its end.</summary>
    /// <returns>The prefix, or null when the line is no version line.</returns>
    public static LinePrefix? Of(string line)
    {
        var at = line.LastIndexOf("TAP version ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        at = at > 0 && line[at - 1] is 'K' or 'k' ? at - 1 : at;
        if (TapLine.Read(line.AsSpan(at)).Kind != TapLineKind.Version)
        {
            return null;
        }

        var printk = LengthOfPrintk(line);
        return at == 0 ? None : printk > 0 && printk <= at ? new LinePrefix(isPrintk: true, at - printk) : new LinePrefix(isPrintk: false, at);
    }

    /// <summary>Takes the prefix off.</summary>
    /// <returns>What is left, or null when the line does not belong to the text.</returns>
    public string? Strip(string line)
    {
        var printk = LengthOfPrintk(line);
        if (_isPrintk)
        {
            return printk == 0 ? null : Cut(line, printk, _columns);
        }

        return _columns == 0 ? printk > 0 ? null : line : Cut(line, 0, _columns);
    }

    /// <summary>The length of a printk prefix and one blank behind it; zero for none.</summary>
    public static int LengthOfPrintk(ReadOnlySpan<char> line)
    {
        var at = 0;
        if (at < line.Length && line[at] == '<')
        {
            var end = line.IndexOf('>');
            if (end is < 2 or > 4 || line[1..end].ContainsAnyExceptInRange('0', '9'))
            {
                return 0;
            }

            at = end + 1;
        }

        if (!TakeBracket(line, ref at, IsTime))
        {
            return 0;
        }

        _ = TakeBracket(line, ref at, IsCaller);
        return at < line.Length && line[at] == ' ' ? at + 1 : at;
    }

    private static string Cut(string line, int from, int columns) => line.Length <= from + columns ? "" : line[(from + columns)..];

    private static bool TakeBracket(ReadOnlySpan<char> line, ref int at, Func<ReadOnlySpan<char>, bool> isInside)
    {
        const int MaxLength = 24;
        if (at >= line.Length || line[at] != '[')
        {
            return false;
        }

        var inside = line[(at + 1)..Math.Min(line.Length, at + MaxLength)];
        var end = inside.IndexOf(']');
        if (end < 0 || !isInside(inside[..end].TrimStart()))
        {
            return false;
        }

        at += end + 2;
        return true;
    }

    /// <summary>Seconds and microseconds.</summary>
    private static bool IsTime(ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        return dot > 0 && text.Length == dot + 7
            && !text[..dot].ContainsAnyExceptInRange('0', '9')
            && !text[(dot + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>A task or a cpu.</summary>
    private static bool IsCaller(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] is 'T' or 'C' && !text[1..].ContainsAnyExceptInRange('0', '9');
}
