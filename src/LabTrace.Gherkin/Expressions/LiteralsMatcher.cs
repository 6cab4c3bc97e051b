namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches one of some words, the first written first.</summary>
internal sealed class LiteralsMatcher(string[] words) : ParameterMatcher
{
    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        // Words that end at the same place are the same word, so the end before tells which word comes next.
        var isNext = previous < 0;
        foreach (var word in words)
        {
            if (!text[start..].StartsWith(word, StringComparison.Ordinal))
            {
                continue;
            }

            if (isNext)
            {
                return start + word.Length;
            }

            isNext = start + word.Length == previous;
        }

        return -1;
    }
}
