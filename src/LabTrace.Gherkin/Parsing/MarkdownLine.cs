namespace LabTrace.Gherkin.Parsing;

/// <summary>Tells what a line of a Markdown feature is: <c># Feature: f</c>, <c>* Given x</c>, <c>`@tag`</c>; any other text is passed over.</summary>
internal static class MarkdownLine
{
    private const int MaxHeaderLevel = 6;
    private const int MinTableIndent = 2;
    private const int MaxTableIndent = 5;

    /// <param name="line">The line; for a title or step it then begins at its keyword.</param>
    /// <param name="dialect">The keywords.</param>
    /// <param name="keyword">The keyword, for a title or step.</param>
    public static TokenKind Classify(ref Line line, Dialect dialect, out Keyword? keyword)
    {
        var text = line.Trimmed;
        var prefix = HeaderPrefix(text);
        keyword = prefix > 0 ? Find(dialect, text[prefix..], isStep: false) : null;
        if (keyword is null)
        {
            prefix = BulletPrefix(text);
            keyword = prefix > 0 ? Find(dialect, text[prefix..], isStep: true) : null;
        }

        if (keyword is not null)
        {
            line = line.Skip(prefix);
            return keyword.Kind;
        }

        if (text.StartsWith("```"))
        {
            return TokenKind.DocStringSeparator;
        }

        if (text is ['|', ..])
        {
            return line.Indent is >= MinTableIndent and <= MaxTableIndent && !IsSeparator(line) ? TokenKind.TableRow : TokenKind.Empty;
        }

        return text.Contains("`@", StringComparison.Ordinal) ? TokenKind.TagLine : TokenKind.Empty;
    }

    /// <summary>Reads <c>`@a` `@b`</c>.</summary>
    public static void ReadTags(in Line line, List<PendingTag> tags)
    {
        var start = 0;
        while (start < line.Trimmed.Length)
        {
            var open = line.Trimmed[start..].IndexOf("`@", StringComparison.Ordinal);
            if (open < 0)
            {
                return;
            }

            start += open + 1;
            var length = line.Trimmed[start..].IndexOf('`');
            if (length < 0)
            {
                return;
            }

            if (length > 1)
            {
                tags.Add(new PendingTag(new Ast.Location(line.Number, line.Column + start), line.Trimmed.Slice(start, length).ToString()));
            }

            start += length + 1;
        }
    }

    /// <summary>The fence at the start of a line: three backticks or more.</summary>
    public static ReadOnlySpan<char> FenceOf(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept('`');
        return end < 0 ? text : text[..end];
    }

    private static Keyword? Find(Dialect dialect, ReadOnlySpan<char> text, bool isStep)
    {
        var found = text.IsEmpty ? null : dialect.Find(text, stepsFirst: isStep);
        return found is not null && found.IsStep == isStep && found.Text != "* " ? found : null;
    }

    private static int HeaderPrefix(ReadOnlySpan<char> text)
    {
        var level = text.IndexOfAnyExcept('#');
        return level is > 0 and <= MaxHeaderLevel && char.IsWhiteSpace(text[level]) ? level + 1 : 0;
    }

    private static int BulletPrefix(ReadOnlySpan<char> text) =>
        text is ['*' or '+' or '-', .. var rest] ? text.Length - rest.TrimStart().Length : 0;

    /// <summary>A row such as <c>| --- | :-: |</c>, which sets a table's header apart.</summary>
    private static bool IsSeparator(in Line line) =>
        Array.Exists(CellReader.ReadCells(line), cell => cell.Value.Length > 0 && cell.Value.AsSpan().Trim(':').Trim('-').IsEmpty && cell.Value.Contains('-'));
}
