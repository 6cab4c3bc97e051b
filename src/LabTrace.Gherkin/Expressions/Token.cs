namespace LabTrace.Gherkin.Expressions;

/// <summary>A token of a cucumber expression; <see cref="Text"/> is without escapes, the offsets are in the expression.</summary>
internal sealed record Token(TokenType Type, string Text, int Start, int End);

internal enum TokenType
{
    StartOfLine,
    EndOfLine,
    WhiteSpace,
    BeginOptional,
    EndOptional,
    BeginParameter,
    EndParameter,
    Alternation,
    Text,
}
