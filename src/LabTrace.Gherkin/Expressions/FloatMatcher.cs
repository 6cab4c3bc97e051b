namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches <c>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[E][+-]?\d+)?</c>, longest first.</summary>
/// <remarks>
/// The regular expression backs off digit by digit, and what is left of a number that ends in a digit is a number: the ends in order
/// are found by walking back from the longest.
/// </remarks>
internal sealed class FloatMatcher : ParameterMatcher
{
    public static FloatMatcher Instance { get; } = new();

    public override int NextEnd(ReadOnlySpan<char> text, int start, int previous)
    {
        if (start < text.Length && text[start] is '-' or '+')
        {
            start++;
        }

        if (previous < 0)
        {
            return Longest(text, start);
        }

        for (var end = previous - 1; end > start; end--)
        {
            if (char.IsDigit(text[end - 1]))
            {
                return end;
            }
        }

        return -1;
    }

    private static int Longest(ReadOnlySpan<char> text, int start)
    {
        var integer = DigitsMatcher.EndOfDigits(text, start);
        var end = integer;
        if (end < text.Length && text[end] == '.')
        {
            var fraction = DigitsMatcher.EndOfDigits(text, end + 1);
            end = fraction > end + 1 ? fraction : end;
        }

        if (end == start)
        {
            return -1;
        }

        if (end < text.Length && text[end] == 'E')
        {
            var sign = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            var exponent = DigitsMatcher.EndOfDigits(text, sign);
            end = exponent > sign ? exponent : end;
        }

        return end;
    }
}
