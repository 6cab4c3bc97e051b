using System.Globalization;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Says in words why a step or hook was told to stop.</summary>
internal static class Interruptions
{
    /// <param name="why">Why.</param>
    /// <param name="what">The step with its file and line, or the hook.</param>
    public static Outcome ToOutcome(Interruption why, string what)
    {
        var left = why.LeftBehind ? "; it did not stop when told to and was left behind" : string.Empty;
        Exception error = why.Kind switch
        {
            InterruptionKind.StepLimit => new StepTimeoutException(
                $"{what} took longer than its limit of {Seconds(why.Limit)}{left}\n  try: raise the step timeout, or find what it waits for"),
            InterruptionKind.ScenarioLimit => new StepTimeoutException(
                $"{what} was running when the scenario went over its limit of {Seconds(why.Limit)}{left}\n  try: raise the scenario timeout, or find what it waits for"),
            _ => new RunInterruptedException($"the run was interrupted in {what}{left}"),
        };
        return new Outcome(TestStepResultStatus.Failed, error.Message, error);
    }

    private static string Seconds(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds:0.###} s");
}
