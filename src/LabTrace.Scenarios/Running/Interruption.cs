namespace LabTrace.Scenarios.Running;

/// <summary>A step or hook was told to stop.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Limit">The limit it went over, if it is one.</param>
/// <param name="LeftBehind">It did not stop: its thread or task was left behind.</param>
internal sealed record Interruption(InterruptionKind Kind, TimeSpan Limit, bool LeftBehind = false);

/// <summary>Why a step or hook was told to stop.</summary>
internal enum InterruptionKind
{
    StepLimit,
    ScenarioLimit,
    RunCancelled,
}
