using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A scenario of a run and its attempts.</summary>
public sealed class ScenarioRecord
{
    private readonly List<AttemptRecord> _attempts = [];

    internal ScenarioRecord(RunRecord run, TestCase testCase)
    {
        Run = run;
        TestCase = testCase;
        Pickle = run.PickleOf(testCase.PickleId);
    }

    /// <summary>The scenario as announced, or null when the stream lacks it.</summary>
    public Pickle? Pickle { get; }

    /// <summary>The scenario's name; empty if it has none.</summary>
    public string Name => Pickle?.Name ?? "";

    /// <summary>The feature's name; its file when it has none.</summary>
    public string FeatureName => Run.DocumentOf(Pickle?.Uri)?.FeatureName is { Length: > 0 } name ? name : Uri;

    /// <summary>The feature file; empty when the stream does not tell.</summary>
    public string Uri => Pickle?.Uri ?? "";

    /// <summary>Where the scenario stands: <c>file:line</c>.</summary>
    public string Place => Pickle is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Pickle.Uri}:{Pickle.Location.Line}");

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
    public StepRecord? RunningStep => Last?.Finished is null && Last?.Steps is [.., { Result: null } step] ? step : null;

    /// <summary>Why it did not pass, in one or more lines; empty if it did.</summary>
    public string Reason
    {
        get
        {
            if (Verdict is null or Scenarios.Verdict.Passed)
            {
                return "";
            }

            if (!HasEnded)
            {
                return RunningStep is { } running
                    ? $"the run ended while this step was running: {running.Sentence}"
                    : "the run ended before the scenario did";
            }

            var step = DecidingStep;
            var result = step?.Result;
            return result?.Status switch
            {
                null when step is null => "it has no steps",
                null => "the step never ended",
                TestStepResultStatus.Undefined => result.Message ?? $"no step definition matches: {step!.Sentence}",
                TestStepResultStatus.Ambiguous => result.Message ?? $"several step definitions match: {step!.Sentence}",
                TestStepResultStatus.Pending => result.Message ?? "the step is not implemented yet",
                TestStepResultStatus.Skipped => result.Message ?? "no reason given",
                _ => result.Message ?? result.Exception?.Message ?? result.Exception?.Type ?? "no message",
            };
        }
    }

    internal RunRecord Run { get; }

    internal TestCase TestCase { get; }

    internal ScenarioRecord Start(TestCaseStarted attempt)
    {
        _attempts.Add(new AttemptRecord(attempt));
        return this;
    }

    internal ScenarioRecord Start(TestStepStarted step)
    {
        Attempt(step.TestCaseStartedId)?.Add(new StepRecord(this, step.TestStepId));
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
        Attempt(attachment.TestCaseStartedId)?.Find(attachment.TestStepId)?.Attach(attachment);
        return this;
    }

    internal ScenarioRecord Attach(ExternalAttachment attachment)
    {
        Attempt(attachment.TestCaseStartedId)?.Find(attachment.TestStepId)?.Attach(attachment);
        return this;
    }

    private AttemptRecord? Attempt(string? id) => _attempts.FindLast(attempt => attempt.Id == id);
}
