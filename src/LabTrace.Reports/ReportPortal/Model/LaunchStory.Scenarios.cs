using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Scenarios, their attempts, steps and hooks.</summary>
internal sealed partial class LaunchStory
{
    private const string SystemIssue = "SI001";
    private const string AutomationBug = "AB001";
    private const string NoIssue = "NOT_ISSUE";

    private void Start(TestCaseStarted started)
    {
        if (_run.ScenarioOf(started.Id) is not { } scenario)
        {
            return;
        }

        var start = At(started.Timestamp);
        var feature = FeatureOf(scenario, start);
        var id = _ids.Of("attempt", started.Id);
        var retryOf = _lastAttempts.TryGetValue(started.TestCaseId, out var last) ? last : (Guid?)null;
        var item = new OpenItem(id, feature.Item.Id, _ids.Of("lane", started.TestCaseId), Math.Max(start, feature.Item.Start));
        _lastAttempts[started.TestCaseId] = id;
        _attempts[started.Id] = new OpenAttempt(item, feature);
        var pickle = scenario.Pickle;
        var identity = pickle is null ? null : ScenarioIdentity.Of(pickle, IdentitiesOf(pickle.Uri));
        _ = _body.Begin()
            .Text("name", PortalText.Name(scenario.Name, PortalText.ItemName))
            .Text("description", scenario.Name.Length > PortalText.ItemName ? PortalText.Lines(scenario.Name) : null)
            .Moment("startTime", item.Start)
            .Text("type", "STEP")
            .Text("codeRef", identity?.CodeRef)
            .Text("testCaseId", identity?.TestCaseId)
            .Flag("hasStats", value: true)
            .Parameters(identity?.Parameters ?? [])
            .Attributes((pickle?.Tags ?? []).Select(tag => AttributeOf(tag.Name)));
        if (retryOf is not null)
        {
            _ = _body.Flag("retry", value: true);
        }

        AddStart(item, retryOf);
    }

    private void Start(TestStepStarted started)
    {
        if (!_attempts.TryGetValue(started.TestCaseStartedId, out var attempt) || StepOf(started.TestCaseStartedId, started.TestStepId) is not { } step)
        {
            return;
        }

        var id = _ids.Of("step", started.TestCaseStartedId + " " + started.TestStepId);
        var item = new OpenItem(id, attempt.Item.Id, attempt.Item.Lane, Math.Max(At(started.Timestamp), attempt.Item.Start))
        {
            // Every scenario has hooks that tell nothing; a hook is told of when there is something to tell.
            StartLate = step.IsHook ? late => StartStep(late, step) : null,
        };
        attempt.Steps[started.TestStepId] = item;
        if (!step.IsHook)
        {
            StartStep(item, step);
        }
    }

    private void StartStep(OpenItem item, StepRecord step)
    {
        var sentence = step.Sentence;
        _ = _body.Begin()
            .Text("name", PortalText.Name(sentence, PortalText.ItemName))
            .Text("description", sentence.Length > PortalText.ItemName ? PortalText.Lines(sentence) : null)
            .Moment("startTime", item.Start)
            .Text("type", step.IsHook ? TypeOfHook(step) : "STEP")
            .Flag("hasStats", value: false);
        AddStart(item);
        if (step.Argument is { } argument)
        {
            Log(item, item.Start, "INFO", TextOf(argument));
        }
    }

    private void Finish(TestStepFinished finished)
    {
        if (!_attempts.TryGetValue(finished.TestCaseStartedId, out var attempt)
            || !attempt.Steps.Remove(finished.TestStepId, out var item)
            || StepOf(finished.TestCaseStartedId, finished.TestStepId) is not { } step)
        {
            return;
        }

        var (result, end) = (finished.TestStepResult, At(finished.Timestamp));
        var isNotable = result.Status is not TestStepResultStatus.Passed && !(step.IsHook && result is { Status: TestStepResultStatus.Skipped, Message: null });
        if (isNotable)
        {
            Tell(item, end, result);
        }

        if (item.IsStarted)
        {
            FinishItem(item, end, StatusOf(result));
        }
    }

