using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>An attempt at a scenario.</summary>
public sealed class AttemptRecord
{
    private readonly List<StepRecord> _steps = [];
    private readonly TestCaseStarted _started;

    internal AttemptRecord(TestCaseStarted started)
    {
        _started = started;
    }

    /// <summary>One-based number of the attempt.</summary>
    public int Number => _started.Attempt + 1;

    /// <summary>The steps and hooks that have started, in that order.</summary>
    public IReadOnlyList<StepRecord> Steps => _steps;

    /// <summary>The end of the attempt, or null while it runs.</summary>
    public TestCaseFinished? Finished { get; private set; }

    /// <summary>How long it took; zero while it runs.</summary>
    public TimeSpan Duration => Finished is null ? TimeSpan.Zero : Times.Between(_started.Timestamp, Finished.Timestamp);

    /// <summary>The attempt's verdict, or null while it runs.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>The step that decided the verdict: the first that did not pass, the one it was at when it was cut off; null if all passed.</summary>
    public StepRecord? DecidingStep => Verdict switch
    {
        Scenarios.Verdict.Passed => null,
        Scenarios.Verdict.Skipped =>
            _steps.Find(step => step.Result is { Status: TestStepResultStatus.Skipped, Message: not null })
            ?? _steps.Find(step => step.Verdict == Scenarios.Verdict.Skipped),
        _ => _steps.Find(step => step.Verdict is null or Scenarios.Verdict.Failed or Scenarios.Verdict.Broken),
    };

    internal string Id => _started.Id;

    /// <summary>The step with that id; the newest first, for that is what is asked for.</summary>
    internal StepRecord? Find(string? testStepId) => testStepId is null ? null : _steps.FindLast(step => step.Id == testStepId);

    internal void Add(StepRecord step) => _steps.Add(step);

    internal void Finish(TestCaseFinished finished)
    {
        Finished = finished;
        Verdict = Verdicts.Combine(StepVerdicts());
    }

    private IEnumerable<Verdict?> StepVerdicts()
    {
        foreach (var step in _steps)
        {
            yield return step.Verdict;
        }
    }
}
