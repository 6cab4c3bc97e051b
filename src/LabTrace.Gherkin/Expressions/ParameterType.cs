using System.Text.RegularExpressions;

namespace LabTrace.Gherkin.Expressions;

/// <summary>What <c>{name}</c> in a cucumber expression matches.</summary>
/// <param name="name">Its name between the braces; empty for <c>{}</c>.</param>
/// <param name="regexps">Regular expressions, tried in this order.</param>
/// <param name="type">The type of a step method's parameter, for snippets.</param>
/// <param name="useForSnippets">Offered when a snippet is made for an undefined step.</param>
/// <param name="preferForRegexMatch">Preferred where several types share a regular expression.</param>
public sealed partial class ParameterType(
    string name,
    IReadOnlyList<string> regexps,
    Type type,
    bool useForSnippets = true,
    bool preferForRegexMatch = false)
{
    /// <summary>Its name between the braces; empty for <c>{}</c>.</summary>
    public string Name => name;

    /// <summary>Regular expressions, tried in this order.</summary>
    public IReadOnlyList<string> Regexps => regexps;

    /// <summary>The type of a step method's parameter, for snippets.</summary>
    public Type Type => type;

    /// <summary>Offered when a snippet is made for an undefined step.</summary>
    public bool UseForSnippets => useForSnippets;

    /// <summary>Preferred where several types share a regular expression.</summary>
    public bool PreferForRegexMatch => preferForRegexMatch;

    internal ParameterMatcher Matcher { get; } = ParameterMatcher.For(regexps);

    /// <summary>All its regular expressions as one capturing group.</summary>
    internal string GroupPattern => regexps.Count == 1 ? $"({regexps[0]})" : $"((?:{string.Join(")|(?:", regexps)}))";

    /// <summary>The order of candidates: preferred ones first, then by name.</summary>
    internal static int Compare(ParameterType left, ParameterType right) =>
        left.PreferForRegexMatch != right.PreferForRegexMatch
            ? right.PreferForRegexMatch.CompareTo(left.PreferForRegexMatch)
            : string.CompareOrdinal(left.Name, right.Name);

    internal void CheckName()
    {
        if (IllegalInName().IsMatch(Escaped().Replace(name, "${character}")))
        {
            throw new CucumberExpressionException(
                $"Illegal character in parameter name {{{name}}}. Parameter names may not contain '{{', '}}', '(', ')', '\\' or '/'");
        }
    }

    [GeneratedRegex(@"[\[\]()$.|?*+]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IllegalInName();

    [GeneratedRegex(@"\\(?<character>[\[$.|?*+\]])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escaped();
}
