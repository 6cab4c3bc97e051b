namespace LabTrace.Scenarios;

/// <summary>What a run came to.</summary>
public sealed record RunSummary
{
    /// <summary>Every scenario that ran, in the order they ended.</summary>
    public required IReadOnlyList<ScenarioResult> Scenarios { get; init; }

    /// <summary>How many scenarios passed, flaky ones included.</summary>
    public int Passed => Count(Verdict.Passed);

    /// <summary>How many scenarios found the device not as specified.</summary>
    public int Failed => Count(Verdict.Failed);

    /// <summary>How many scenarios were skipped.</summary>
    public int Skipped => Count(Verdict.Skipped);

    /// <summary>How many scenarios broke, undefined, pending and ambiguous ones included.</summary>
    public int Broken => Count(Verdict.Broken);

    /// <summary>How many scenarios passed only when tried again.</summary>
    public int Flaky => Scenarios.Count(scenario => scenario.IsFlaky);

    /// <summary>How many scenarios have an undefined, ambiguous or pending step: their feature or step code is at fault.</summary>
    public int Unbound => Scenarios.Count(scenario => scenario.Status
        is Messages.TestStepResultStatus.Undefined or Messages.TestStepResultStatus.Ambiguous or Messages.TestStepResultStatus.Pending);

    /// <summary>How many selected scenarios did not run: the run was interrupted, broke, or stopped at the first failure.</summary>
    public int NotRun { get; init; }

    /// <summary>Syntax errors and paths that do not exist; with any of them nothing runs.</summary>
    public required IReadOnlyList<FeatureError> FeatureErrors { get; init; }

    /// <summary>What is wrong with the step code as a whole; with any of it nothing runs.</summary>
    public required IReadOnlyList<Bindings.BindingError> BindingErrors { get; init; }

    /// <summary>What broke the run itself: a run or feature hook, or a report that could not be written. Empty when nothing did.</summary>
    public required IReadOnlyList<RunProblem> Problems { get; init; }

    /// <summary>The run was cut off.</summary>
    public bool Interrupted { get; init; }

    /// <summary>No scenario was selected.</summary>
    public bool NothingSelected { get; init; }

    /// <summary>How long the run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Nothing failed, broke, was undefined, or was cut off. As <c>testRunFinished.success</c>.</summary>
    public bool Success => Failed == 0 && Broken == 0 && Unbound == 0 && !Interrupted
        && Problems.Count == 0 && FeatureErrors.Count == 0 && BindingErrors.Count == 0;

    private int Count(Verdict verdict) => Scenarios.Count(scenario => scenario.Verdict == verdict);
}

/// <summary>Something that broke the run itself.</summary>
/// <param name="What">What it was, for example <c>[BeforeTestRun] Lab.Open (steps/Lab.cs:12)</c> or a report.</param>
/// <param name="Error">Why.</param>
public sealed record RunProblem(string What, Exception Error);
