using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin;

/// <summary>A syntax error in a feature file.</summary>
/// <param name="Location">Where; the column is 0 when the file ended too early, for there is nothing to point at.</param>
/// <param name="Message">The official parser's words: <c>(3:5): expected: #EOF, #TableRow, got 'foo'</c>.</param>
public sealed record ParseError(Location Location, string Message)
{
    internal static ParseError At(int line, int column, string text) => new(new Location(line, column), $"({line}:{column}): {text}");
}
