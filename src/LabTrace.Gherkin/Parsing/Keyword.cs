using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>A keyword of a dialect.</summary>
/// <param name="Text">As the document carries it: a step's with its blank, a title's without its colon.</param>
/// <param name="Kind">The line it starts.</param>
/// <param name="StepType">What it means, for a step's keyword.</param>
internal sealed record Keyword(string Text, TokenKind Kind, StepKeywordType StepType)
{
    public bool IsStep => Kind == TokenKind.StepLine;

    /// <summary>Length in the file, a title's colon included; a line of Markdown that is a title without a keyword has none.</summary>
    public int Length => IsStep || Text.Length == 0 ? Text.Length : Text.Length + 1;

    public bool Starts(ReadOnlySpan<char> line) =>
        IsStep
            ? line.StartsWith(Text, StringComparison.Ordinal)
            : line.Length > Text.Length && line[Text.Length] == ':' && line.StartsWith(Text, StringComparison.Ordinal);
}
