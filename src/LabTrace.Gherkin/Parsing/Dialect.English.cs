namespace LabTrace.Gherkin.Parsing;

internal sealed partial class Dialect
{
    /// <summary>English, written down here so that the usual feature reads no JSON.</summary>
    public static Dialect English { get; } = From("en", key => key switch
    {
        "feature" => ["Feature", "Business Need", "Ability"],
        "rule" => ["Rule"],
        "background" => ["Background"],
        "scenario" => ["Example", "Scenario"],
        "scenarioOutline" => ["Scenario Outline", "Scenario Template"],
        "examples" => ["Examples", "Scenarios"],
        "given" => ["* ", "Given "],
        "when" => ["* ", "When "],
        "then" => ["* ", "Then "],
        "and" => ["* ", "And "],
        "but" => ["* ", "But "],
        _ => [],
    });
}
