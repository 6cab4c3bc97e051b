using System.CommandLine;
using System.Text.Json;
using LabTrace.Cli.LabConfig;
using LabTrace.Reports.History;
using LabTrace.Scenarios;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace diff-places</c>: the same features at several places, and where one says other than the first.</summary>
internal static class DiffPlacesCommand
{
    private const string UsualList = "places.differences";
    private static readonly string[] UsualPlaces = ["emulated", "local", "vm"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = CommandLineValues.Paths();
        Option<string> places = new("--places") { Description = "the places, the one that is judged first [default: emulated,local,vm]", HelpName = "A,B,…", DefaultValueFactory = _ => string.Join(',', UsualPlaces) };
        Option<string?> listed = new("--listed") { Description = $"a file of known differences, TITLE @ PLACE: REASON a line [default: lab-config/{UsualList}, if there is one]", HelpName = "FILE" };
        Option<string?> output = new("--out", "-o") { Description = "the directory of the runs, one for each place [default: artifacts/places/<time>]", HelpName = "DIR" };
        Option<bool> again = new("--again") { Description = "compare the runs that --out holds already, without running" };
        Option<bool> json = new("--json") { Description = "as one JSON object" };
        Command command = new("diff-places", """
            Run the same features at several places and compare what each says, scenario by scenario.
            What a later place lacks and skips is no difference; what it runs and the first one skips is. Exit code: 1 when there is
            a difference that is not listed, else 0.
            """);
        command.Arguments.Add(paths);
        foreach (var option in new Option[] { places, listed, output, again, json })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] names = parsed.GetRequiredValue(places).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length < 2)
            {
                throw new UsageException("--places wants two places or more\n  try: --places emulated,local");
            }

            var known = ListedDifferences.Read(parsed.GetValue(listed) ?? FindList());
            var directory = parsed.GetValue(output) ?? Path.Combine("artifacts", "places", TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd'T'HH-mm-ss"));
            var runs = new List<StoredRun>();
            foreach (var name in names)
            {
                runs.Add(await RunAtAsync(name, Path.Combine(directory, Path.GetFileNameWithoutExtension(name)), parsed.GetValue(paths) ?? [], parsed.GetValue(again), cancellationToken));
            }

            var titles = names.Select(n => Path.GetFileNameWithoutExtension(n)).ToList();
            var scenarios = PlaceDifferences.Align(runs);
            var differences = PlaceDifferences.Find(scenarios, titles).Select(d => (Difference: d, Reason: known.ReasonOf(d))).ToList();
            if (parsed.GetValue(json))
            {
                WriteJson(titles, runs, scenarios, differences);
            }
            else
            {
                WriteText(titles, runs, scenarios, differences);
            }

            foreach (var unmet in known.Unmet(titles))
            {
                await Console.Error.WriteLineAsync($"labtrace: listed as a difference, and none any more: {unmet}");
            }

            return (int)(differences.Any(d => d.Reason is null) ? ExitCode.Failed : ExitCode.Passed);
        });
        return command;
    }

    private static string? FindList() => Places.FindFolder() is { } folder && Path.Combine(folder, UsualList) is var file && File.Exists(file) ? file : null;

    private static async Task<StoredRun> RunAtAsync(string place, string directory, IReadOnlyList<string> paths, bool again, CancellationToken cancellationToken)
    {
        if (!again)
        {
            await Console.Error.WriteLineAsync($"labtrace: running at '{place}'…");
            _ = await RunExecution.RunAsync(
                new RunRequest
                {
                    Paths = paths,
                    Place = place,
                    Reports = ["console:" + Path.Combine(Directory.CreateDirectory(directory).FullName, "console.txt")],
                    OutputDirectory = directory,
                    Wait = TimeSpan.FromMinutes(5),
                    StepAssemblies = [],
                    Rerun = null,
                    Options = new RunOptions { ScenarioTimeout = TimeSpan.FromMinutes(5) },
                },
                cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await Runs.LoadAsync(directory, Runs.DefaultStore, cancellationToken);
    }

    private static void WriteText(
        IReadOnlyList<string> places, IReadOnlyList<StoredRun> runs, IReadOnlyList<ScenarioAtPlaces> scenarios, IReadOnlyList<(PlaceDifference Difference, string? Reason)> differences)
    {
        for (var i = 0; i < places.Count; i++)
        {
            var counts = string.Join(", ", runs[i].Scenarios.GroupBy(s => PlaceDifferences.Word(s)).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"));
            Console.WriteLine($"{places[i],-12} kernel {runs[i].Kernel ?? "unknown"}: {counts}");
        }

        var width = places.Select(p => Math.Max(p.Length, "skipped".Length)).ToList();
        Console.WriteLine($"\n{string.Join("  ", places.Select((p, i) => p.PadRight(width[i])))}  scenario");
        foreach (var scenario in scenarios)
        {
            Console.WriteLine($"{string.Join("  ", scenario.At.Select((s, i) => PlaceDifferences.Word(s).PadRight(width[i])))}  {scenario.Title}");
        }

        Console.WriteLine();
        foreach (var (difference, reason) in differences)
        {
            Console.WriteLine($"{(reason is null ? "NOT LISTED" : "listed")}: {difference.Title}\n    {places[0]} {difference.Reference}, {difference.Place} {difference.Found}{(difference.Why.Length > 0 ? ": " + difference.Why : "")}");
            if (reason is not null)
            {
                Console.WriteLine($"    known: {reason}");
            }
        }

        Console.WriteLine($"{scenarios.Count} scenarios at {places.Count} places: {differences.Count} differences, {differences.Count(d => d.Reason is null)} not listed");
    }

    private static void WriteJson(
        IReadOnlyList<string> places, IReadOnlyList<StoredRun> runs, IReadOnlyList<ScenarioAtPlaces> scenarios, IReadOnlyList<(PlaceDifference Difference, string? Reason)> differences)
    {
        using var stream = Console.OpenStandardOutput();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("places");
            for (var i = 0; i < places.Count; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("place", places[i]);
                writer.WriteString("kernel", runs[i].Kernel);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("scenarios");
            foreach (var scenario in scenarios)
            {
                writer.WriteStartObject();
                writer.WriteString("title", scenario.Title);
                for (var i = 0; i < places.Count; i++)
                {
                    writer.WriteString(places[i], PlaceDifferences.Word(scenario.At[i]));
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("differences");
            foreach (var (difference, reason) in differences)
            {
                writer.WriteStartObject();
                writer.WriteString("title", difference.Title);
                writer.WriteString("place", difference.Place);
                writer.WriteString("expected", difference.Reference);
                writer.WriteString("found", difference.Found);
                writer.WriteString("why", difference.Why);
                writer.WriteString("listed", reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }
}
