using System.Text.RegularExpressions;

namespace LabTrace.Gherkin.Expressions;

/// <summary>A regular expression that gives its groups as the tree that its parentheses make.</summary>
internal sealed class TreeRegex
{
    /// <summary>A step's text is a line; matching that takes longer backs off without end.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly string _source;
    private readonly Regex _regex;
    private readonly GroupNode[] _roots;

    /// <param name="source">What its author wrote, for errors and for the sources of groups.</param>
    /// <param name="pattern">What is matched: <paramref name="source"/> or what was made of it, with the same groups.</param>
    public TreeRegex(string source, string pattern)
    {
        _source = source;
        try
        {
            _regex = new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
        }
        catch (ArgumentException exception)
        {
            throw new CucumberExpressionException($"The expression '{source}' holds a regular expression that is not well formed: {exception.Message}");
        }

        _roots = GroupNode.Read(pattern, _regex);
    }

    /// <summary>Source text of each outer group.</summary>
    public IEnumerable<string> GroupSources => _roots.Select(root => root.Source);

    /// <summary>The outer groups of a match of the whole pattern, or null.</summary>
    public MatchGroup[]? Match(string text)
    {
        try
        {
            var match = _regex.Match(text);
            return match.Success ? [.. _roots.Select(root => root.Build(match))] : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new CucumberExpressionException(
                $"The expression '{_source}' took more than {Timeout.TotalSeconds} s to match '{text}': its regular expression backs off "
                + "without end. Rephrase it so that no two parts can match the same text.");
        }
    }
}
