using System.Runtime.InteropServices;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.JUnit;

/// <summary>What JUnit counts of scenarios and the tests that programs reported while they ran.</summary>
/// <remarks>A plain loop: a short run pays for every generic method over a value type that has to be compiled first.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JUnitTally(int Tests, int Failures, int Errors, int Skipped, TimeSpan Duration)
{
    /// <summary>Counts them.</summary>
    public static JUnitTally Of(IReadOnlyList<ScenarioRecord> scenarios)
    {
        var tally = default(JUnitTally);
        for (var i = 0; i < scenarios.Count; i++)
        {
            var scenario = scenarios[i];
            tally = tally.And(scenario.Verdict, DurationOf(scenario));
            foreach (var subtest in scenario.Last?.Subtests ?? [])
            {
                tally = tally.And(subtest.Verdict, TimeSpan.Zero);
            }
        }

        return tally;
    }

    /// <summary>How long all attempts at it took.</summary>
    public static TimeSpan DurationOf(ScenarioRecord scenario)
    {
        var sum = TimeSpan.Zero;
        for (var i = 0; i < scenario.Attempts.Count; i++)
        {
            sum += scenario.Attempts[i].Duration;
        }

        return sum;
    }

    /// <summary>With one more; a scenario that never ran counts as skipped.</summary>
    private JUnitTally And(Verdict? verdict, TimeSpan duration) => new(
        Tests + 1,
        Failures + (verdict == Verdict.Failed ? 1 : 0),
        Errors + (verdict == Verdict.Broken ? 1 : 0),
        Skipped + (verdict is Verdict.Skipped or null ? 1 : 0),
        Duration + duration);
}
