using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin;

/// <summary>What a feature file's text turned out to be.</summary>
/// <param name="Document">The document, or null when there are errors.</param>
/// <param name="Errors">All syntax errors in file order; empty when there is a document.</param>
public sealed record ParseResult(GherkinDocument? Document, IReadOnlyList<ParseError> Errors);