    private void Finish(TestCaseFinished finished)
    {
        if (!_attempts.Remove(finished.TestCaseStartedId, out var attempt) || _run.ScenarioOf(finished.TestCaseStartedId) is not { } scenario)
        {
            return;
        }

        var end = At(finished.Timestamp);
        foreach (var step in attempt.Steps.Values.Where(step => step.IsStarted))
        {
            FinishItem(step, end, "INTERRUPTED");
        }

        var record = scenario.Attempt(finished.TestCaseStartedId);
        var verdict = record?.Verdict ?? Verdict.Broken;
        var reason = record?.Reason ?? "";
        var comment = PortalText.Lines(reason);
        switch (verdict)
        {
            case Verdict.Passed:
                FinishItem(attempt.Item, end, "PASSED");
                break;
            case Verdict.Skipped:
                // What the place lacks is nobody's defect.
                Log(attempt.Item, end, "WARN", reason);
                FinishItem(attempt.Item, end, "SKIPPED", NoIssue, comment);
                break;
            case Verdict.Failed:
                Log(attempt.Item, end, "ERROR", WithStep(record, reason));
                FinishItem(attempt.Item, end, "FAILED");
                break;
            default:
                // The lab's or the feature's fault, and not to be counted against the device.
                Log(attempt.Item, end, "ERROR", WithStep(record, reason));
                FinishItem(attempt.Item, end, "FAILED", IsOfFeature(record) ? AutomationBug : SystemIssue, comment);
                break;
        }

        if (!finished.WillBeRetried)
        {
            EndScenario(attempt.Feature, scenario, end);
        }
    }

    /// <summary>A feature all of whose announced scenarios have ended, ends; others wait for the end of the run.</summary>
    private void EndScenario(OpenFeature feature, ScenarioRecord scenario, long end)
    {
        feature.Ended++;
        var isAnnounced = _run.Scenarios.Count >= _run.PickleCount;
        if (isAnnounced && feature.Ended >= feature.Planned)
        {
            FinishItem(feature.Item, end, status: null);
            _ = _openFeatures.Remove(scenario.Uri);
        }
    }

    private void Start(TestRunHookStarted started)
    {
        var id = _ids.Of("run hook", started.Id);
        _runHooks[started.Id] = new OpenItem(id, null, id, At(started.Timestamp))
        {
            StartLate = late =>
            {
                var hook = _run.HookOf(started.HookId);
                _ = _body.Begin()
                    .Text("name", PortalText.Name(hook is null ? "a run hook" : HookNames.SentenceOf(hook), PortalText.ItemName))
                    .Moment("startTime", late.Start)
                    .Text("type", hook?.Type == HookMessageType.AfterTestRun ? "AFTER_SUITE" : "BEFORE_SUITE")
                    .Text("codeRef", hook is null ? null : HookNames.PlaceOf(hook));
                AddStart(late);
            },
        };
    }

    /// <summary>A module that did not load before the run is a red item of its own, whatever the scenarios then say.</summary>
    private void Finish(TestRunHookFinished finished)
    {
        if (!_runHooks.Remove(finished.TestRunHookStartedId, out var item))
        {
            return;
        }

        var (result, end) = (finished.Result, At(finished.Timestamp));
        if (result.Status is not (TestStepResultStatus.Passed or TestStepResultStatus.Skipped))
        {
            Tell(item, end, result);
        }

        if (item.IsStarted)
        {
            var status = StatusOf(result);
            var issue = status switch { "FAILED" => SystemIssue, "SKIPPED" => NoIssue, _ => null };
            FinishItem(item, end, status, issue, issue is null ? null : PortalText.Lines(result.Message ?? result.Exception?.Message));
        }
    }

    private static string StatusOf(TestStepResult result) => result.Status switch
    {
        TestStepResultStatus.Passed => "PASSED",
        TestStepResultStatus.Skipped => "SKIPPED",
        TestStepResultStatus.Unknown => "INTERRUPTED",
        _ => "FAILED",
    };

    private static string TypeOfHook(StepRecord step) =>
        step.Sentence.StartsWith("[After", StringComparison.Ordinal) ? "AFTER_METHOD" : "BEFORE_METHOD";

    private static bool IsOfFeature(AttemptRecord? attempt) =>
        attempt?.DecidingStep?.Result?.Status is TestStepResultStatus.Undefined or TestStepResultStatus.Ambiguous or TestStepResultStatus.Pending;

    private static string WithStep(AttemptRecord? attempt, string reason) =>
        attempt?.DecidingStep is not { } step ? reason : step.Place is null ? $"{step.Sentence}\n{reason}" : $"{step.Sentence}  ({step.Place})\n{reason}";

    private Dictionary<string, ScenarioIdentity>? IdentitiesOf(string uri)
    {
        if (!_identities.TryGetValue(uri, out var identities) && _features.TryGetValue(uri, out var feature))
        {
            _identities[uri] = identities = ScenarioIdentity.AllOf(uri, feature);
        }

        return identities;
    }

    private StepRecord? StepOf(string attemptId, string testStepId) => _run.ScenarioOf(attemptId)?.Attempt(attemptId)?.Find(testStepId);
}
