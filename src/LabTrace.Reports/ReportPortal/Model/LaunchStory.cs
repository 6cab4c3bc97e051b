using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Reports.Record;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Spooling;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Tells a run as ReportPortal sees it: a feature is a SUITE, a scenario a STEP, its steps are nested below it.</summary>
/// <remarks>
/// Entries come in an order in which they may be made one after the other. What a launch is told of the place it ran at comes as
/// attachments of the run, so the launch starts with the first message that is none.
/// </remarks>
internal sealed partial class LaunchStory : IDisposable
{
    private readonly PortalSettings _settings;
    private readonly RunRecord _run;
    private readonly EntryBody _body = new();
    private readonly Dictionary<string, Feature> _features = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, ScenarioIdentity>> _identities = new(StringComparer.Ordinal);
    private readonly List<Pickle> _pickles = [];
    private readonly Dictionary<string, int> _planned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenFeature> _openFeatures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenAttempt> _attempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Guid> _lastAttempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenItem> _runHooks = new(StringComparer.Ordinal);
    private IStoryTarget? _target;
    private PortalIds _ids = null!;
    private long _started;
    private long _latest;
    private bool _launchIsStarted;
    private RunEnvironment? _told;

    /// <summary>Begins a story.</summary>
    /// <param name="settings">What the launch is called, and whose it is.</param>
    /// <param name="run">The run as the same messages tell it: each is applied to it first.</param>
    public LaunchStory(PortalSettings settings, RunRecord run) => (_settings, _run) = (settings, run);

    /// <summary>The launch's id, once the run has started.</summary>
    public Guid Launch { get; private set; }

    /// <summary>The launch was started and neither finished nor cut off.</summary>
    public bool IsOpen => _target is not null && !HasEnded;

