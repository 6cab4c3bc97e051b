using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Terminal;

/// <summary>Tells a person how a run goes: on a terminal one living line, elsewhere a line for each scenario; at the end what did not pass.</summary>
internal sealed class ConsoleSink(ReportContext context) : IRunSink
{
    private readonly RunRecord _run = context.Run;
    private readonly ReportOutput _output = ReportOutput.To("console", context.Console);
    private LiveProgress? _progress;
    private Tally _tally;
    private bool _hasEnded;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var scenario = _run.Apply(envelope);
        switch (envelope)
        {
            case { TestCaseFinished: { } finished } when scenario is not null:
                Show(scenario, finished.WillBeRetried);
                break;
            case { TestStepStarted: not null } when context.IsTerminal && scenario is not null:
                Progress().Show(_tally, _run.Scenarios.Count, scenario, scenario.RunningStep);
                break;
            case { TestRunFinished: not null }:
                return EndAsync();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync();

    private void Show(ScenarioRecord scenario, bool willBeRetried)
    {
        if (!willBeRetried)
        {
            _tally = _tally.And(scenario.Verdict);
        }

        if (context.IsTerminal)
        {
            Progress().Show(_tally, _run.Scenarios.Count, scenario, null);
        }
        else
        {
            _output.Write(LineOf(scenario, willBeRetried));
        }
    }

    private static string LineOf(ScenarioRecord scenario, bool willBeRetried)
    {
        var attempt = scenario.Last!;
        var verdict = willBeRetried ? "retried" : Wording.Of(attempt.Verdict!.Value);
        var tries = scenario.Attempts.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", attempt {scenario.Attempts.Count}") : "";
        var reason = attempt.Verdict switch
        {
            Verdict.Passed => "",
            Verdict.Skipped => $": {Wording.FirstLine(scenario.Reason)}",
            _ when willBeRetried => $": {Wording.FirstLine(attempt.Reason)}",
            _ => "",
        };
        return VisibleText.Line($"{verdict,-7} {Wording.TitleOf(scenario)} ({Times.Say(attempt.Duration)}{tries}){reason}") + "\n";
    }

    /// <summary>Only a terminal needs it, and with it Spectre.Console.</summary>
    private LiveProgress Progress() => _progress ??= new LiveProgress(context);

    private ValueTask EndAsync()
    {
        if (_hasEnded)
        {
            return ValueTask.CompletedTask;
        }

        _hasEnded = true;
        if (_progress is not null)
        {
            return EndProgressAsync(_progress);
        }

        WriteEndReport();
        return ValueTask.CompletedTask;
    }

    private async ValueTask EndProgressAsync(LiveProgress progress)
    {
        await progress.DisposeAsync();
        WriteEndReport();
    }

    private void WriteEndReport()
    {
        var useColours = context is { IsTerminal: true, UseColours: true };
        _output.Write(EndReport.Make(_run, context.RunDirectory, useColours));
    }
}
