using System.Globalization;

namespace LabTrace.Reports.History;

/// <summary>A number of one scenario on one board, in the baseline and with the candidate.</summary>
/// <param name="Board">The board.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit, or empty.</param>
/// <param name="Baseline">The baseline's values, one an execution.</param>
/// <param name="Candidate">The candidate's.</param>
public sealed record NumberComparison(string Board, string Scenario, string Name, string Unit, IReadOnlyList<double> Baseline, IReadOnlyList<double> Candidate)
{
    // Of what is measured in these, more is worse; of rates, less is.
    private static readonly string[] MoreIsWorse = ["ns", "us", "µs", "ms", "s", "min", "B", "KiB", "MiB", "GiB"];
    private static readonly string[] LessIsWorse = ["1/s", "/s", "Hz", "MB/s", "GB/s", "MiB/s", "ops/s", "events/s"];

    /// <summary>Mann-Whitney's two-sided probability; null with too few values.</summary>
    public double? Probability { get; private init; }

    /// <summary>It stays significant with all numbers of the comparison looked at (Holm).</summary>
    public bool IsSignificant { get; private init; }

    /// <summary>Executions each side would need for a significant answer among so many numbers.</summary>
    public int Needed { get; private init; }

    /// <summary>The candidate's median over the baseline's; NaN when one has no values.</summary>
    public double Ratio => Baseline.Count == 0 || Candidate.Count == 0 ? double.NaN : Statistics.Median(Candidate) / Statistics.Median(Baseline);

    /// <summary>Finds which shifts are more than noise.</summary>
    internal static List<NumberComparison> Decide(List<NumberComparison> numbers, QualificationOptions options)
    {
        var needed = Needs(numbers.Count, options);
        var tested = numbers.Select(n => n with { Needed = needed, Probability = n.HasEnough(options) ? Statistics.MannWhitney(n.Baseline, n.Candidate) : null }).ToList();
        var order = Enumerable.Range(0, tested.Count).Where(i => tested[i].Probability is not null).OrderBy(i => tested[i].Probability).ToList();
        for (var rank = 0; rank < order.Count && tested[order[rank]].Probability <= options.Alpha / (order.Count - rank); rank++)
        {
            tested[order[rank]] = tested[order[rank]] with { IsSignificant = true };
        }

        return tested;
    }

    /// <summary>What it means for the judgement; null for nothing.</summary>
    internal QualificationFinding? ToFinding(QualificationOptions options)
    {
        if (Candidate.Count == 0 && Baseline.Count > 0)
        {
            return new QualificationFinding(FindingKind.CoverageLost, Board, Scenario, $"the candidate did not measure {Name}");
        }

        if (Baseline.Count == 0)
        {
            return null;
        }

        if (!HasEnough(options))
        {
            return new QualificationFinding(FindingKind.TooFew, Board, Scenario, $"{Name} has {Baseline.Count} and {Candidate.Count} values, and {Math.Max(options.Repetitions, Needed)} each are needed: {Describe()}");
        }

        // Few values cannot be told apart however far they are: then a shift beyond the noise stays open instead of passing.
        if (!IsSignificant && IsBeyondNoise(options) && Math.Min(Baseline.Count, Candidate.Count) < Needed)
        {
            return new QualificationFinding(FindingKind.TooFew, Board, Scenario, $"{Name} moved beyond its noise, and {Baseline.Count} and {Candidate.Count} values cannot make that certain among so many numbers; {Needed} each can: {Describe()}");
        }

        if (!IsSignificant || Math.Abs(Ratio - 1) <= options.Tolerance)
        {
            return null;
        }

        return IsBetter
            ? new QualificationFinding(FindingKind.NumberChanged, Board, Scenario, $"{Name} is better: {Describe()}")
            : new QualificationFinding(FindingKind.NumberWorse, Board, Scenario, $"{Name} {(IsWorse ? "is worse" : "changed, and its unit does not tell for which side")}: {Describe()}");
    }

    /// <summary>Medians, spreads and probability in words.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Side(Baseline)} to {Side(Candidate)}{(double.IsFinite(Ratio) ? $", {(Ratio - 1) * 100:+0.#;-0.#;0} %" : "")}{(Probability is { } p ? $", p = {p:0.####}" : "")}");

    private bool IsWorse => (MoreIsWorse.Contains(Unit, StringComparer.Ordinal) && Ratio > 1) || (LessIsWorse.Contains(Unit, StringComparer.Ordinal) && Ratio < 1);

    private bool IsBetter => (MoreIsWorse.Contains(Unit, StringComparer.Ordinal) && Ratio < 1) || (LessIsWorse.Contains(Unit, StringComparer.Ordinal) && Ratio > 1);

    private bool HasEnough(QualificationOptions options) => Baseline.Count >= options.Repetitions && Candidate.Count >= options.Repetitions;

    private bool IsBeyondNoise(QualificationOptions options) =>
        Math.Abs(Ratio - 1) > options.Tolerance
        && Math.Abs(Statistics.Median(Candidate) - Statistics.Median(Baseline)) > 3 * Math.Max(Statistics.Spread(Baseline), Statistics.Spread(Candidate));

    private static int Needs(int numbers, QualificationOptions options)
    {
        var needed = options.Repetitions;
        while (needed < 100 && Statistics.LeastProbability(needed, needed) > options.Alpha / Math.Max(1, numbers))
        {
            needed++;
        }

        return needed;
    }

    private string Side(IReadOnlyList<double> values) => values.Count == 0
        ? "nothing"
        : string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(values):0.###} ± {Statistics.Spread(values):0.###}{(Unit.Length > 0 ? " " + Unit : "")} (n = {values.Count})");
}
