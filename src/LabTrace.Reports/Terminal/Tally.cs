using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Terminal;

/// <summary>Scenarios by verdict.</summary>
internal readonly record struct Tally(int Passed, int Failed, int Skipped, int Broken, int NotRun)
{
    /// <summary>Of those that passed, the ones that did only when tried again.</summary>
    public int Flaky { get; init; }

    public int Total => Passed + Failed + Skipped + Broken + NotRun;

    public static Tally Of(IReadOnlyList<ScenarioRecord> scenarios)
    {
        var tally = default(Tally);
        foreach (var scenario in scenarios)
        {
            tally = tally.And(scenario.Verdict);
        }

        return tally with { Flaky = scenarios.Count(scenario => scenario.IsFlaky) };
    }

    public Tally And(Verdict? verdict) => verdict switch
    {
        Verdict.Passed => this with { Passed = Passed + 1 },
        Verdict.Failed => this with { Failed = Failed + 1 },
        Verdict.Skipped => this with { Skipped = Skipped + 1 },
        Verdict.Broken => this with { Broken = Broken + 1 },
        _ => this with { NotRun = NotRun + 1 },
    };

    /// <summary>The summary line without its duration.</summary>
    public override string ToString()
    {
        var notRun = NotRun == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {NotRun} not run");
        var flaky = Flaky == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {Flaky} flaky");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Wording.Count(Total, "scenario")}: {Passed} passed, {Failed} failed, {Skipped} skipped, {Broken} broken{notRun}{flaky}");
    }
}
