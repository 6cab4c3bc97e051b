namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches a parameter type without a regular expression. Proposes ends in the order in which the regular expression would.</summary>
internal abstract class ParameterMatcher
{
    private const string Special = "\\^$.|?*+()[]{}";

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
        var words = new List<string>();
        foreach (var regexp in regexps)
        {
            foreach (var word in regexp.Split('|'))
            {
                if (!IsPlain(word))
                {
                    return None;
                }

                words.Add(word);
            }
        }

        return words.Count == 0 ? None : new LiteralsMatcher([.. words.Distinct()]);
    }

    private static bool IsPlain(string word)
    {
        foreach (var character in word)
        {
            if (Special.Contains(character))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class NoMatcher : ParameterMatcher
    {
        public override int NextEnd(ReadOnlySpan<char> text, int start, int previous) => -1;
    }
}
