using LabTrace.Gherkin;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Running;

/// <summary>A pickle with everything it is bound to.</summary>
internal sealed class ScenarioPlan
{
    public required Pickle Pickle { get; init; }

    public required FeatureRun Feature { get; init; }

    public required ScenarioTraits Traits { get; init; }

    public required TestCase TestCase { get; init; }

    public required HooksOfScenario Hooks { get; init; }

    public required PlannedStep[] Steps { get; init; }

    public required bool IsIgnored { get; init; }

    /// <summary>Hooks and steps as in <see cref="TestCase"/>.</summary>
    public int UnitCount => Hooks.BeforeScenario.Length + Steps.Length + Hooks.AfterScenario.Length;
}

/// <summary>A step and what it is bound to.</summary>
internal readonly record struct PlannedStep(PickleStep Step, StepDefinitionType Kind, StepMatch Match, bool StartsBlock, bool EndsBlock);

/// <summary>The hooks that apply to a scenario, in the order they run.</summary>
internal sealed record HooksOfScenario(
    Hook[] BeforeScenario, Hook[] AfterScenario, Hook[] BeforeBlock, Hook[] AfterBlock, Hook[] BeforeStep, Hook[] AfterStep)
{
    public bool AroundSteps => BeforeBlock.Length + AfterBlock.Length + BeforeStep.Length + AfterStep.Length > 0;
}
