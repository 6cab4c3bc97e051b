using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>An attempt at a scenario.</summary>
public sealed class AttemptRecord
{
    private readonly List<StepRecord> _steps = [];
    private readonly TestCaseStarted _started;
    private List<Attachment>? _attachments;
    private List<ExternalAttachment>? _links;
    private bool _hasAttachments;
    private bool _hasLinks;

    internal AttemptRecord(TestCaseStarted started)
    {
        _started = started;
    }

    /// <summary>One-based number of the attempt.</summary>
    public int Number => _started.Attempt + 1;

    /// <summary>When it started.</summary>
    public Timestamp StartedAt => _started.Timestamp;

    /// <summary>The worker that ran it, when there are several.</summary>
    public string? WorkerId => _started.WorkerId;

    /// <summary>The steps and hooks that have started, in that order.</summary>
    public IReadOnlyList<StepRecord> Steps => _steps;

    /// <summary>What is attached to the attempt and to none of its steps.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments ?? [];

    /// <summary>What is attached to the attempt by link and to none of its steps.</summary>
    public IReadOnlyList<ExternalAttachment> Links => _links ?? [];

    /// <summary>Everything attached to it and to its steps, in the order of the steps.</summary>
    public IEnumerable<Attachment> AllAttachments => !_hasAttachments ? [] : Attachments.Concat(_steps.SelectMany(step => step.Attachments));

    /// <summary>Everything attached by link to it and to its steps, in the order of the steps.</summary>
    public IEnumerable<ExternalAttachment> AllLinks => !_hasLinks ? [] : Links.Concat(_steps.SelectMany(step => step.Links));

    /// <summary>What its steps measured.</summary>
    public IEnumerable<MeasurementRecord> Measurements => !_hasAttachments ? [] : MeasurementRecord.Of(AllAttachments);

    /// <summary>Tests that programs reported by themselves while its steps ran them.</summary>
    public IEnumerable<SubtestRecord> Subtests => !_hasAttachments ? [] : SubtestRecord.Of(AllAttachments);

    /// <summary>The end of the attempt, or null while it runs, and for ever when the run was cut off in it.</summary>
    public TestCaseFinished? Finished { get; private set; }

    /// <summary>How long it took; zero while it runs.</summary>
    public TimeSpan Duration => Finished is null ? TimeSpan.Zero : Times.Between(_started.Timestamp, Finished.Timestamp);

    /// <summary>The attempt's verdict, or null while it runs.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>
    /// The step that decided the verdict: the first that did not pass, the one it was at when it was cut off; null if all passed.
    /// </summary>
    public StepRecord? DecidingStep => Verdict switch
    {
        Scenarios.Verdict.Passed => null,
        Scenarios.Verdict.Skipped =>
            _steps.Find(step => step.Verdict == Scenarios.Verdict.Skipped && step.Result!.Explanation is not null)
            ?? _steps.Find(step => step.Verdict == Scenarios.Verdict.Skipped),
        null => RunningStep,
        _ => _steps.Find(step => step.Verdict is null or Scenarios.Verdict.Failed or Scenarios.Verdict.Broken),
    };

    /// <summary>The step that is running, or was when the run was cut off; null when there is none.</summary>
    public StepRecord? RunningStep => Finished is null && _steps is [.., { Result: null } step] ? step : null;

    /// <summary>Why it did not pass, in one or more lines; empty if it did.</summary>
    public string Reason
    {
        get
        {
            if (Verdict == Scenarios.Verdict.Passed)
            {
                return "";
            }

            if (Finished is null)
            {
                return RunningStep is { } running
                    ? $"the run ended while this step was running: {running.Sentence}"
                    : "the run ended before the scenario did";
            }

            return DecidingStep switch
            {
                null => "it has no steps",
                { Result: null } => "the step never ended",
                var step => step.Reason,
            };
        }
    }

    internal string Id => _started.Id;

    /// <summary>The step with that id; the newest first, for that is what is asked for.</summary>
    internal StepRecord? Find(string? testStepId)
    {
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            if (_steps[i].Id == testStepId)
            {
                return _steps[i];
            }
        }

        return null;
    }

    internal void Add(StepRecord step) => _steps.Add(step);

    internal void Attach(Attachment attachment)
    {
        _hasAttachments = true;
        if (Find(attachment.TestStepId) is { } step)
        {
            step.Attach(attachment);
        }
        else
        {
            (_attachments ??= []).Add(attachment);
        }
    }

    internal void Attach(ExternalAttachment attachment)
    {
        _hasLinks = true;
        if (Find(attachment.TestStepId) is { } step)
        {
            step.Attach(attachment);
        }
        else
        {
            (_links ??= []).Add(attachment);
        }
    }

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
