using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A scenario of a run and its attempts.</summary>
public sealed class ScenarioRecord
{
    private readonly List<AttemptRecord> _attempts = [];
    private Pickle? _pickle;

    internal ScenarioRecord(RunRecord run, TestCase testCase)
    {
        Run = run;
        TestCase = testCase;
    }

    /// <summary>The scenario as announced, or null when the stream lacks it.</summary>
    public Pickle? Pickle => _pickle ??= Run.PickleOf(TestCase.PickleId);

    /// <summary>An id that is the same in every run of the scenario; the test case's own when the stream lacks the scenario.</summary>
    public string Id => Pickle is null ? TestCase.Id : Run.IdOf(Pickle);

    /// <summary>The scenario's name; empty if it has none.</summary>
    public string Name => Pickle?.Name ?? "";

    /// <summary>Its tags, those of its feature, rule and examples included, each with its <c>@</c>.</summary>
    public IEnumerable<string> Tags => Pickle?.Tags?.Select(tag => tag.Name) ?? [];

    /// <summary>The feature's name; its file when it has none.</summary>
    public string FeatureName => Run.DocumentOf(Pickle?.Uri)?.FeatureName is { Length: > 0 } name ? name : Uri;

    /// <summary>The feature as written, or null when the stream lacks it.</summary>
    public Gherkin.Ast.Feature? Feature => Run.DocumentOf(Pickle?.Uri)?.Feature;

    /// <summary>The rule it stands in, or null.</summary>
    public Gherkin.Ast.Rule? Rule => Ast?.Rule;

    /// <summary>The scenario or outline as written, or null when the stream lacks it.</summary>
    public Gherkin.Ast.Scenario? Source => Ast?.Scenario;

    /// <summary>The feature file; empty when the stream does not tell.</summary>
    public string Uri => Pickle?.Uri ?? "";

    /// <summary>The one-based line of the feature file it stands in; zero when the stream does not tell.</summary>
    public int Line => Pickle switch
    {
        null => 0,

        // Older streams, Reqnroll's among them, leave it out of the pickle.
        { Location.Line: 0 } => Ast?.Scenario.Location.Line ?? 0,
        var pickle => pickle.Location.Line,
    };

    /// <summary>Where the scenario stands: <c>file:line</c>.</summary>
    public string Place => Pickle is null ? "" : Line == 0 ? Uri : string.Create(CultureInfo.InvariantCulture, $"{Uri}:{Line}");

    /// <summary>Its attempts, the first first; none when it never started.</summary>
    public IReadOnlyList<AttemptRecord> Attempts => _attempts;

    /// <summary>The last attempt, or null.</summary>
    public AttemptRecord? Last => _attempts.Count == 0 ? null : _attempts[^1];

    /// <summary>Its last attempt has ended and none follows.</summary>
    public bool HasEnded => Last?.Finished is { WillBeRetried: false };

    /// <summary>Its verdict: that of its last attempt; broken when the run was cut off in it; null when it never started.</summary>
    public Verdict? Verdict => Last is null ? null : HasEnded ? Last.Verdict : Scenarios.Verdict.Broken;

    /// <summary>It passed, but not at the first attempt.</summary>
    public bool IsFlaky => Verdict == Scenarios.Verdict.Passed && _attempts.Count > 1;

    /// <summary>The step that decided, or null.</summary>
    public StepRecord? DecidingStep => HasEnded ? Last!.DecidingStep : RunningStep;

    /// <summary>The step that is running, or null.</summary>
    public StepRecord? RunningStep => Last?.RunningStep;

    /// <summary>What its last attempt measured.</summary>
    public IEnumerable<MeasurementRecord> Measurements => Last?.Measurements ?? [];

    /// <summary>Why it did not pass, in one or more lines; empty if it did.</summary>
    public string Reason => Last switch
    {
        null => "",
        { Finished.WillBeRetried: true } => "the run ended before the scenario did",
        var last => last.Reason,
    };

    internal RunRecord Run { get; }

    internal TestCase TestCase { get; }

    private (Gherkin.Ast.Scenario Scenario, Gherkin.Ast.Rule? Rule)? Ast =>
        Pickle?.AstNodeIds is [var id, ..] ? Run.DocumentOf(Pickle.Uri)?.ScenarioOf(id) : null;

    internal ScenarioRecord Start(TestCaseStarted attempt)
    {
        _attempts.Add(new AttemptRecord(attempt));
        return this;
    }

    internal ScenarioRecord Start(TestStepStarted step)
    {
        Attempt(step.TestCaseStartedId)?.Add(new StepRecord(this, step.TestStepId) { StartedAt = step.Timestamp });
        return this;
    }

    internal ScenarioRecord Finish(TestStepFinished step)
    {
        if (Attempt(step.TestCaseStartedId) is { } attempt)
        {
            var record = attempt.Find(step.TestStepId);
            if (record is null)
            {
                attempt.Add(record = new StepRecord(this, step.TestStepId));
            }

            record.Result = step.TestStepResult;
        }

        return this;
    }

    internal ScenarioRecord Finish(TestCaseFinished attempt)
    {
        Attempt(attempt.TestCaseStartedId)?.Finish(attempt);
        return this;
    }

    internal ScenarioRecord Attach(Attachment attachment)
    {
        Attempt(attachment.TestCaseStartedId)?.Attach(attachment);
        return this;
    }

    internal ScenarioRecord Attach(ExternalAttachment attachment)
    {
        Attempt(attachment.TestCaseStartedId)?.Attach(attachment);
        return this;
    }

    internal AttemptRecord? Attempt(string? id)
    {
        for (var i = _attempts.Count - 1; i >= 0; i--)
        {
            if (_attempts[i].Id == id)
            {
                return _attempts[i];
            }
        }

        return null;
    }
}
