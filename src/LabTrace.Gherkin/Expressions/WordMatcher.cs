namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches <c>[^\s]+</c>, longest first.</summary>
internal sealed class WordMatcher : ParameterMatcher
{
    public static WordMatcher Instance { get; } = new();

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        if (previous >= 0)
        {
            return previous > start + 1 ? previous - 1 : -1;
        }

        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end > start ? end : -1;
    }
}
