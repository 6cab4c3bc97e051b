using LabTrace.Gherkin;

namespace LabTrace.Scenarios.Bindings;

/// <summary>A tag, or a tag expression, in a scope or hook.</summary>
internal sealed class TagCondition
{
    private readonly string? _tag;
    private readonly TagExpression? _expression;

    private TagCondition(string source, string? tag, TagExpression? expression)
    {
        Source = source;
        _tag = tag;
        _expression = expression;
    }

    public string Source { get; }

    /// <exception cref="TagExpressionException">It looks like an expression and is none.</exception>
    public static TagCondition Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.AsSpan().ContainsAny(" \t()"))
        {
            return new TagCondition(trimmed, null, TagExpression.Parse(trimmed));
        }

        var tag = trimmed.StartsWith('@') ? trimmed : "@" + trimmed;
        return new TagCondition(tag, tag, null);
    }

    public bool Holds(ScenarioTraits traits) =>
        _tag is not null ? Array.IndexOf(traits.Tags, _tag) >= 0 : _expression!.Evaluate(traits.TagsInBothForms);
}

/// <summary>What scopes look at: the tags and titles of a scenario, or of a feature alone.</summary>
internal sealed class ScenarioTraits(string[] tags, string feature, string? scenario)
{
    private string[]? _bothForms;

    public string[] Tags => tags;

    public string Feature => feature;

    public string? Scenario => scenario;

    /// <summary>Tags with and without <c>@</c>: scopes may leave it out.</summary>
    public string[] TagsInBothForms => _bothForms ??= [.. tags, .. tags.Select(tag => tag.TrimStart('@'))];
}