    /// <summary>All of it was told.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Tells what a message adds.</summary>
    /// <param name="envelope">The message.</param>
    /// <param name="open">Makes the place to tell it to, given the launch's id; called once.</param>
    public void Tell(Envelope envelope, Func<Guid, IStoryTarget> open)
    {
        switch (envelope)
        {
            case { GherkinDocument: { Feature: { } feature } document }:
                _features[document.Uri] = feature;
                return;
            case { Pickle: { } pickle }:
                _pickles.Add(pickle);
                return;
            case { TestRunStarted: { } started }:
                _ids = PortalIds.Of(_settings, started, _pickles);
                Launch = _settings.LaunchId ?? _ids.Of("launch", "");
                _started = _latest = At(started.Timestamp);
                _target = open(Launch);
                return;
        }

        if (!IsOpen)
        {
            return;
        }

        if (!_launchIsStarted && envelope is not { Attachment: { TestRunStartedId: not null, TestRunHookStartedId: null } })
        {
            StartLaunch();
        }

        switch (envelope)
        {
            case { TestCase: { } testCase }:
                var uri = _run.PickleOf(testCase.PickleId)?.Uri ?? "";
                _planned[uri] = _planned.GetValueOrDefault(uri) + 1;
                break;
            case { TestCaseStarted: { } attempt }:
                Start(attempt);
                break;
            case { TestStepStarted: { } step }:
                Start(step);
                break;
            case { TestStepFinished: { } step }:
                Finish(step);
                break;
            case { TestCaseFinished: { } attempt }:
                Finish(attempt);
                break;
            case { Attachment: { } attachment }:
                Tell(attachment);
                break;
            case { ExternalAttachment: { } attachment }:
                Tell(attachment);
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
    }

    /// <summary>Ends a story whose run was cut off: what still runs is interrupted.</summary>
    public void CutOff()
    {
        if (!IsOpen)
        {
            return;
        }

        if (!_launchIsStarted)
        {
            StartLaunch();
        }

        foreach (var attempt in _attempts.Values.ToList())
        {
            foreach (var step in attempt.Steps.Values.Where(step => step.IsStarted))
            {
                FinishItem(step, _latest, "INTERRUPTED");
            }

            Log(attempt.Item, _latest, "ERROR", "the run was cut off in this scenario");
            FinishItem(attempt.Item, _latest, "INTERRUPTED");
        }

        foreach (var hook in _runHooks.Values.Where(hook => hook.IsStarted))
        {
            FinishItem(hook, _latest, "INTERRUPTED");
        }

        End("INTERRUPTED", "the run was cut off");
    }

    public void Dispose() => _body.Dispose();

    private static string Agent => $"LabTrace|{typeof(LaunchStory).Assembly.GetName().Version?.ToString(3)}";

    private static string Say(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>Where the run ran, as attributes to search by.</summary>
    private IEnumerable<PortalAttribute> EnvironmentAttributes()
    {
        if (_run.Environment is not { } environment)
        {
            return [];
        }

        (string Key, string? Value)[] single = [("place", environment.Place), ("kernel", environment.Kernel?.Release), ("level", environment.Level)];
        return single.Where(attribute => !string.IsNullOrEmpty(attribute.Value))
            .Select(attribute => new PortalAttribute(attribute.Key, attribute.Value!))
            .Concat(environment.Boards.Select(board => new PortalAttribute("board", board)));
    }

    private IEnumerable<PortalAttribute> LaunchAttributes() =>
    [
        .. _settings.Attributes,
        .. EnvironmentAttributes(),
        new PortalAttribute("agent", Agent, IsSystem: true),
        new PortalAttribute("skippedIssue", "false", IsSystem: true),
    ];

    private void StartLaunch()
    {
        _launchIsStarted = true;
        if (_settings.LaunchId is not null)
        {
            return;
        }

        _ = _body.Begin()
            .Text("name", PortalText.Name(_settings.LaunchName, PortalText.LaunchName))
            .Text("description", PortalText.Lines(_settings.LaunchDescription))
            .Moment("startTime", _started)
            .Text("mode", _settings.IsDebug ? "DEBUG" : "DEFAULT")
            .Attributes(LaunchAttributes());
        _told = _run.Environment;
        if (_settings.IsRerun)
        {
            _ = _body.Flag("rerun", value: true).Text("rerunOf", _settings.RerunOf?.ToString());
        }

        _target!.Add(new SpoolEntry { Action = SpoolAction.StartLaunch, Id = Launch, Time = _started, Body = _body.Take() });
    }

    private OpenFeature FeatureOf(ScenarioRecord scenario, long start)
    {
        if (_openFeatures.TryGetValue(scenario.Uri, out var open))
        {
            return open;
        }

        var id = _ids.Of("feature", scenario.Uri);
        open = new OpenFeature(new OpenItem(id, null, id, start) { IsStarted = true }, _planned.GetValueOrDefault(scenario.Uri));
        _openFeatures[scenario.Uri] = open;
        var feature = _features.GetValueOrDefault(scenario.Uri);
        _ = _body.Begin()
            .Text("name", PortalText.Name(scenario.FeatureName, PortalText.ItemName))
            .Text("description", PortalText.Lines(feature?.Description))
            .Moment("startTime", start)
            .Text("type", "SUITE")
            .Text("codeRef", PortalText.Name(scenario.Uri, PortalText.ItemName))
            .Attributes((feature?.Tags ?? []).Select(tag => AttributeOf(tag.Name)));
        AddStart(open.Item);
        return open;
    }

    private void Finish(TestRunFinished finished)
    {
        var end = At(finished.Timestamp);
        var notRun = _run.NotRun.Count();
        var problems = _run.ParseErrors.Select(error => $"{error.Source.Uri}:{error.Source.Location.Line}: {error.Message}")
            .Concat(_run.Faults.Select(fault => fault.Place is null ? $"{fault.What}: {fault.Message}" : $"{fault.What} ({fault.Place}): {fault.Message}"))
            .ToList();
        foreach (var problem in problems.Where(_ => _settings.LaunchId is null))
        {
            LogOfLaunch(end, "ERROR", problem);
        }

        // A status of its own only where the scenarios' would not say it: then the server computes it.
        var status = notRun > 0 ? "STOPPED" : problems.Count > 0 ? "FAILED" : null;
        End(status, notRun > 0 ? $"{Say(notRun, "scenario")} did not run" : null);
    }

    private void End(string? status, string? remark)
    {
        foreach (var feature in _openFeatures.Values)
        {
            FinishItem(feature.Item, _latest, status: null);
        }

        if (_settings.LaunchId is null)
        {
            var description = remark is null ? null : string.Join("\n\n", new[] { _settings.LaunchDescription, remark }.OfType<string>());
            _ = _body.Begin().Moment("endTime", _latest).Text("status", status).Text("description", PortalText.Lines(description));

            // What a step learnt of the place, the board's serial number for example, came after the launch had started.
            if (!ReferenceEquals(_told, _run.Environment))
            {
                _ = _body.Attributes(LaunchAttributes());
            }

            _target!.Add(new SpoolEntry { Action = SpoolAction.FinishLaunch, Id = Launch, Time = _latest, Body = _body.Take() });
        }

        _target!.Add(new SpoolEntry { Action = SpoolAction.End, Id = Launch });
        HasEnded = true;
    }

    private void AddStart(OpenItem item, Guid? retryOf = null)
    {
        item.IsStarted = true;
        _target!.Add(new SpoolEntry
        {
            Action = SpoolAction.StartItem,
            Id = item.Id,
            Parent = item.Parent,
            Lane = item.Lane,
            RetryOf = retryOf,
            Time = item.Start,
            Body = _body.Take(),
        });
    }

    private void FinishItem(OpenItem item, long end, string? status, string? issue = null, string? comment = null)
    {
        var time = Math.Max(end, item.Start);
        _ = _body.Begin().Moment("endTime", time).Text("status", status).Issue(issue, comment);
        _target!.Add(new SpoolEntry
        {
            Action = SpoolAction.FinishItem,
            Id = item.Id,
            Parent = item.Parent,
            Lane = item.Lane,
            Time = time,
            Body = _body.Take(),
        });
    }

    /// <summary>A tag <c>@key:value</c> is an attribute with a key.</summary>
    private static PortalAttribute AttributeOf(string tag)
    {
        var attribute = PortalAttribute.Parse(tag.TrimStart('@'));
        return attribute.Key is null ? attribute with { Key = "tag" } : attribute;
    }

    /// <summary>Times never go back: an item may not start before the one it is in.</summary>
    private long At(Timestamp timestamp)
    {
        const long perSecond = 1_000_000;
        var time = (timestamp.Seconds * perSecond) + (timestamp.Nanos / 1000);
        _latest = Math.Max(_latest, time);
        return Math.Max(time, _started);
    }
}

/// <summary>Takes a story.</summary>
internal interface IStoryTarget
{
    /// <summary>Takes its next entry.</summary>
    void Add(SpoolEntry entry);

    /// <summary>Keeps an attachment.</summary>
    /// <returns>Its path, as a <see cref="SpoolFile"/> has it.</returns>
    string Keep(Guid id, ReadOnlySpan<byte> content);

    /// <summary>A path that is told in the run's message stream, as a <see cref="SpoolFile"/> has it; null when it is not a file here.</summary>
    string? Find(string url);
}
