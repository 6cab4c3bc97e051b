using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tap;

/// <summary>Writes TAP that prove, tap-parser, meson, avocado and kunit_parser read the same way.</summary>
/// <remarks>
/// TAP version 13, plan first, a feature is a subtest, failed and broken are <c>not ok</c> with a YAML block, skipped is
/// <c>ok … # SKIP reason</c>. Lines are written as scenarios end: the stream announces every test case before the first one starts,
/// so the plans are known. Features that run side by side are written one after another; what belongs to a later one waits. Where a
/// stream announces test cases only as it goes (other Cucumbers do), all waits for the end of the _run. Whatever is wrong outside of
/// scenarios, a scenario that did not run, and a stream that breaks off, are a <c>Bail out!</c>: such a run never reads as a pass.
/// </remarks>
internal sealed class TapSink(TapForm form, ReportContext context, ReportOutput output) : IRunSink
{
    private readonly RunRecord _run = context.Run;
    private readonly List<ScenarioRecord> _waiting = [];
    private readonly Dictionary<string, TapFeature> _features = [];
    private readonly List<TapFeature> _inOrderOfStart = [];
    private int _written;
    private bool _hasPlan;
    private bool _waits = context.IsReplay;
    private bool _isLate;
    private bool _hasEnded;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var scenario = _run.Apply(envelope);
        switch (envelope)
        {
            case { TestCase: not null } when _hasPlan:
                _isLate = true;
                break;
            case { TestCaseStarted: not null } when !_hasPlan && !_waits:
                _waits = _run.Scenarios.Count < _run.PickleCount;
                if (!_waits)
                {
                    WritePlan();
                }

                break;
            case { TestCaseFinished.WillBeRetried: false } when _waits && scenario is not null:
                _waiting.Add(scenario);
                break;
            case { TestCaseFinished.WillBeRetried: false } when _hasPlan && scenario is not null:
                Take(scenario);
                WriteReady(toTheEnd: false);
                break;
            case { TestRunFinished: not null }:
                End();
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            End();
        }
        finally
        {
            output.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private string VersionLine => form switch
    {
        TapForm.Tap13 => "TAP version 13",
        TapForm.Tap14 => "TAP version 14",
        _ => "KTAP version 1",
    };

    private void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        if (!_hasPlan)
        {
            WritePlan();
        }

        foreach (var scenario in _waiting.Concat(_run.Scenarios.Where(scenario => scenario.Attempts.Count > 0 && !scenario.HasEnded)))
        {
            Take(scenario);
        }

        WriteReady(toTheEnd: true);
        if (ReasonToBailOut() is { } reason)
        {
            // KTAP cannot give up: a feature's line has said so, or the plan is not fulfilled.
            output.Write(form == TapForm.Ktap1 ? $"# the run: {TapText.Reason(reason)}\n" : $"Bail out! {TapText.Reason(reason)}\n");
        }
    }

    /// <summary>Null when every planned line has been written and nothing else went wrong.</summary>
    private string? ReasonToBailOut() => _isLate
        ? "scenarios were announced after the run had begun, make this report from the run's message stream"
        : _run.ParseErrors is [var error, ..] ? $"{error.Source.Uri}: {error.Message}"
        : RunConclusion.Of(_run).FirstOrDefault() is not { } fault ? null
        : fault.Message.StartsWith("the run ", StringComparison.Ordinal) ? fault.Message
        : fault.Place is null ? $"{fault.What}: {fault.Message}"
        : $"{fault.What} ({fault.Place}): {fault.Message}";

    private void WritePlan()
    {
        _hasPlan = true;
        foreach (var feature in _run.Scenarios.GroupBy(scenario => scenario.Uri))
        {
            _features[feature.Key] = new TapFeature(form, feature.First().FeatureName, feature.Count());
        }

        var plan = _features.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"1..{_features.Count}\n")
            : ReasonToBailOut() is null ? "1..0 # SKIP no scenarios selected\n" : "";
        var about = string.Concat((_run.Environment?.Lines ?? []).Select(line => $"# {VisibleText.Line(line.Name)}: {VisibleText.Line(line.Text)}\n"));
        output.Write($"{VersionLine}\n{plan}{about}");
    }

    private void Take(ScenarioRecord scenario)
    {
        if (!_features.TryGetValue(scenario.Uri, out var feature) || feature.HasEnded)
        {
            return;
        }

        if (!feature.HasStarted)
        {
            feature.Start();
            _inOrderOfStart.Add(feature);
        }

        feature.Add(scenario);
    }

    /// <summary>Writes what the feature whose turn it is has, and goes on to the next when it has ended or nothing more will come.</summary>
    private void WriteReady(bool toTheEnd)
    {
        while (_written < _inOrderOfStart.Count)
        {
            var feature = _inOrderOfStart[_written];
            var isLast = _written + 1 == _features.Count;
            var hasEnded = toTheEnd || (feature.HasEnded && !(isLast && form == TapForm.Ktap1));
            if (hasEnded)
            {
                _written++;
                AddOwnLine(feature, isLast);
            }

            output.Write(feature.TakeLines());
            if (!hasEnded)
            {
                return;
            }
        }
    }

    /// <summary>KTAP's lines say why a feature did not end; the last one waits for the end of the run to answer for that as well.</summary>
    private void AddOwnLine(TapFeature feature, bool isLast) => feature.AddOwnLine(
        _written,
        form != TapForm.Ktap1 ? null : isLast && ReasonToBailOut() is { } reason ? reason : feature.HasEnded ? null : "not all of its scenarios ran");
}
