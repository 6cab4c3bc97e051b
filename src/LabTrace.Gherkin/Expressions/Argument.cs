namespace LabTrace.Gherkin.Expressions;

/// <summary>One argument that an expression takes from a step's text.</summary>
/// <param name="Group">What matched.</param>
/// <param name="ParameterType">The parameter type, or null for a group of a regular expression that stands for none.</param>
public sealed record Argument(MatchGroup Group, ParameterType? ParameterType)
{
    /// <summary>The parameter type's name, or null.</summary>
    public string? ParameterTypeName => ParameterType?.Name;

    /// <summary>The text to convert: a <c>{string}</c> without its quotes and escapes, anything else as it matched; null if it took no part.</summary>
    public string? Value
    {
        get
        {
            if (ParameterType?.Matcher is not QuotedMatcher)
            {
                return Group.Value;
            }

            var content = Group.Children.FirstOrDefault(child => child.Value is not null)?.Value ?? "";
            return content.Contains('\\') ? content.Replace("\\\"", "\"").Replace("\\'", "'") : content;
        }
    }
}
