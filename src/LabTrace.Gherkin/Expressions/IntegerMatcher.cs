namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches <c>-?\d+</c>, longest first.</summary>
internal sealed class IntegerMatcher : ParameterMatcher
{
    public static IntegerMatcher Instance { get; } = new();

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        var digits = start < text.Length && text[start] == '-' ? start + 1 : start;
        return DigitsMatcher.Instance.NextEnd(text, digits, previous);
    }
}
