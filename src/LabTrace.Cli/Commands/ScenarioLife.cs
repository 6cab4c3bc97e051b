using System.Text.Json;
using LabTrace.Reports.History;
using LabTrace.Scenarios;

namespace LabTrace.Cli.Commands;

/// <summary>One scenario through the runs of a store, the oldest first.</summary>
internal sealed record ScenarioLife(string Id, string Title, IReadOnlyList<(StoredRun Run, StoredScenario Scenario)> Runs)
{
    public const string Legend = ". passed, ~ passed at a later attempt, F failed, B broken, s skipped, - not run";

    private const int Longest = 60;

    /// <summary>One sign a run.</summary>
    public string Line => string.Concat(Runs.Skip(Math.Max(0, Runs.Count - Longest)).Select(static p => Sign(p.Scenario)));

    public int Failures => Runs.Count(static p => p.Scenario.Verdict == Verdict.Failed);

    /// <summary>It passes always, at the first attempt, or is skipped always.</summary>
    public bool IsStable => Runs.All(static p => Sign(p.Scenario) == '.') || Runs.All(static p => Sign(p.Scenario) == 's');

    public string Counts => string.Join(", ", Runs.GroupBy(static p => p.Scenario.Verdict).OrderBy(static g => g.Key).Select(static g => $"{g.Count()} {g.Key?.ToString().ToLowerInvariant() ?? "not run"}"));

    /// <summary>When it stopped passing, and what changed there; empty while it passes.</summary>
    public string Since
    {
        get
        {
            var lastPass = Runs.ToList().FindLastIndex(static p => p.Scenario.Verdict == Verdict.Passed);
            if (lastPass < 0 || Runs.Skip(lastPass + 1).FirstOrDefault(static p => p.Scenario.Verdict == Verdict.Failed) is not { Run: { } first })
            {
                return "";
            }

            var before = Runs[lastPass].Run;
            var kernel = before.Kernel == first.Kernel ? "" : $", kernel {before.Kernel} to {first.Kernel}";
            return $"; fails since {first.Name} (passed in {before.Name}{kernel})";
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteString("title", Title);
        writer.WriteBoolean("stable", IsStable);
        writer.WriteStartArray("runs");
        foreach (var (run, scenario) in Runs)
        {
            writer.WriteStartObject();
            writer.WriteString("run", run.Name);
            writer.WriteString("verdict", scenario.Verdict?.ToString().ToLowerInvariant() ?? "not run");
            writer.WriteNumber("attempts", scenario.Attempts.Count);
            writer.WriteNumber("seconds", scenario.Duration.TotalSeconds);
            writer.WriteString("reason", scenario.Reason);
            writer.WriteStartArray("measurements");
            foreach (var number in scenario.Measurements)
            {
                writer.WriteStartObject();
                writer.WriteString("name", number.Name);
                writer.WriteNumber("value", number.Value);
                writer.WriteString("unit", number.Unit);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static char Sign(StoredScenario scenario) => scenario.Verdict switch
    {
        Verdict.Passed => scenario.Attempts.Count > 1 ? '~' : '.',
        Verdict.Failed => 'F',
        Verdict.Broken => 'B',
        Verdict.Skipped => 's',
        _ => '-',
    };
}
