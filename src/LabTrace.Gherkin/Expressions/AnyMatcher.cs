namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches <c>.*</c>, longest first.</summary>
internal sealed class AnyMatcher : ParameterMatcher
{
    public static AnyMatcher Instance { get; } = new();

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        if (previous >= 0)
        {
            return previous > start ? previous - 1 : -1;
        }

        var length = text[start..].IndexOf('\n');
        return length < 0 ? text.Length : start + length;
    }
}
