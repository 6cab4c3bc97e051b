using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Reports.History;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace diff</c>: how one run differs from another.</summary>
internal static class DiffCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> before = new("RUN_A") { Description = "the run compared with: its directory, or its name in the store" };
        Argument<string> after = new("RUN_B") { Description = "the run asked about" };
        var store = CommandLineValues.Store();
        Option<bool> json = new("--json") { Description = "as one JSON object" };
        Command command = new("diff", """
            How a run differs from another: newly failing, broken and skipped, flaky, fixed; durations and numbers that moved.
            A shift is significant when it is beyond three standard deviations of what the store's other runs on that board scatter (at
            least five). Exit code: 1 when something newly fails, else 0.
            """);
        command.Arguments.Add(before);
        command.Arguments.Add(after);
        command.Options.Add(store);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var place = parsed.GetValue(store)!;
            var (old, now) = (await Runs.LoadAsync(parsed.GetRequiredValue(before), place, cancellationToken), await Runs.LoadAsync(parsed.GetRequiredValue(after), place, cancellationToken));
            var others = Directory.Exists(place) ? await Runs.ListAsync(place, cancellationToken) : [];
            var difference = RunDifference.Between(old, now, others);
            if (parsed.GetValue(json))
            {
                WriteJson(difference);
            }
            else
            {
                WriteText(old, now, difference);
            }

            return (int)(difference.Changes.Any(static c => c.Kind == ChangeKind.NewlyFailing) ? ExitCode.Failed : ExitCode.Passed);
        });
        return command;
    }

    private static void WriteText(StoredRun old, StoredRun now, RunDifference difference)
    {
        foreach (var run in (StoredRun[])[old, now])
        {
            Console.WriteLine($"{run.Name}: board {run.Board}, kernel {run.Kernel ?? "unknown"}{(run.IsComplete ? "" : ", cut off")}");
        }

        foreach (var kind in difference.Changes.GroupBy(static c => c.Kind))
        {
            Console.WriteLine($"\n{Words(kind.Key)}: {kind.Count()}");
            foreach (var change in kind)
            {
                var scenario = (change.After ?? change.Before)!;
                Console.WriteLine($"  {scenario.Title}{(scenario.Reason.Length > 0 && change.After is not null ? "\n      " + scenario.Reason : "")}");
            }
        }

        if (difference.Shifts.Count > 0)
        {
            Console.WriteLine("\nnumbers that moved by a quarter or more:");
        }

        foreach (var shift in difference.Shifts)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {shift.Title}: {shift.Name} {shift.Before:0.###} to {shift.After:0.###} {shift.Unit}, {Judged(shift)}"));
        }

        Console.WriteLine($"\n{difference.Same} the same, {difference.Changes.Count} changed, {difference.Shifts.Count(static s => s.IsSignificant)} significant shifts");
    }

    private static string Judged(NumberShift shift) => shift switch
    {
        { Significance: { } sigmas } => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Min(sigmas, 999):0.#} standard deviations over {shift.History} runs{(shift.IsSignificant ? ": significant" : "")}"),
        { Probability: { } probability } => string.Create(
            CultureInfo.InvariantCulture,
            $"p {(probability < 0.00001 ? "< 0.00001" : string.Create(CultureInfo.InvariantCulture, $"= {probability:0.#####}"))} over {shift.Samples.Before} and {shift.Samples.After} samples of the two runs{(shift.IsSignificant ? ": significant between these two" : "")}; {shift.History} other runs tell how it scatters, 5 tell more"),
        _ => $"significance unknown: {shift.History} other runs tell how it scatters, 5 are needed",
    };

    private static void WriteJson(RunDifference difference)
    {
        using var stream = Console.OpenStandardOutput();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var kind in Enum.GetValues<ChangeKind>())
            {
                writer.WriteStartArray(Words(kind).Replace(' ', '_'));
                foreach (var change in difference.Changes.Where(c => c.Kind == kind))
                {
                    var scenario = (change.After ?? change.Before)!;
                    writer.WriteStartObject();
                    writer.WriteString("id", scenario.Id);
                    writer.WriteString("title", scenario.Title);
                    writer.WriteString("reason", change.After?.Reason ?? "");
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteStartArray("shifts");
            foreach (var shift in difference.Shifts)
            {
                writer.WriteStartObject();
                writer.WriteString("id", shift.Id);
                writer.WriteString("title", shift.Title);
                writer.WriteString("name", shift.Name);
                writer.WriteString("unit", shift.Unit);
                writer.WriteNumber("before", shift.Before);
                writer.WriteNumber("after", shift.After);
                writer.WriteNumber("history", shift.History);
                if (shift.Significance is { } sigmas)
                {
                    writer.WriteNumber("sigmas", double.IsFinite(sigmas) ? sigmas : double.MaxValue);
                }

                if (shift.Probability is { } probability)
                {
                    writer.WriteNumber("p", probability);
                }

                writer.WriteBoolean("significant", shift.IsSignificant);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteNumber("same", difference.Same);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static string Words(ChangeKind kind) => kind switch
    {
        ChangeKind.NewlyFailing => "newly failing",
        ChangeKind.NewlyBroken => "newly broken",
        ChangeKind.NewlySkipped => "newly skipped",
        ChangeKind.NotRun => "not run",
        ChangeKind.RunsAgain => "runs again",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
