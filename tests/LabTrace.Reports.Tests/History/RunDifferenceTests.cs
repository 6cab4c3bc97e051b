using LabTrace.Reports.History;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests.History;

/// <summary>Which shifts between two runs are more than noise.</summary>
public sealed class RunDifferenceTests
{
    [Test]
    public void A_shift_is_significant_when_it_is_far_beyond_what_other_runs_scatter()
    {
        var others = Enumerable.Range(0, 6).Select(i => Run($"other {i}", 100 + i)).ToList();

        RunDifference.Between(Run("a", 100), Run("b", 180), others).Shifts.Should().ContainSingle().Which.Should().BeEquivalentTo(new { IsSignificant = true, History = 6, Probability = (double?)null });
        RunDifference.Between(Run("a", 100), Run("b", 103), others).Shifts.Should().BeEmpty("a shift of less than a quarter is not told");
    }

    [Test]
    public void Without_history_the_samples_of_both_runs_decide()
    {
        var shift = RunDifference.Between(Run("a", 100, Scattered(100)), Run("b", 180, Scattered(180)), []).Shifts.Should().ContainSingle().Subject;

        shift.IsSignificant.Should().BeTrue();
        shift.Probability.Should().BeLessThan(0.001);
        shift.Samples.Should().Be((50, 50));
    }

    [Test]
    public void A_value_that_moved_while_its_samples_did_not_is_not_significant()
    {
        var shift = RunDifference.Between(Run("a", 100, Scattered(100)), Run("b", 180, Scattered(100.5)), []).Shifts.Should().ContainSingle().Subject;

        shift.IsSignificant.Should().BeFalse();
        shift.Probability.Should().BeGreaterThan(0.05);
    }

    [Test]
    public void Too_few_samples_leave_it_open()
    {
        var shift = RunDifference.Between(Run("a", 100, [100, 101, 102]), Run("b", 180, [180, 181, 182]), []).Shifts.Should().ContainSingle().Subject;

        shift.Should().BeEquivalentTo(new { IsSignificant = false, Probability = (double?)null, Significance = (double?)null });
    }

    [Test]
    public void Samples_are_thinned_to_what_still_tells_their_distribution()
    {
        var thin = StoredMeasurement.Thin([.. Enumerable.Range(0, 1000).Select(i => (double)(999 - i))]);

        thin.Should().HaveCount(StoredMeasurement.MostSamples).And.BeInAscendingOrder();
        Statistics.Median(thin).Should().BeApproximately(499.5, 3);
        thin[0].Should().BeLessThan(5);
        thin[^1].Should().BeGreaterThan(994);
    }

    private static double[] Scattered(double around) => [.. Enumerable.Range(0, 50).Select(i => around + (i * 37 % 50 / 10.0))];

    private static StoredRun Run(string name, double value, IReadOnlyList<double>? samples = null) => new()
    {
        Name = name,
        IsComplete = true,
        Board = "bench",
        Scenarios =
        [
            new StoredScenario
            {
                Id = "1",
                Title = "one",
                Verdict = Verdict.Passed,
                Attempts = [Verdict.Passed],
                Measurements = [new StoredMeasurement("latency", value, "us") { Samples = samples ?? [] }],
            },
        ],
    };
}
