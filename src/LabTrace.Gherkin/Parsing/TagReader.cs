using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>Reads <c>@a @b # comment</c>.</summary>
internal static class TagReader
{
    public static void Read(in Line line, List<PendingTag> tags, List<ParseError> errors)
    {
        var text = WithoutComment(line.Trimmed);
        var start = 0;
        while (start < text.Length)
        {
            var length = text[(start + 1)..].IndexOf('@') + 1;
            var tag = (length == 0 ? text[start..] : text.Slice(start, length)).TrimEnd();
            var column = line.Column + start;
            if (HasBlank(tag))
            {
                errors.Add(ParseError.At(line.Number, column, "A tag may not contain whitespace"));
            }
            else if (tag.Length > 1)
            {
                tags.Add(new PendingTag(new Location(line.Number, column), tag.ToString()));
            }

            if (length == 0)
            {
                return;
            }

            start += length;
        }
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '#' && char.IsWhiteSpace(text[i - 1]))
            {
                return text[..(i - 1)];
            }
        }

        return text;
    }

    private static bool HasBlank(ReadOnlySpan<char> tag)
    {
        foreach (var character in tag)
        {
            if (char.IsWhiteSpace(character))
            {
                return true;
            }
        }

        return false;
    }
}
