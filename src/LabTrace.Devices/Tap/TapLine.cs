using System.Globalization;

namespace LabTrace.Devices.Tap;

/// <summary>A line of TAP: what it is and where its text begins. Looks at each character once.</summary>
internal readonly ref struct TapLine
{
    private const int TabWidth = 4;
    private const int MaxDigits = 18;

    private TapLine(TapLineKind kind, int indent, ReadOnlySpan<char> text)
    {
        Kind = kind;
        Indent = indent;
        Text = text;
    }

    public TapLineKind Kind { get; }

    /// <summary>Columns in front of it; a tab goes to the next multiple of four.</summary>
    public int Indent { get; }

    /// <summary>A tab is among them, as KUnit indents.</summary>
    public bool HasTab { get; private init; }

    /// <summary>The line without its indentation.</summary>
    public ReadOnlySpan<char> Text { get; }

    /// <summary>A version line's number, or a plan's last.</summary>
    public long Number { get; private init; }

    /// <summary>A plan's first number.</summary>
    public long First { get; private init; }

    /// <summary>What follows: a plan's directive, a test line's number and description, a bail-out's reason.</summary>
    public ReadOnlySpan<char> Rest { get; private init; }

    /// <summary>A test line is ok, a version line is KTAP's.</summary>
    public bool Flag { get; private init; }

    public static TapLine Read(ReadOnlySpan<char> line)
    {
        var (at, indent) = (0, 0);
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            indent = line[at] == '\t' ? (indent / TabWidth * TabWidth) + TabWidth : indent + 1;
            at++;
        }

        var text = line[at..].TrimEnd();
        if (text.IsEmpty)
        {
            return new TapLine(TapLineKind.Blank, indent, text);
        }

        return text[0] switch
        {
            '#' => new TapLine(TapLineKind.Comment, indent, text) { HasTab = line[..at].Contains('\t') },
            'o' or 'n' => ReadTest(indent, text),
            >= '0' and <= '9' => ReadPlan(indent, text),
            'T' or 't' or 'K' or 'k' => ReadVersion(indent, text),
            'B' or 'b' when text.StartsWith("Bail out!", StringComparison.OrdinalIgnoreCase) =>
                new TapLine(TapLineKind.BailOut, indent, text) { Rest = text["Bail out!".Length..].Trim() },
            'p' when IsPragma(text) => new TapLine(TapLineKind.Pragma, indent, text) { Rest = text["pragma ".Length..] },
            '{' when text.Length == 1 => new TapLine(TapLineKind.OpenBrace, indent, text),
            '}' when text.Length == 1 => new TapLine(TapLineKind.CloseBrace, indent, text),
            '-' when text is "---" || text.StartsWith("--- ") => new TapLine(TapLineKind.YamlStart, indent, text),
            _ => new TapLine(TapLineKind.Other, indent, text),
        };
    }

    /// <summary>Takes digits from the front; -1 when there are none or too many.</summary>
    public static long TakeNumber(ref ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        if (length is 0 or > MaxDigits)
        {
            return -1;
        }

        var number = long.Parse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[length..];
        return number;
    }

    private static TapLine ReadTest(int indent, ReadOnlySpan<char> text)
    {
        var rest = text;
        var ok = !rest.StartsWith("not ok");
        rest = ok ? rest : rest["not ".Length..];
        if (!rest.StartsWith("ok") || (rest.Length > 2 && !char.IsWhiteSpace(rest[2])))
        {
            return new TapLine(TapLineKind.Other, indent, text);
        }

        return new TapLine(TapLineKind.Test, indent, text) { Flag = ok, Rest = rest[2..].Trim() };
    }

    private static TapLine ReadPlan(int indent, ReadOnlySpan<char> text)
    {
        var rest = text;
        var first = TakeNumber(ref rest);
        if (first < 0 || !rest.StartsWith(".."))
        {
            return new TapLine(TapLineKind.Other, indent, text);
        }

        rest = rest[2..];
        var last = TakeNumber(ref rest);
        var isPlan = last >= 0 && (last >= first || (first == 1 && last == 0)) && (rest.IsEmpty || char.IsWhiteSpace(rest[0]) || rest[0] == '#');
        return isPlan
            ? new TapLine(TapLineKind.Plan, indent, text) { First = first, Number = last, Rest = rest.Trim() }
            : new TapLine(TapLineKind.Other, indent, text);
    }

    private static TapLine ReadVersion(int indent, ReadOnlySpan<char> text)
    {
        var isKtap = text[0] is 'K' or 'k';
        var rest = isKtap ? text[1..] : text;
        if (!rest.StartsWith("TAP version ", StringComparison.OrdinalIgnoreCase))
        {
            return new TapLine(TapLineKind.Other, indent, text);
        }

        rest = rest["TAP version ".Length..].Trim();
        var number = TakeNumber(ref rest);
        return number is >= 0 and <= int.MaxValue && rest.IsEmpty
            ? new TapLine(TapLineKind.Version, indent, text) { Flag = isKtap, Number = number }
            : new TapLine(TapLineKind.Other, indent, text);
    }

    private static bool IsPragma(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("pragma ") || text.Length < "pragma +x".Length || text["pragma ".Length] is not ('+' or '-'))
        {
            return false;
        }

        foreach (var character in text["pragma +".Length..])
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
