namespace LabTrace.Gherkin.Parsing;

/// <summary>What a line is. The names are those of error messages.</summary>
internal enum TokenKind
{
    EOF,
    Empty,
    Comment,
    TagLine,
    FeatureLine,
    RuleLine,
    BackgroundLine,
    ScenarioLine,
    ExamplesLine,
    StepLine,
    DocStringSeparator,
    TableRow,
    Language,
    Other,
}
