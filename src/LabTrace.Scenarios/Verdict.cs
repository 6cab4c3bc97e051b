using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios;

/// <summary>What a run says of a scenario, kept apart to the last report.</summary>
public enum Verdict
{
    /// <summary>It was checked, and it holds.</summary>
    Passed,

    /// <summary>The device is not as specified.</summary>
    Failed,

    /// <summary>The lab lacks something the scenario needs; the reason names it.</summary>
    Skipped,

    /// <summary>The lab or LabTrace broke, or the feature's steps are undefined, pending or ambiguous: nothing is known of the device.</summary>
    Broken,
}

/// <summary>Tells a verdict from what the message stream holds, so that a report made later says the same.</summary>
public static class Verdicts
{
    private static readonly string[] AssertionTypes =
    [
        "NUnit.Framework.AssertionException",
        "NUnit.Framework.MultipleAssertException",
        "Xunit.Sdk.XunitException",
        "Microsoft.VisualStudio.TestTools.UnitTesting.AssertFailedException",
        "FluentAssertions.Execution.AssertionFailedException",
        "Reqnroll.ComparisonException",
    ];

    /// <summary>Tells failed from broken: only an assertion speaks of the device.</summary>
    /// <param name="exceptionType">Name of the exception's type, or null when the stream does not tell; Reqnroll leaves the namespace out.</param>
    /// <param name="stackTrace">Its stack, or null: where the namespace is left out, the library that threw is told from it.</param>
    public static bool IsAssertion(string? exceptionType, string? stackTrace = null) =>
        exceptionType is not null
        && (AssertionTypes.Contains(exceptionType, StringComparer.Ordinal)
            || exceptionType.StartsWith("Xunit.Sdk.", StringComparison.Ordinal)
            || (!exceptionType.Contains('.', StringComparison.Ordinal) && IsAssertionByShortName(exceptionType, stackTrace)));

    /// <summary>The verdict one step's result speaks for, or null for a step that says nothing (unknown).</summary>
    public static Verdict? Of(TestStepResult result) => result.Status switch
    {
        TestStepResultStatus.Passed => Verdict.Passed,
        TestStepResultStatus.Skipped => Verdict.Skipped,
        TestStepResultStatus.Failed => IsAssertion(result.Exception?.Type, result.Exception?.StackTrace) ? Verdict.Failed : Verdict.Broken,
        TestStepResultStatus.Pending or TestStepResultStatus.Undefined or TestStepResultStatus.Ambiguous => Verdict.Broken,
        _ => null,
    };

    /// <summary>The verdict of an attempt from its steps' results in order: the first failed or broken step decides, else a skipped one.</summary>
    /// <remarks>
    /// After a lab that broke, a later finding is doubtful; after a finding, a clean-up that breaks does not undo it. An attempt
    /// with nothing to check is skipped: green means checked.
    /// </remarks>
    public static Verdict Combine(IEnumerable<Verdict?> steps)
    {
        Verdict? combined = null;
        foreach (var step in steps)
        {
            switch (step)
            {
                case null:
                    return Verdict.Broken;
                case Verdict.Failed or Verdict.Broken:
                    return step.Value;
                case Verdict.Skipped:
                    combined = Verdict.Skipped;
                    break;
                default:
                    combined ??= Verdict.Passed;
                    break;
            }
        }

        return combined ?? Verdict.Skipped;
    }

    private static bool IsAssertionByShortName(string name, string? stackTrace) =>
        Array.Exists(AssertionTypes, type => type.EndsWith(name, StringComparison.Ordinal) && type[^(name.Length + 1)] == '.')
        || (stackTrace is not null && stackTrace.AsSpan().TrimStart().StartsWith("at Xunit.Assert.", StringComparison.Ordinal));
}
