namespace LabTrace.Gherkin.Expressions;

/// <summary>What a group of an expression matched.</summary>
/// <param name="Value">The text, or null when the group took no part.</param>
/// <param name="Start">Zero-based offset in the step's text in UTF-16 code units, or null when the group took no part.</param>
/// <param name="Children">The groups within, in the order of their opening parentheses.</param>
public sealed record MatchGroup(string? Value, int? Start, IReadOnlyList<MatchGroup> Children)
{
    internal static MatchGroup None { get; } = new(null, null, []);
}
