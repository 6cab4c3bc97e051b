using System.Runtime.ExceptionServices;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Acceptance;

/// <summary>Says in NUnit's terms how a scenario ended, as Reqnroll does.</summary>
internal static class NUnitOutcome
{
    /// <summary>Returns for a scenario that passed, and throws what NUnit makes the result of for any other.</summary>
    public static void Report(ScenarioResult result, ReqnrollSettings settings)
    {
        var message = result.Message ?? $"the scenario is {result.Verdict}";
        switch (result.Status)
        {
            case TestStepResultStatus.Passed when result.Verdict == Verdict.Passed:
                return;
            case TestStepResultStatus.Skipped or TestStepResultStatus.Passed:
                throw new IgnoreException(result.Message ?? "the scenario has nothing to check");
            case TestStepResultStatus.Undefined or TestStepResultStatus.Pending:
                throw Missing(message, settings.MissingOrPendingStepsOutcome);
            case TestStepResultStatus.Ambiguous:
                throw new AmbiguousBindingException(message);
            default:
                ExceptionDispatchInfo.Throw(result.Error ?? new AssertionException(message));
                return;
        }
    }

    private static Exception Missing(string message, MissingStepsOutcome outcome) => outcome switch
    {
        MissingStepsOutcome.Ignore => new IgnoreException(message),
        MissingStepsOutcome.Error => new AssertionException(message),
        _ => new InconclusiveException(message),
    };
}
