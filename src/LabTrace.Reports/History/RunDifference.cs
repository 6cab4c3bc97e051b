using LabTrace.Scenarios;

namespace LabTrace.Reports.History;

/// <summary>How one run differs from another, scenario by scenario.</summary>
public sealed record RunDifference(IReadOnlyList<ScenarioChange> Changes, IReadOnlyList<NumberShift> Shifts, int Same)
{
    private const double LeastRatio = 1.25;
    private const double Significant = 3;
    private const int LeastHistory = 5;
    private const int LeastSamples = 8;
    private const double Alpha = 0.001;
    private static readonly TimeSpan LeastShift = TimeSpan.FromMilliseconds(50);

    /// <summary>Compares.</summary>
    /// <param name="before">The run compared with.</param>
    /// <param name="after">The run asked about.</param>
    /// <param name="others">Other runs of the store: how much durations and numbers scatter is learned from those on the same board.</param>
    public static RunDifference Between(StoredRun before, StoredRun after, IReadOnlyList<StoredRun> others)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(others);
        var old = before.Scenarios.GroupBy(static s => s.Id, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal);
        var history = others.Where(r => r.Board == after.Board && r.Name != before.Name && r.Name != after.Name)
            .SelectMany(static r => r.Scenarios).Where(static s => s.Verdict == Verdict.Passed)
            .ToLookup(static s => s.Id, StringComparer.Ordinal);
        List<ScenarioChange> changes = [];
        List<NumberShift> shifts = [];
        var same = 0;
        foreach (var now in after.Scenarios)
        {
            if (!old.Remove(now.Id, out var was))
            {
                changes.Add(new ScenarioChange(ChangeKind.Added, null, now));
                continue;
            }

            if (KindOf(was, now) is { } kind)
            {
                changes.Add(new ScenarioChange(kind, was, now));
            }
            else
            {
                same++;
            }

            AddShifts(shifts, was, now, [.. history[now.Id]]);
        }

