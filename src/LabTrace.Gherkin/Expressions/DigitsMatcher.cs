namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches <c>\d+</c>, longest first.</summary>
internal sealed class DigitsMatcher : ParameterMatcher
{
    public static DigitsMatcher Instance { get; } = new();

    public static int EndOfDigits(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && char.IsDigit(text[start]))
        {
            start++;
        }

        return start;
    }

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        if (previous >= 0)
        {
            return previous > start + 1 ? previous - 1 : -1;
        }

        var end = EndOfDigits(text, start);
        return end > start ? end : -1;
    }
}
