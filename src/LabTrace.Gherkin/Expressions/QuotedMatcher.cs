namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches a text in double or single quotes, in which a backslash escapes any character but a newline. There is one end at most.</summary>
internal sealed class QuotedMatcher : ParameterMatcher
{
    public static QuotedMatcher Instance { get; } = new();

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        if (previous >= 0 || start >= text.Length || text[start] is not ('"' or '\''))
        {
            return -1;
        }

        var quote = text[start];
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                return i + 1;
            }

            if (text[i] == '\\' && (++i == text.Length || text[i] == '\n'))
            {
                return -1;
            }
        }

        return -1;
    }

    /// <summary>The regular expression has a group for each kind of quotes, and in it one for the last escape and what follows.</summary>
    public override MatchGroup Group(string text, int start, int end)
    {
        var lastEscape = -1;
        for (var i = start + 1; i < end - 1; i++)
        {
            if (text[i] == '\\')
            {
                lastEscape = i++;
            }
        }

        var escape = lastEscape < 0 ? MatchGroup.None : new MatchGroup(text[lastEscape..(end - 1)], lastEscape, []);
        var content = new MatchGroup(text[(start + 1)..(end - 1)], start + 1, [escape]);
        var other = new MatchGroup(null, null, [MatchGroup.None]);
        IReadOnlyList<MatchGroup> children = text[start] == '"' ? [content, other] : [other, content];
        return new MatchGroup(text[start..end], start, children);
    }
}
