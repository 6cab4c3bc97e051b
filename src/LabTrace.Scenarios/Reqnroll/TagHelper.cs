namespace Reqnroll;

/// <summary>Knows the tags with a meaning of their own.</summary>
public static class TagHelper
{
    private const string IgnoreTag = "ignore";

    /// <summary>Whether <c>ignore</c> is among the tags, letter case and <c>@</c> ignored.</summary>
    public static bool ContainsIgnoreTag(string[]? tags) =>
        tags is not null && tags.Any(tag => tag.AsSpan().TrimStart('@').Equals(IgnoreTag, StringComparison.OrdinalIgnoreCase));

    /// <summary>The tags of a feature and a rule together.</summary>
    public static string[] CombineTags(string[]? featureTags, string[]? ruleTags) => [.. featureTags ?? [], .. ruleTags ?? []];
}
