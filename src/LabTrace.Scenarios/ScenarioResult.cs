using LabTrace.Gherkin;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios;

/// <summary>How a scenario ended, all attempts together.</summary>
public sealed record ScenarioResult
{
    /// <summary>The scenario.</summary>
    public required Pickle Pickle { get; init; }

    /// <summary>What the run says of it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The status of the step that decided; passed if all did.</summary>
    public required TestStepResultStatus Status { get; init; }

    /// <summary>Why it did not pass, or null. For undefined, pending and ignored scenarios in Reqnroll's words.</summary>
    public string? Message { get; init; }

    /// <summary>What the deciding step or hook threw, or null.</summary>
    public Exception? Error { get; init; }

    /// <summary>The deciding step with its keyword, or hook, or null.</summary>
    public string? Step { get; init; }

    /// <summary>Where the deciding step stands: <c>file:line</c>, or null.</summary>
    public string? StepLocation { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>It passed, but not at the first attempt.</summary>
    public bool IsFlaky => Verdict == Verdict.Passed && Attempts > 1;

    /// <summary>How long the last attempt took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Step trace and output of the last attempt if <see cref="RunOptions.CollectLog"/> asks for it, else empty.</summary>
    public string Log { get; init; } = string.Empty;
}
