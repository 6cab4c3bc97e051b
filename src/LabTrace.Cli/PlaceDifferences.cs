using LabTrace.Reports.History;
using LabTrace.Scenarios;

namespace LabTrace.Cli;

/// <summary>Compares runs of the same features at several places, scenario by scenario.</summary>
internal static class PlaceDifferences
{
    /// <summary>Puts the scenarios of the first run beside what the others say of them.</summary>
    public static IReadOnlyList<ScenarioAtPlaces> Align(IReadOnlyList<StoredRun> runs)
    {
        var byPlace = runs.Select(Number).ToList();
        return [.. byPlace[0].Keys
            .Select(title => new ScenarioAtPlaces(title, [.. byPlace.Select(s => s.GetValueOrDefault(title))]))];
    }

    /// <summary>Where a place differs from the first. What a later place lacks and skips says nothing; what the first lacks and a later one ran is a difference.</summary>
    public static IReadOnlyList<PlaceDifference> Find(IReadOnlyList<ScenarioAtPlaces> scenarios, IReadOnlyList<string> places)
    {
        List<PlaceDifference> differences = [];
        foreach (var scenario in scenarios)
        {
            var reference = scenario.At[0];
            for (var i = 1; i < places.Count; i++)
            {
                var found = scenario.At[i];
                if (found?.Verdict != Verdict.Skipped && found?.Verdict != reference?.Verdict)
                {
                    var why = found?.Reason is { Length: > 0 } reason ? reason : reference?.Reason ?? "";
                    differences.Add(new PlaceDifference(scenario.Title, places[i], Word(reference), Word(found), why));
                }
            }
        }

        return differences;
    }

    /// <summary>A verdict as one word.</summary>
    public static string Word(StoredScenario? scenario) => scenario?.Verdict?.ToString().ToLowerInvariant() ?? "not run";

    private static Dictionary<string, StoredScenario> Number(StoredRun run)
    {
        Dictionary<string, StoredScenario> scenarios = new(StringComparer.Ordinal);
        foreach (var scenario in run.Scenarios)
        {
            var title = scenario.Title;
            for (var row = 2; !scenarios.TryAdd(title, scenario); row++)
            {
                title = $"{scenario.Title} #{row}";
            }
        }

        return scenarios;
    }
}

/// <summary>What one scenario came to at each of several places.</summary>
/// <param name="Title">Feature and scenario; rows of an outline are numbered.</param>
/// <param name="At">By place, in the order asked; null where it is not.</param>
internal sealed record ScenarioAtPlaces(string Title, IReadOnlyList<StoredScenario?> At);

/// <summary>A place that says other than the first.</summary>
/// <param name="Title">The scenario.</param>
/// <param name="Place">The place.</param>
/// <param name="Reference">What the first place said.</param>
/// <param name="Found">What this one said.</param>
/// <param name="Why">The line behind either of them.</param>
internal sealed record PlaceDifference(string Title, string Place, string Reference, string Found, string Why);