        changes.AddRange(old.Values.Select(static gone => new ScenarioChange(ChangeKind.Removed, gone, null)));
        return new RunDifference(
            [.. changes.OrderBy(static c => c.Kind)],
            [.. Decide(shifts).OrderByDescending(static s => s.IsSignificant).ThenByDescending(static s => s.Significance ?? 0).ThenBy(static s => s.Probability ?? 1)],
            same);
    }

    private static ChangeKind? KindOf(StoredScenario was, StoredScenario now) => (was.Verdict, now.Verdict) switch
    {
        (not Verdict.Failed, Verdict.Failed) => ChangeKind.NewlyFailing,
        (not Verdict.Broken, Verdict.Broken) => ChangeKind.NewlyBroken,
        (not Verdict.Skipped, Verdict.Skipped) => ChangeKind.NewlySkipped,
        (not null, null) => ChangeKind.NotRun,
        (Verdict.Passed, Verdict.Passed) => IsFlaky(now) && !IsFlaky(was) ? ChangeKind.Flaky : null,
        (Verdict.Failed or Verdict.Broken, Verdict.Passed) => IsFlaky(now) ? ChangeKind.Flaky : ChangeKind.Fixed,
        (_, Verdict.Passed) => ChangeKind.RunsAgain,
        _ => null,
    };

    private static bool IsFlaky(StoredScenario scenario) => scenario.Attempts.Count > 1;

    private static void AddShifts(List<NumberShift> shifts, StoredScenario was, StoredScenario now, StoredScenario[] history)
    {
        if (was.Verdict == Verdict.Passed && now.Verdict == Verdict.Passed && (now.Duration - was.Duration).Duration() >= LeastShift)
        {
            Add(shifts, now, "duration", "ms", was.Duration.TotalMilliseconds, now.Duration.TotalMilliseconds, [.. history.Select(static s => s.Duration.TotalMilliseconds)]);
        }

        foreach (var number in now.Measurements)
        {
            if (was.Measurements.FirstOrDefault(m => m.Name == number.Name) is { } before)
            {
                Add(shifts, now, number.Name, number.Unit, before.Value, number.Value, [.. history.SelectMany(static s => s.Measurements).Where(m => m.Name == number.Name).Select(static m => m.Value)], before.Samples, number.Samples);
            }
        }
    }

    // Told when it is large; significant when it is also far beyond what the store's other runs scatter. Where they are too few to tell,
    // the samples of the two runs are compared: that says whether these runs differ, not why.
    private static void Add(
        List<NumberShift> shifts, StoredScenario scenario, string name, string unit, double before, double after, double[] history,
        IReadOnlyList<double>? samplesBefore = null, IReadOnlyList<double>? samplesAfter = null)
    {
        var ratio = before == 0 ? double.PositiveInfinity : after / before;
        if (before == after || (ratio < LeastRatio && ratio > 1 / LeastRatio))
        {
            return;
        }

        double? sigmas = history.Length < LeastHistory ? null : Math.Abs(after - before) / (Math.Max(Statistics.Spread(history), double.Epsilon) * Math.Sqrt(2));
        double? probability = sigmas is null && samplesBefore?.Count >= LeastSamples && samplesAfter?.Count >= LeastSamples
            ? Statistics.MannWhitney(samplesBefore, samplesAfter)
            : null;
        shifts.Add(new NumberShift(scenario.Id, scenario.Title, name, unit, before, after, sigmas, history.Length, sigmas >= Significant)
        {
            Probability = probability,
            Samples = probability is null ? (0, 0) : (samplesBefore!.Count, samplesAfter!.Count),
        });
    }

    /// <summary>Of the shifts that samples decide, those stay significant that are so with all of them looked at (Holm).</summary>
    private static IEnumerable<NumberShift> Decide(List<NumberShift> shifts)
    {
        var tested = shifts.Where(static s => s.Probability is not null).OrderBy(static s => s.Probability).ToList();
        var certain = tested.TakeWhile((s, rank) => s.Probability <= Alpha / (tested.Count - rank)).ToHashSet();
        return shifts.Select(s => certain.Contains(s) ? s with { IsSignificant = true } : s);
    }
}

/// <summary>What became of a scenario, the gravest first.</summary>
public enum ChangeKind
{
    /// <summary>It fails, and did not.</summary>
    NewlyFailing,

    /// <summary>The lab broke in it, and did not.</summary>
    NewlyBroken,

    /// <summary>It passes only at a later attempt.</summary>
    Flaky,

    /// <summary>It is skipped, and was not.</summary>
    NewlySkipped,

    /// <summary>It was to run and did not: the run ended before it.</summary>
    NotRun,

    /// <summary>The run does not have it.</summary>
    Removed,

    /// <summary>The other run did not have it.</summary>
    Added,

    /// <summary>It was skipped or not run, and passes.</summary>
    RunsAgain,

    /// <summary>It failed or broke, and passes.</summary>
    Fixed,
}

/// <summary>A scenario that differs.</summary>
/// <param name="Kind">How.</param>
/// <param name="Before">As it was; null for a new one.</param>
/// <param name="After">As it is; null for one that is gone.</param>
public sealed record ScenarioChange(ChangeKind Kind, StoredScenario? Before, StoredScenario? After);

/// <summary>A number that differs much.</summary>
/// <param name="Id">The scenario.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Name">What the number is.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it is.</param>
/// <param name="Significance">The shift in standard deviations of such a shift by chance; null when too few other runs tell.</param>
/// <param name="History">How many other runs tell.</param>
/// <param name="IsSignificant">It is beyond three of them; or, where too few other runs tell, the runs' samples surely differ.</param>
public sealed record NumberShift(string Id, string Title, string Name, string Unit, double Before, double After, double? Significance, int History, bool IsSignificant)
{
    /// <summary>How likely the two runs' samples are one distribution's (Mann-Whitney); null where history decides, or samples are too few.</summary>
    public double? Probability { get; init; }

    /// <summary>How many samples of each run were compared.</summary>
    public (int Before, int After) Samples { get; init; }
}
