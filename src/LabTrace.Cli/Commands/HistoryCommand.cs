using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Reports.History;
using LabTrace.Scenarios;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace history</c>: what became of runs and scenarios over time.</summary>
internal static class HistoryCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string?> scenario = new("SCENARIO")
        {
            Description = "a scenario: its id, a part of its name, or a pattern with * and ?; without one, the runs and the scenarios that are not stable",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var store = CommandLineValues.Store();
        var last = CommandLineValues.Number("--last", "only the last N runs; 0 for all", least: 0, usual: 30);
        Option<bool> json = new("--json") { Description = "as one JSON object" };
        Command command = new("history", "What became of runs, or of one scenario, over time.");
        command.Arguments.Add(scenario);
        command.Options.Add(store);
        command.Options.Add(last);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var runs = await Runs.ListAsync(parsed.GetValue(store)!, cancellationToken);
            var shown = parsed.GetValue(last) is var n and > 0 ? [.. runs.Skip(Math.Max(0, runs.Count - n))] : runs;
            return (int)Tell(shown, parsed.GetValue(scenario), parsed.GetValue(store)!, parsed.GetValue(json));
        });
        return command;
    }

    private static ExitCode Tell(IReadOnlyList<StoredRun> runs, string? scenario, string store, bool json)
    {
        var lives = Lives(runs, scenario);
        if (scenario is not null && lives.Count == 0)
        {
            Console.Error.WriteLine($"labtrace: no scenario of {Plural(runs.Count, "run")} is called '{scenario}'\n  try: a part of its name, or --last 0 to look at all runs");
            return ExitCode.NothingSelected;
        }

        if (json)
        {
            WriteJson(runs, lives, scenario is null);
        }
        else if (scenario is null)
        {
            WriteRuns(runs, lives, store);
        }
        else
        {
            foreach (var life in lives)
            {
                WriteLife(life);
            }
        }

        return ExitCode.Passed;
    }

    private static List<ScenarioLife> Lives(IReadOnlyList<StoredRun> runs, string? scenario) =>
    [
        .. runs.SelectMany(static r => r.Scenarios.Select(s => (Run: r, Scenario: s)))
            .Where(p => scenario is null || Matches(p.Scenario, scenario))
            .GroupBy(static p => p.Scenario.Id, StringComparer.Ordinal)
            .Select(static g => new ScenarioLife(g.Key, g.Last().Scenario.Title, [.. g])),
    ];

    private static bool Matches(StoredScenario scenario, string wanted) =>
        scenario.Id == wanted || Glob.IsMatch(wanted, scenario.Title) || scenario.Title.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private static void WriteRuns(IReadOnlyList<StoredRun> runs, List<ScenarioLife> lives, string store)
    {
        var names = Math.Max(3, runs.Count == 0 ? 0 : runs.Max(static r => r.Name.Length));
        Console.WriteLine($"{"run".PadRight(names)}  {"board",-16} {"kernel",-24} passed failed skipped broken     took");
        foreach (var run in runs)
        {
            Console.WriteLine(
                $"{run.Name.PadRight(names)}  {Cut(run.Board, 16),-16} {Cut(run.Kernel ?? "-", 24),-24} {run.Count(Verdict.Passed),6} {run.Count(Verdict.Failed),6} {run.Count(Verdict.Skipped),7} {run.Count(Verdict.Broken),6} {Seconds(run.Duration),8}{(run.IsComplete ? "" : "  cut off")}");
        }

        Console.WriteLine($"{Plural(runs.Count, "run")} in {store}");
        var unstable = lives.Where(static l => !l.IsStable).OrderByDescending(static l => l.Failures).ToList();
        if (unstable.Count > 0)
        {
            Console.WriteLine($"\nnot stable, the newest run at the right ({ScenarioLife.Legend}):");
        }

        foreach (var life in unstable)
        {
            Console.WriteLine($"  {life.Line}  {life.Title}{life.Since}");
        }
    }

    private static void WriteLife(ScenarioLife life)
    {
        Console.WriteLine($"{life.Title}  ({life.Id})");
        foreach (var (run, scenario) in life.Runs)
        {
            var numbers = string.Concat(scenario.Measurements.Select(static m => string.Create(CultureInfo.InvariantCulture, $"  {m.Name} {m.Value:0.###} {m.Unit}").TrimEnd()));
            var verdict = scenario.Verdict?.ToString().ToLowerInvariant() ?? "not run";
            Console.WriteLine($"  {run.Name}  {verdict + (scenario.Attempts.Count > 1 ? $" ({scenario.Attempts.Count} attempts)" : ""),-20} {Seconds(scenario.Duration),8}  {run.Kernel ?? "-"}{numbers}");
            foreach (var line in (string[])[scenario.Reason, .. scenario.KernelReports.Select(static r => "kernel: " + r)])
            {
                if (line.Length > 0)
                {
                    Console.WriteLine($"      {line}");
                }
            }
        }

        Console.WriteLine($"  {life.Line}  {life.Counts}{life.Since}");
        foreach (var number in life.Runs.SelectMany(static p => p.Scenario.Measurements).GroupBy(static m => (m.Name, m.Unit)))
        {
            var values = number.Select(static m => m.Value).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {number.Key.Name}: median {Statistics.Median(values):0.###} ± {Statistics.Spread(values):0.###} {number.Key.Unit} over {values.Count}"));
        }

        Console.WriteLine();
    }

    private static void WriteJson(IReadOnlyList<StoredRun> runs, List<ScenarioLife> lives, bool withRuns)
    {
        using var stream = Console.OpenStandardOutput();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            if (withRuns)
            {
                writer.WriteStartArray("runs");
                foreach (var run in runs)
                {
                    writer.WriteStartObject();
                    writer.WriteString("run", run.Name);
                    writer.WriteString("started", run.StartedAt?.ToString("O", CultureInfo.InvariantCulture));
                    writer.WriteString("place", run.Place);
                    writer.WriteString("board", run.Board);
                    writer.WriteString("kernel", run.Kernel);
                    writer.WriteBoolean("complete", run.IsComplete);
                    writer.WriteNumber("seconds", run.Duration.TotalSeconds);
                    foreach (var verdict in Enum.GetValues<Verdict>())
                    {
                        writer.WriteNumber(verdict.ToString().ToLowerInvariant(), run.Count(verdict));
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteStartArray("scenarios");
            foreach (var life in lives)
            {
                life.Write(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
