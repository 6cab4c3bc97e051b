using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Terminal;

/// <summary>What is told when the run has ended: everything that did not pass, in full, and the counts.</summary>
internal static class EndReport
{
    private const int Indent = 3;

    public static string Make(RunRecord run, string? runDirectory, bool useColours)
    {
        var text = new ReportText(useColours);
        WriteParseErrors(text, run);
        WriteFailures(text, run);
        WriteSkipped(text, run);
        WriteSnippets(text, run);
        WriteFlaky(text, run);
        WriteFaults(text, run);
        WriteSummary(text, run);
        if (runDirectory is not null)
        {
            text.Line($"run directory: {runDirectory}");
        }

        return text.ToString();
    }

    private static void WriteParseErrors(ReportText text, RunRecord run)
    {
        foreach (var error in run.ParseErrors)
        {
            var location = error.Source.Location;
            var column = location.Column is null or 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{location.Column}");
            var place = string.Create(CultureInfo.InvariantCulture, $"{error.Source.Uri}:{location.Line}{column}");
            text.Write($"{place}: ").Line(WithoutPlace(error.Message), Colour.Magenta);
        }
    }

    /// <summary>The message begins with <c>(line:column): </c>, which has been told.</summary>
    private static string WithoutPlace(string message)
    {
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        return message is ['(', ..] && end > 0 ? message[(end + 3)..] : message;
    }

    private static void WriteFailures(ReportText text, RunRecord run)
    {
        var number = 0;
        foreach (var scenario in run.Scenarios.Where(scenario => scenario.Verdict is Verdict.Failed or Verdict.Broken))
        {
            var verdict = scenario.Verdict!.Value;
            number++;
            text.EndLine()
                .Write(string.Create(CultureInfo.InvariantCulture, $"{number}) "))
                .Write(Wording.Of(verdict), Wording.ColourOf(verdict))
                .Line($"  {Wording.TitleOf(scenario)}")
                .Block(PlaceOf(scenario), Indent, Colour.Faint);
            if (scenario.DecidingStep is { } step)
            {
                text.Block(step.Place is null ? step.Sentence : $"{step.Sentence}  ({step.Place})", Indent);
            }

            text.Block(scenario.Reason, Indent + 2, Wording.ColourOf(verdict));
            AttachmentText.Write(text, scenario.Last!, scenario.Reason);
        }
    }

    private static string PlaceOf(ScenarioRecord scenario) =>
        scenario.Attempts.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{scenario.Place}, tried {scenario.Attempts.Count} times")
            : scenario.Place;

    private static void WriteSkipped(ReportText text, RunRecord run)
    {
        foreach (var group in run.Scenarios.Where(scenario => scenario.Verdict == Verdict.Skipped).GroupBy(scenario => scenario.Reason))
        {
            text.EndLine().Write(string.Create(CultureInfo.InvariantCulture, $"{group.Count()} skipped"), Colour.Yellow).Write(": ");
            var lines = group.Key.ReplaceLineEndings("\n").TrimEnd().Split('\n');
            text.Line(lines[0]);
            foreach (var line in lines.Skip(1))
            {
                text.Block(line, Indent + 2);
            }

            foreach (var scenario in group)
            {
                text.Block($"{Wording.TitleOf(scenario)}  ({scenario.Place})", Indent, Colour.Faint);
            }
        }
    }

    private static void WriteSnippets(ReportText text, RunRecord run)
    {
        var snippets = run.Suggestions.SelectMany(suggestion => suggestion.Snippets.Take(1)).Select(snippet => snippet.Code).Distinct().ToList();
        if (snippets.Count == 0)
        {
            return;
        }

        text.EndLine().Line(snippets.Count == 1 ? "For the undefined step:" : "For the undefined steps:");
        foreach (var snippet in snippets)
        {
            text.EndLine().Block(snippet, Indent);
        }
    }

    private static void WriteFlaky(ReportText text, RunRecord run)
    {
        foreach (var scenario in run.Scenarios.Where(scenario => scenario.IsFlaky))
        {
            text.EndLine()
                .Write("flaky", Colour.Yellow)
                .Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $": {Wording.TitleOf(scenario)} passed at attempt {scenario.Attempts.Count}  ({scenario.Place})"));
        }
    }

    private static void WriteFaults(ReportText text, RunRecord run)
    {
        foreach (var fault in run.Faults)
        {
            text.EndLine()
                .Write("broken", Colour.Magenta)
                .Line(fault.Place is null ? $": {fault.What}" : $": {fault.What}  ({fault.Place})")
                .Block(fault.Message, Indent + 2, Colour.Magenta);
        }
    }

    private static void WriteSummary(ReportText text, RunRecord run)
    {
        text.EndLine();
        if (run.Finished is null)
        {
            text.Line("the run was cut off", Colour.Magenta);
        }

        if (run.ParseErrors.Count > 0)
        {
            var files = run.ParseErrors.Select(error => error.Source.Uri).Distinct().Count();
            text.Line($"{Wording.Count(run.ParseErrors.Count, "syntax error")} in {Wording.Count(files, "file")}");
        }

        WriteEnvironment(text, run.Environment);
        var tally = Tally.Of(run.Scenarios);
        var worst = tally.Failed > 0 ? Colour.Red : tally.Broken > 0 ? Colour.Magenta : tally.Passed > 0 ? Colour.Green : Colour.Yellow;
        text.Line($"{tally.ToString()} ({Times.Say(run.Duration)})", worst);
    }

    /// <summary>What the verdicts rest on.</summary>
    private static void WriteEnvironment(ReportText text, RunEnvironment? environment)
    {
        if (environment?.Place is not { } place)
        {
            return;
        }

        var level = environment.Level is { } known ? $" ({known}, {environment.LevelMeaning})" : "";
        var board = environment.Boards.Count == 0 ? "" : $", {string.Join(", ", environment.Boards)}";
        var kernel = environment.Kernel is { } running ? $", kernel {running.Release}" : "";
        var order = environment.Properties.TryGetValue(RunEnvironment.Order, out var told) ? $", order {told}" : "";
        text.Line($"at '{place}'{level}{board}{kernel}{order}", Colour.Faint);
    }
}
