using System.Globalization;
using LabTrace.Reports.Record;
using Spectre.Console;

namespace LabTrace.Reports.Terminal;

/// <summary>The living line of a run on a terminal: counts, the scenario and the step that run now.</summary>
internal sealed class LiveProgress : IAsyncDisposable
{
    private const int SpinnerWidth = 4;

    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _drawing;
    private StatusContext? _status;

    public LiveProgress(ReportContext context)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = context.UseColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(context.Console),
        });
        _drawing = _console.Status().StartAsync("starting", DrawAsync);
    }

    public void Show(Tally tally, int total, ScenarioRecord scenario, StepRecord? step)
    {
        if (_status is not { } status)
        {
            return;
        }

        var done = tally.Passed + tally.Failed + tally.Skipped + tally.Broken;
        var place = VisibleText.Line(step is null ? Wording.TitleOf(scenario) : $"{Wording.TitleOf(scenario)} › {step.Sentence}");
        var counts = string.Create(CultureInfo.InvariantCulture, $"{done}/{total}");
        (int Count, string Word, string Colour)[] verdicts =
        [
            (tally.Passed, "passed", "green"),
            (tally.Failed, "failed", "red"),
            (tally.Skipped, "skipped", "yellow"),
            (tally.Broken, "broken", "magenta"),
        ];
        var words = verdicts.Where(verdict => verdict.Count > 0).ToList();
        var width = counts.Length + words.Sum(verdict => string.Create(CultureInfo.InvariantCulture, $" {verdict.Count} {verdict.Word}").Length);
        var room = Math.Max(0, _console.Profile.Width - SpinnerWidth - width - 2);
        if (place.Length > room)
        {
            place = room < 2 ? "" : $"{place[..(room - 1)]}…";
        }

        var coloured = words.Select(verdict =>
            string.Create(CultureInfo.InvariantCulture, $" [{verdict.Colour}]{verdict.Count} {verdict.Word}[/]"));
        status.Status = $"{counts}{string.Concat(coloured)}  {Markup.Escape(place)}";
    }

    public async ValueTask DisposeAsync()
    {
        _stop.TrySetResult();
        await _drawing;
    }

    private Task DrawAsync(StatusContext status)
    {
        _status = status;
        return _stop.Task;
    }
}
