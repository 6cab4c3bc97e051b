using static LabTrace.Gherkin.Parsing.TokenKind;

namespace LabTrace.Gherkin.Parsing;

/// <summary>What may follow in each state, in the order the official parser names it in its errors.</summary>
internal static class Grammar
{
    private static readonly TokenKind[] AfterTags = [TagLine, FeatureLine, Comment, Empty];
    private static readonly TokenKind[] BackgroundStep = [EOF, TableRow, DocStringSeparator, StepLine, TagLine, ScenarioLine, RuleLine, Comment, Empty];
    private static readonly TokenKind[] BackgroundDocString = [EOF, TableRow, StepLine, TagLine, ScenarioLine, RuleLine, Comment, Empty];
    private static readonly TokenKind[] ScenarioStep = [EOF, TableRow, DocStringSeparator, StepLine, TagLine, ExamplesLine, ScenarioLine, RuleLine, Comment, Empty];
    private static readonly TokenKind[] ScenarioDocString = [EOF, TableRow, StepLine, TagLine, ExamplesLine, ScenarioLine, RuleLine, Comment, Empty];

    private static readonly int[] Masks = MakeMasks();

    public static bool Accepts(ParserState state, TokenKind kind) => (Masks[(int)state] & (1 << (int)kind)) != 0;

    private static int[] MakeMasks()
    {
        var masks = new int[(int)ParserState.InDocString + 1];
        for (var state = 0; state < masks.Length; state++)
        {
            foreach (var kind in Expected((ParserState)state))
            {
                masks[state] |= 1 << (int)kind;
            }
        }

        return masks;
    }

    public static TokenKind[] Expected(ParserState state) => state switch
    {
        ParserState.Start => [EOF, Language, TagLine, FeatureLine, Comment, Empty],
        ParserState.Language or ParserState.FeatureTags => AfterTags,
        ParserState.Header => [EOF, Empty, Comment, BackgroundLine, TagLine, ScenarioLine, RuleLine, Other],
        ParserState.HeaderDescription => [EOF, Comment, BackgroundLine, TagLine, ScenarioLine, RuleLine, Other],
        ParserState.Background => [EOF, Empty, Comment, StepLine, TagLine, ScenarioLine, RuleLine, Other],
        ParserState.BackgroundDescription => [EOF, Comment, StepLine, TagLine, ScenarioLine, RuleLine, Other],
        ParserState.BackgroundStep or ParserState.BackgroundTable => BackgroundStep,
        ParserState.BackgroundTableDocString => [EOF, StepLine, TagLine, ScenarioLine, RuleLine, Comment, Empty],
        ParserState.BackgroundDocString or ParserState.BackgroundDocStringTable => BackgroundDocString,
        ParserState.ScenarioTags => [TagLine, ScenarioLine, Comment, Empty],
        ParserState.Scenario => [EOF, Empty, Comment, StepLine, TagLine, ExamplesLine, ScenarioLine, RuleLine, Other],
        ParserState.ScenarioDescription => [EOF, Comment, StepLine, TagLine, ExamplesLine, ScenarioLine, RuleLine, Other],
        ParserState.ScenarioStep or ParserState.ScenarioTable => ScenarioStep,
        ParserState.ScenarioTableDocString => [EOF, StepLine, TagLine, ExamplesLine, ScenarioLine, RuleLine, Comment, Empty],
        ParserState.ScenarioDocString or ParserState.ScenarioDocStringTable => ScenarioDocString,
        ParserState.ExamplesTags => [TagLine, ExamplesLine, Comment, Empty],
        ParserState.Examples => [EOF, Empty, Comment, TableRow, TagLine, ExamplesLine, ScenarioLine, RuleLine, Other],
        ParserState.ExamplesDescription => [EOF, Comment, TableRow, TagLine, ExamplesLine, ScenarioLine, RuleLine, Other],
        ParserState.ExamplesTable => [EOF, TableRow, TagLine, ExamplesLine, ScenarioLine, RuleLine, Comment, Empty],
        ParserState.RuleTags => [TagLine, RuleLine, Comment, Empty],
        _ => [DocStringSeparator, Other],
    };
}
