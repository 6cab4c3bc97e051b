using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Running;

/// <summary>What Reqnroll says of outcomes that are no exception's.</summary>
internal static class OutcomeMessages
{
    private const string NoDefinition = "No matching step definition found for one or more steps.";
    private const string NotImplemented = "One or more step definitions are not implemented yet.";

    public static string Undefined(string snippet) => $"{NoDefinition}\n{snippet}";

    public static string Ambiguous(StepDefinitionType kind, string text, StepMatch match) =>
        $"Ambiguous step definitions found for step '{kind} {text}': "
        + string.Join(", ", match.Candidates.Select(candidate => candidate.Definition.Source.File is null
            ? candidate.Definition.Call.Signature
            : $"{candidate.Definition.Call.Signature} ({candidate.Definition.Source})"));

    public static string? Of(TestStepResultStatus status, Outcome outcome) => status switch
    {
        TestStepResultStatus.Passed => null,
        TestStepResultStatus.Pending when outcome.Error is PendingStepException { Message: NotImplemented } or null => NotImplemented,
        TestStepResultStatus.Pending => outcome.Message,
        _ => outcome.Message,
    };

    public static ScenarioExecutionStatus StatusOf(TestStepResultStatus status) => status switch
    {
        TestStepResultStatus.Passed => ScenarioExecutionStatus.OK,
        TestStepResultStatus.Pending => ScenarioExecutionStatus.StepDefinitionPending,
        TestStepResultStatus.Undefined => ScenarioExecutionStatus.UndefinedStep,
        TestStepResultStatus.Ambiguous => ScenarioExecutionStatus.BindingError,
        TestStepResultStatus.Skipped => ScenarioExecutionStatus.Skipped,
        _ => ScenarioExecutionStatus.TestError,
    };
}
