using LabTrace.Gherkin;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>What a message stream says of a run so far. Works on a live stream and on one read from a file, whole or cut short.</summary>
public sealed class RunRecord
{
    private readonly List<ScenarioRecord> _scenarios = [];
    private readonly List<ParseErrorMessage> _parseErrors = [];
    private readonly List<Suggestion> _suggestions = [];
    private readonly List<RunFault> _faults = [];
    private readonly Dictionary<string, Pickle> _pickles = [];
    private readonly Dictionary<string, DocumentIndex> _documents = [];
    private readonly Dictionary<string, HookMessage> _hooks = [];
    private readonly Dictionary<string, string> _runHooks = [];
    private readonly Dictionary<string, ScenarioRecord> _byTestCase = [];
    private readonly Dictionary<string, ScenarioRecord> _byAttempt = [];

    /// <summary>The scenarios that are to run or have run, in the order they were announced.</summary>
    public IReadOnlyList<ScenarioRecord> Scenarios => _scenarios;

    /// <summary>Syntax errors in feature files.</summary>
    public IReadOnlyList<ParseErrorMessage> ParseErrors => _parseErrors;

    /// <summary>Snippets for undefined steps.</summary>
    public IReadOnlyList<Suggestion> Suggestions => _suggestions;

    /// <summary>What went wrong outside of scenarios.</summary>
    public IReadOnlyList<RunFault> Faults => _faults;

    /// <summary>Number of executable scenarios in the feature files, those that were not selected included.</summary>
    public int PickleCount => _pickles.Count;

    /// <summary>The start of the run, once it has started.</summary>
    public TestRunStarted? Started { get; private set; }

    /// <summary>The end of the run; null while it runs, and for ever when it was killed.</summary>
    public TestRunFinished? Finished { get; private set; }

    /// <summary>How long the run took, or has taken up to the last message with a time.</summary>
    public TimeSpan Duration => Started is null || LastTime is null ? TimeSpan.Zero : Times.Between(Started.Timestamp, LastTime.Value);

    /// <summary>Scenarios that never started: the run was interrupted, broke, or stopped at the first failure.</summary>
    public IEnumerable<ScenarioRecord> NotRun => _scenarios.Where(scenario => scenario.Attempts.Count == 0);

    private Timestamp? LastTime { get; set; }

    /// <summary>Takes in the next message.</summary>
    /// <returns>The scenario that the message is about, or null.</returns>
    public ScenarioRecord? Apply(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);

        return envelope switch
        {
            { TestStepFinished: { } step } => Finish(step),
            { TestStepStarted: { } step } => Find(step.TestCaseStartedId)?.Start(step),
            { TestCaseStarted: { } attempt } => Start(attempt),
            { TestCaseFinished: { } attempt } => Finish(attempt),
            { TestCase: { } testCase } => Announce(testCase),
            { Attachment: { } attachment } => Find(attachment.TestCaseStartedId)?.Attach(attachment),
            { ExternalAttachment: { } attachment } => Find(attachment.TestCaseStartedId)?.Attach(attachment),
            _ => ApplyRest(envelope),
        };
    }

    internal Pickle? PickleOf(string pickleId) => _pickles.GetValueOrDefault(pickleId);

    internal DocumentIndex? DocumentOf(string? uri) => uri is null ? null : _documents.GetValueOrDefault(uri);

    internal HookMessage? HookOf(string? hookId) => hookId is null ? null : _hooks.GetValueOrDefault(hookId);

    private ScenarioRecord? ApplyRest(Envelope envelope)
    {
        switch (envelope)
        {
            case { GherkinDocument: { } document }:
                _documents[document.Uri] = new DocumentIndex(document);
                break;
            case { Pickle: { } pickle }:
                _pickles[pickle.Id] = pickle;
                break;
            case { Hook: { } hook }:
                _hooks[hook.Id] = hook;
                break;
            case { ParseError: { } error }:
                _parseErrors.Add(error);
                break;
            case { Suggestion: { } suggestion }:
                _suggestions.Add(suggestion);
                break;
            case { TestRunStarted: { } started }:
                Started = started;
                LastTime = started.Timestamp;
                break;
            case { TestRunHookStarted: { } hook }:
                _runHooks[hook.Id] = hook.HookId;
                break;
            case { TestRunHookFinished: { } hook }:
                Finish(hook);
                break;
            case { TestRunFinished: { } finished }:
                Finish(finished);
                break;
        }

        return null;
    }

    private ScenarioRecord Announce(TestCase testCase)
    {
        var scenario = new ScenarioRecord(this, testCase);
        _scenarios.Add(scenario);
        _byTestCase[testCase.Id] = scenario;
        return scenario;
    }

    private ScenarioRecord? Start(TestCaseStarted attempt)
    {
        LastTime = attempt.Timestamp;
        if (!_byTestCase.TryGetValue(attempt.TestCaseId, out var scenario))
        {
            return null;
        }

        _byAttempt[attempt.Id] = scenario;
        return scenario.Start(attempt);
    }

    private ScenarioRecord? Finish(TestStepFinished step)
    {
        LastTime = step.Timestamp;
        return Find(step.TestCaseStartedId)?.Finish(step);
    }

    private ScenarioRecord? Finish(TestCaseFinished attempt)
    {
        LastTime = attempt.Timestamp;
        return Find(attempt.TestCaseStartedId)?.Finish(attempt);
    }

    private void Finish(TestRunHookFinished hook)
    {
        LastTime = hook.Timestamp;
        if (hook.Result.Status is not (TestStepResultStatus.Passed or TestStepResultStatus.Skipped))
        {
            var message = HookOf(_runHooks.GetValueOrDefault(hook.TestRunHookStartedId));
            _faults.Add(new RunFault(
                message is null ? "a run hook" : HookNames.SentenceOf(message),
                message is null ? null : HookNames.PlaceOf(message),
                hook.Result.Message ?? hook.Result.Exception?.Message ?? hook.Result.Status.ToString()));
        }
    }

    private void Finish(TestRunFinished finished)
    {
        Finished = finished;
        LastTime = finished.Timestamp;
        if ((finished.Message ?? finished.Exception?.Message) is { } message)
        {
            _faults.Add(new RunFault("the run", null, message));
        }
    }

    private ScenarioRecord? Find(string? attemptId) => attemptId is null ? null : _byAttempt.GetValueOrDefault(attemptId);
}
