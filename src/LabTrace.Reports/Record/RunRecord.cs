using LabTrace.Gherkin;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>What a message stream says of a run so far. Works on a live stream and on one read from a file, whole or cut short.</summary>
/// <remarks>
/// One record serves all reports of a run: each applies every message it is given, and only the first to do so changes anything.
/// Takes other Cucumbers' streams too: features announced as they start, places left out, messages empty instead of missing.
/// </remarks>
public sealed class RunRecord
{
    private readonly List<ScenarioRecord> _scenarios = [];
    private readonly List<ParseErrorMessage> _parseErrors = [];
    private readonly List<Suggestion> _suggestions = [];
    private readonly List<RunFault> _faults = [];
    private readonly List<RunHookRecord> _runHooks = [];
    private readonly List<Attachment> _attachments = [];
    private readonly List<ExternalAttachment> _links = [];
    private readonly Dictionary<string, Pickle> _pickles = [];
    private readonly Dictionary<(string Uri, string Name), List<string>> _namesakes = [];
    private readonly Dictionary<string, DocumentIndex> _documents = [];
    private readonly Dictionary<string, HookMessage> _hooks = [];
    private readonly Dictionary<string, RunHookRecord> _byRunHook = [];
    private readonly Dictionary<string, ScenarioRecord> _byTestCase = [];
    private readonly Dictionary<string, ScenarioRecord> _byAttempt = [];
    private Envelope? _applied;
    private ScenarioRecord? _appliedTo;

    /// <summary>The scenarios that are to run or have run, in the order they were announced.</summary>
    public IReadOnlyList<ScenarioRecord> Scenarios => _scenarios;

    /// <summary>Syntax errors in feature files.</summary>
    public IReadOnlyList<ParseErrorMessage> ParseErrors => _parseErrors;

    /// <summary>Snippets for undefined steps.</summary>
    public IReadOnlyList<Suggestion> Suggestions => _suggestions;

    /// <summary>What went wrong outside of scenarios.</summary>
    public IReadOnlyList<RunFault> Faults => _faults;

    /// <summary>The hooks of the run that have started, in that order.</summary>
    public IReadOnlyList<RunHookRecord> Hooks => _runHooks;

    /// <summary>What is attached to the run itself.</summary>
    public IReadOnlyList<Attachment> Attachments => _attachments;

    /// <summary>What is attached to the run itself by link.</summary>
    public IReadOnlyList<ExternalAttachment> Links => _links;

    /// <summary>Who made the stream, once told.</summary>
    public Meta? Meta { get; private set; }

    /// <summary>Where the run runs; null when the stream does not tell, as those of other Cucumbers.</summary>
    public RunEnvironment? Environment { get; private set; }

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

    /// <summary>Takes in the next message. The same message again changes nothing.</summary>
    /// <returns>The scenario that the message is about, or null.</returns>
    public ScenarioRecord? Apply(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);

        if (!ReferenceEquals(envelope, _applied))
        {
            _appliedTo = ApplyNew(envelope);
            _applied = envelope;
        }

        return _appliedTo;
    }

    /// <summary>The scenario that an attempt of that id is at, or null.</summary>
    internal ScenarioRecord? ScenarioOf(string? attemptId) => Find(attemptId);

    internal Pickle? PickleOf(string pickleId) => pickleId is null ? null : _pickles.GetValueOrDefault(pickleId);

    internal string IdOf(Pickle pickle) =>
        ScenarioIds.Of(pickle.Uri, pickle.Name, Math.Max(0, _namesakes.GetValueOrDefault((pickle.Uri, pickle.Name))?.IndexOf(pickle.Id) ?? 0));

    internal DocumentIndex? DocumentOf(string? uri) => uri is null ? null : _documents.GetValueOrDefault(uri);

    internal HookMessage? HookOf(string? hookId) => hookId is null ? null : _hooks.GetValueOrDefault(hookId);

    private ScenarioRecord? ApplyNew(Envelope envelope) => envelope switch
    {
        { TestStepFinished: { } step } => Finish(step),
        { TestStepStarted: { } step } => Find(step.TestCaseStartedId)?.Start(step),
        { TestCaseStarted: { } attempt } => Start(attempt),
        { TestCaseFinished: { } attempt } => Finish(attempt),
        { TestCase: { } testCase } => Announce(testCase),
        { Attachment: { } attachment } => Attach(attachment),
        { ExternalAttachment: { } attachment } => Attach(attachment),
        _ => ApplyRest(envelope),
    };

    private ScenarioRecord? ApplyRest(Envelope envelope)
    {
        switch (envelope)
        {
            case { Meta: { } meta }:
                Meta = meta;
                break;
            case { GherkinDocument: { } document }:
                _documents[document.Uri] = new DocumentIndex(document);
                break;
            case { Pickle: { } pickle }:
                Announce(pickle);
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
                Start(hook);
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

    private void Announce(Pickle pickle)
    {
        _pickles[pickle.Id] = pickle;
        var key = (pickle.Uri, pickle.Name);
        if (!_namesakes.TryGetValue(key, out var ids))
        {
            _namesakes[key] = ids = [];
        }

        ids.Add(pickle.Id);
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

    private ScenarioRecord? Attach(Attachment attachment)
    {
        if (attachment.MediaType == RunEnvironment.MediaType && RunEnvironment.TryParse(attachment.Text()) is { } environment)
        {
            Environment = Environment?.With(environment) ?? environment;
        }

        if (Find(attachment.TestCaseStartedId) is { } scenario)
        {
            return scenario.Attach(attachment);
        }

        if (RunHook(attachment.TestRunHookStartedId) is { } hook)
        {
            hook.Attach(attachment);
        }
        else
        {
            _attachments.Add(attachment);
        }

        return null;
    }

    private ScenarioRecord? Attach(ExternalAttachment attachment)
    {
        if (Find(attachment.TestCaseStartedId) is { } scenario)
        {
            return scenario.Attach(attachment);
        }

        if (RunHook(attachment.TestRunHookStartedId) is { } hook)
        {
            hook.Attach(attachment);
        }
        else
        {
            _links.Add(attachment);
        }

        return null;
    }

    private void Start(TestRunHookStarted started)
    {
        LastTime = started.Timestamp;
        var hook = new RunHookRecord(this, started);
        _runHooks.Add(hook);
        _byRunHook[started.Id] = hook;
    }

    private void Finish(TestRunHookFinished finished)
    {
        LastTime = finished.Timestamp;
        var hook = RunHook(finished.TestRunHookStartedId);
        hook?.Finished = finished;
        if (finished.Result.Status is not (TestStepResultStatus.Passed or TestStepResultStatus.Skipped))
        {
            _faults.Add(new RunFault(
                hook?.Sentence ?? "a run hook", hook?.Place, finished.Result.Explanation ?? finished.Result.Status.ToString()));
        }
    }

    private void Finish(TestRunFinished finished)
    {
        Finished = finished;
        LastTime = finished.Timestamp;
        var message = string.IsNullOrWhiteSpace(finished.Message) ? finished.Exception?.Message : finished.Message;
        if (!string.IsNullOrWhiteSpace(message))
        {
            _faults.Add(new RunFault("the run", null, message));
        }
    }

    private ScenarioRecord? Find(string? attemptId) => attemptId is null ? null : _byAttempt.GetValueOrDefault(attemptId);

    private RunHookRecord? RunHook(string? startedId) => startedId is null ? null : _byRunHook.GetValueOrDefault(startedId);
}
