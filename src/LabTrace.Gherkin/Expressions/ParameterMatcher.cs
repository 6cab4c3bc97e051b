using System.Buffers;

namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches a parameter type without a regular expression. Proposes ends in the order in which the regular expression would.</summary>
internal abstract class ParameterMatcher
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\\^$.|?*+()[]{}");

    /// <summary>The parameter type needs its regular expression.</summary>
    public static ParameterMatcher None { get; } = new NoMatcher();

    public static ParameterMatcher For(IReadOnlyList<string> regexps) => regexps switch
    {
        [ParameterTypeRegistry.AnyRegexp] => AnyMatcher.Instance,
        [ParameterTypeRegistry.WordRegexp] => WordMatcher.Instance,
        [ParameterTypeRegistry.FloatRegexp] => FloatMatcher.Instance,
        [ParameterTypeRegistry.StringRegexp] => QuotedMatcher.Instance,
        [@"-?\d+", @"\d+"] or [@"-?\d+"] => IntegerMatcher.Instance,
        [@"\d+"] => DigitsMatcher.Instance,
        _ => ForWords(regexps),
    };

    /// <summary>Finds the next end behind <paramref name="previous"/>, the end proposed before, or -1 to start.</summary>
    /// <returns>The end's offset, or -1 when there is no other.</returns>
    public abstract int NextEnd(ReadOnlySpan<char> text, int start, int previous);

    /// <summary>The group that matched, with its children.</summary>
    public virtual MatchGroup Group(string text, int start, int end) => new(text[start..end], start, []);

    private static ParameterMatcher ForWords(IReadOnlyList<string> regexps)
    {
        string[] words = [.. regexps.SelectMany(regexp => regexp.Split('|'))];
        return words.Length > 0 && Array.TrueForAll(words, word => word.AsSpan().IndexOfAny(Special) < 0)
            ? new LiteralsMatcher([.. words.Distinct()])
            : None;
    }

    private sealed class NoMatcher : ParameterMatcher
    {
        public override int NextEnd(ReadOnlySpan<char> text, int start, int previous) => -1;
    }
}
