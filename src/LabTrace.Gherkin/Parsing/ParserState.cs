namespace LabTrace.Gherkin.Parsing;

/// <summary>What the parser has read last. Feature and rule share states, for they expect the same.</summary>
internal enum ParserState
{
    Start,
    Language,
    FeatureTags,
    Header,
    HeaderDescription,
    Background,
    BackgroundDescription,
    BackgroundStep,
    BackgroundTable,
    BackgroundTableDocString,
    BackgroundDocString,
    BackgroundDocStringTable,
    ScenarioTags,
    Scenario,
    ScenarioDescription,
    ScenarioStep,
    ScenarioTable,
    ScenarioTableDocString,
    ScenarioDocString,
    ScenarioDocStringTable,
    ExamplesTags,
    Examples,
    ExamplesDescription,
    ExamplesTable,
    RuleTags,
    InDocString,
}
