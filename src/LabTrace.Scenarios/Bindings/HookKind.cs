namespace LabTrace.Scenarios.Bindings;

/// <summary>What a hook wraps, and on which side.</summary>
public enum HookKind
{
    /// <summary>Before the run.</summary>
    BeforeTestRun,

    /// <summary>After the run.</summary>
    AfterTestRun,

    /// <summary>Before a feature.</summary>
    BeforeFeature,

    /// <summary>After a feature.</summary>
    AfterFeature,

    /// <summary>Before a scenario.</summary>
    BeforeScenario,

    /// <summary>After a scenario.</summary>
    AfterScenario,

    /// <summary>Before steps of one kind.</summary>
    BeforeScenarioBlock,

    /// <summary>After steps of one kind.</summary>
    AfterScenarioBlock,

    /// <summary>Before a step.</summary>
    BeforeStep,

    /// <summary>After a step.</summary>
    AfterStep,
}
