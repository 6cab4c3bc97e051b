using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.GitHub;

/// <summary>What a GitHub workflow shows: annotations at the lines of feature files, and a summary of the job.</summary>
/// <remarks>GitHub's documentation, "Workflow commands for GitHub Actions".</remarks>
internal static class GitHubReport
{
    /// <summary>The variable that names the file the job's summary is added to.</summary>
    public const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    private const int MaxRows = 100;
    private const int MaxMessage = 4000;

    /// <summary>The annotations, a workflow command each.</summary>
    public static string MakeAnnotations(RunRecord run)
    {
        var text = new StringBuilder();
        foreach (var scenario in run.Scenarios)
        {
            switch (scenario.Verdict)
            {
                case Verdict.Failed or Verdict.Broken:
                    var word = scenario.Verdict == Verdict.Failed ? "failed" : "broken";
                    var line = scenario.DecidingStep?.Line ?? scenario.Line;
                    var step = scenario.DecidingStep is { } deciding ? $"{deciding.Sentence}\n" : "";
                    Annotate(text, "error", scenario.Uri, line, $"{word}: {TitleOf(scenario)}", step + scenario.Reason);
                    break;
                case Verdict.Passed when scenario.IsFlaky:
                    var attempts = string.Create(CultureInfo.InvariantCulture, $"passed at attempt {scenario.Attempts.Count}");
                    Annotate(text, "warning", scenario.Uri, scenario.Line, $"flaky: {TitleOf(scenario)}", $"{attempts}; before: {scenario.Attempts[^2].Reason}");
                    break;
            }
        }

        foreach (var fault in RunConclusion.Of(run))
        {
            var (file, line) = Split(fault.Place);
            Annotate(text, "error", file, line, $"broken: {fault.What}", fault.Message);
        }

        return text.ToString();
    }

    /// <summary>The summary of the job, in Markdown.</summary>
    public static string MakeSummary(RunRecord run)
    {
        var text = new StringBuilder("## LabTrace\n\n");
        int Count(Verdict? verdict) => run.Scenarios.Count(scenario => scenario.Verdict == verdict);
        text.Append("| passed | failed | skipped | broken | not run | time |\n|---:|---:|---:|---:|---:|---:|\n").Append(
            CultureInfo.InvariantCulture,
            $"| {Count(Verdict.Passed)} | {Count(Verdict.Failed)} | {Count(Verdict.Skipped)} | {Count(Verdict.Broken)} | {Count(null)} | {Times.Say(run.Duration)} |\n\n");
        foreach (var (name, value) in run.Environment?.Lines ?? [])
        {
            text.Append("- ").Append(Markdown(name)).Append(": ").Append(Markdown(value)).Append('\n');
        }

        WriteTable(
            text,
            "Not passed",
            [.. run.Scenarios.Where(scenario => scenario.Verdict is Verdict.Failed or Verdict.Broken)
                .Select(scenario => (scenario.Verdict == Verdict.Failed ? "failed" : "broken", TitleOf(scenario), scenario.Place, scenario.Reason)),
                .. RunConclusion.Of(run).Select(fault => ("broken", fault.What, fault.Place ?? "", fault.Message))]);
        WriteTable(
            text, "Skipped", [.. run.Scenarios.Where(scenario => scenario.Verdict == Verdict.Skipped).Select(scenario => ("skipped", TitleOf(scenario), scenario.Place, scenario.Reason))]);
        return text.Append('\n').ToString();
    }

    private static void WriteTable(StringBuilder text, string title, List<(string Verdict, string Title, string Place, string Reason)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        text.Append("\n### ").Append(title).Append("\n\n| | scenario | where | why |\n|---|---|---|---|\n");
        foreach (var row in rows.Take(MaxRows))
        {
            text.Append("| ").Append(row.Verdict).Append(" | ").Append(Markdown(row.Title)).Append(" | ").Append(Markdown(row.Place)).Append(" | ")
                .Append(Markdown(Cut(row.Reason))).Append(" |\n");
        }

        if (rows.Count > MaxRows)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nand {rows.Count - MaxRows} more.\n");
        }
    }

    private static void Annotate(StringBuilder text, string kind, string file, int line, string title, string message)
    {
        text.Append("::").Append(kind).Append(' ');
        if (file.Length > 0)
        {
            text.Append("file=").Append(Property(file)).Append(',');
            if (line > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"line={line},");
            }
        }

        text.Append("title=").Append(Property(title)).Append("::").Append(Data(Cut(message))).Append('\n');
    }

    private static (string File, int Line) Split(string? place)
    {
        var colon = place?.LastIndexOf(':') ?? -1;
        return colon > 0 && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? (place![..colon], line)
            : (place ?? "", 0);
    }

    private static string TitleOf(ScenarioRecord scenario) => $"{scenario.FeatureName} › {(scenario.Name.Length > 0 ? scenario.Name : "(no name)")}";

    private static string Cut(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage] + "…";

    private static string Data(string text) => VisibleText.Lines(text).Replace("%", "%25").Replace("\r", "%0D").Replace("\n", "%0A");

    private static string Property(string text) => Data(VisibleText.Line(text)).Replace(":", "%3A").Replace(",", "%2C");

    /// <summary>Text in a cell of a Markdown table, which means nothing but itself.</summary>
    private static string Markdown(string text)
    {
        var cell = new StringBuilder(text.Length + 8);
        foreach (var character in VisibleText.Lines(text).TrimEnd())
        {
            _ = character switch
            {
                '\n' => cell.Append("<br>"),
                '<' => cell.Append("&lt;"),
                '>' => cell.Append("&gt;"),
                '&' => cell.Append("&amp;"),
                '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '~' or '@' or '!' => cell.Append("&#").Append((int)character).Append(';'),
                _ => cell.Append(character),
            };
        }

        return cell.ToString();
    }
}
