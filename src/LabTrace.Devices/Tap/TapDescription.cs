using System.Text;

namespace LabTrace.Devices.Tap;

/// <summary>What stands behind <c>ok</c>: a number, a name, a directive with its reason.</summary>
internal readonly record struct TapDescription(long? Number, string Name, string? Directive, string? Reason)
{
    private static readonly string[] TapDirectives = ["SKIP", "TODO"];
    private static readonly string[] KtapDirectives = ["SKIP", "TODO", "XFAIL", "TIMEOUT", "ERROR"];

    public static TapDescription Parse(string rest, TapDialect dialect)
    {
        var text = rest.AsSpan();
        long? number = null;
        if (text.Length > 0 && char.IsAsciiDigit(text[0]))
        {
            var after = text;
            var taken = TapLine.TakeNumber(ref after);
            if (taken >= 0 && (after.IsEmpty || char.IsWhiteSpace(after[0])))
            {
                number = taken;
                text = after.TrimStart();
            }
        }

        var (whole, directive, reason) = Split(text, dialect);
        var name = whole.AsSpan().Trim();
        name = name is ['-', ' ', ..] ? name[2..].TrimStart() : name is "-" ? [] : name;
        return new TapDescription(number, dialect == TapDialect.Tap ? Unescape(name) : name.ToString(), directive, reason);
    }

    /// <summary>A directive in a plan: <c>1..0 # SKIP reason</c>, where <c># skipped: reason</c> is usual as well.</summary>
    public static (bool IsSkip, string? Reason) ParsePlan(string rest)
    {
        var text = rest.AsSpan().Trim();
        if (text.IsEmpty || text[0] != '#')
        {
            return (false, null);
        }

        text = text[1..].Trim();
        if (!text.StartsWith("skip", StringComparison.OrdinalIgnoreCase))
        {
            return (false, text.IsEmpty ? null : Unescape(text));
        }

        var end = text.IndexOfAny(' ', '\t');
        return (true, end < 0 ? null : Unescape(text[end..].Trim()));
    }

    private static (string Name, string? Directive, string? Reason) SplitAt(ReadOnlySpan<char> text, int hash, string? directive, ReadOnlySpan<char> reason) =>
        (text[..hash].ToString(), directive, reason.Trim().IsEmpty ? null : reason.Trim().ToString());

    /// <summary>The first <c>#</c> with a blank before it that starts a directive, or the kernel's data, ends the name.</summary>
    private static (string Name, string? Directive, string? Reason) Split(ReadOnlySpan<char> text, TapDialect dialect)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && dialect == TapDialect.Tap)
            {
                at++;
                continue;
            }

            if (text[at] != '#' || (at > 0 && !char.IsWhiteSpace(text[at - 1])))
            {
                continue;
            }

            var inside = text[(at + 1)..].TrimStart();
            if (DirectiveOf(inside, dialect) is { } directive)
            {
                var end = inside.IndexOfAny(' ', '\t');
                return SplitAt(text, at, directive, end < 0 ? [] : inside[end..]);
            }

            var isData = dialect == TapDialect.Ktap && at + 1 < text.Length && text[at + 1] is ' ' or '\t';
            if (isData || inside.StartsWith("time="))
            {
                return SplitAt(text, at, directive: null, inside.StartsWith("time=") ? [] : inside);
            }
        }

        return (text.ToString(), null, null);
    }

    private static string? DirectiveOf(ReadOnlySpan<char> text, TapDialect dialect)
    {
        foreach (var directive in dialect == TapDialect.Ktap ? KtapDirectives : TapDirectives)
        {
            var comparison = directive is "SKIP" or "TODO" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            if (!text.StartsWith(directive, comparison))
            {
                continue;
            }

            // `# SKIPPED: why` and `# skip:` are skips too, `# skips` in the middle of a name is none.
            var rest = text[directive.Length..];
            var word = rest.StartsWith("ped", StringComparison.OrdinalIgnoreCase) && directive == "SKIP" ? rest[3..] : rest;
            if (word.IsEmpty || char.IsWhiteSpace(word[0]) || word[0] is ':' or ',')
            {
                return directive;
            }
        }

        return null;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '#' or '\\')
            {
                at++;
            }

            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
