using LabTrace.Reports.History;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests.History;

public sealed class QualificationTests
{
    private const Verdict P = Verdict.Passed;
    private const Verdict F = Verdict.Failed;

    private static readonly double[] Quiet = [100, 102, 98, 101, 99, 103];

    [Test]
    public void The_same_twice_is_qualified() =>
        Judge(Runs("bench", [P, P, P, P, P, P], Quiet), Runs("bench", [P, P, P, P, P, P], [101, 99, 100, 102, 98, 97])).Verdict.Should().Be(QualificationVerdict.Qualified);

    [Test]
    public void A_failure_that_repeats_is_a_regression()
    {
        var judged = Judge(Runs("bench", [P, P, P]), Runs("bench", [F, F, F]));

        judged.Verdict.Should().Be(QualificationVerdict.Rejected);
        judged.Findings.Should().ContainSingle(f => f.Kind == FindingKind.Regression).Which.Text.Should().Contain("failed in 3 of 3").And.Contain("0 of 3");
    }

    [Test]
    public void One_failure_is_no_regression_but_an_open_question_that_says_what_to_do()
    {
        var judged = Judge(Runs("bench", [P, P, P]), Runs("bench", [P, F, P]));

        judged.Verdict.Should().Be(QualificationVerdict.Undecided);
        judged.Findings.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = FindingKind.Unconfirmed });
        judged.Findings[0].Text.Should().Contain("labtrace run --rerun");
    }

    [Test]
    public void A_retry_that_passes_does_not_unmake_the_failure_before_it()
    {
        var flaky = Runs("bench", [P, P, P]).Select(r => r with { Scenarios = [r.Scenarios[0] with { Attempts = [F, P] }] }).ToList();

        Judge(Runs("bench", [P, P, P]), flaky).Findings.Should().Contain(f => f.Kind == FindingKind.Unconfirmed && f.Text.Contains("3 of 6", StringComparison.Ordinal));
    }

    [Test]
    public void A_failure_that_the_baseline_has_too_is_known() =>
        Judge(Runs("bench", [F, F, P]), Runs("bench", [F, P, F])).Should().BeEquivalentTo(new { Verdict = QualificationVerdict.Qualified, Findings = new[] { new { Kind = FindingKind.KnownFailure } } });

    [Test]
    public void A_number_that_is_surely_worse_rejects()
    {
        var judged = Judge(Runs("bench", [P, P, P, P, P, P], Quiet), Runs("bench", [P, P, P, P, P, P], [140, 143, 139, 150, 141, 138]));

        judged.Verdict.Should().Be(QualificationVerdict.Rejected);
        judged.Findings.Should().ContainSingle(f => f.Kind == FindingKind.NumberWorse).Which.Text.Should().Contain("+39.8 %");
    }

    [Test]
    public void A_number_that_is_surely_better_does_not() =>
        Judge(Runs("bench", [P, P, P, P, P, P], [140, 143, 139, 150, 141, 138]), Runs("bench", [P, P, P, P, P, P], Quiet)).Verdict.Should().Be(QualificationVerdict.Qualified);

    [Test]
    public void Noise_is_no_regression() =>
        Judge(Runs("bench", [P, P, P, P, P, P], [50, 160, 90, 130, 70, 110]), Runs("bench", [P, P, P, P, P, P], [170, 60, 120, 95, 140, 85])).Verdict.Should().Be(QualificationVerdict.Qualified);

    [Test]
    public void A_certain_shift_within_the_tolerance_is_no_regression() =>
        Judge(Runs("bench", [P, P, P, P, P, P], Quiet), Runs("bench", [P, P, P, P, P, P], [103.1, 103.2, 103.3, 103.4, 103.5, 103.6])).Verdict.Should().Be(QualificationVerdict.Qualified);

    [Test]
    public void Too_few_repetitions_are_told_with_how_many_are_needed()
    {
        var judged = Judge(Runs("bench", [P, P], [100, 101]), Runs("bench", [P, P], [200, 201]));

        judged.Verdict.Should().Be(QualificationVerdict.Undecided);
        judged.Findings.Should().ContainSingle(f => f.Kind == FindingKind.TooFew).Which.Text.Should().Contain("5 each are needed");
    }

    [Test]
    public void Boards_are_compared_each_with_itself()
    {
        var judged = Judge(
            [.. Runs("fast", [P, P, P, P, P, P], Quiet), .. Runs("slow", [P, P, P, P, P, P], [900, 902, 905, 899, 901, 903])],
            [.. Runs("fast", [P, P, P, P, P, P], Quiet), .. Runs("slow", [P, P, P, P, P, P], [901, 903, 904, 900, 902, 899])]);

        judged.Verdict.Should().Be(QualificationVerdict.Qualified);
        judged.Numbers.Should().HaveCount(2);
    }

    [Test]
    public void A_board_that_only_one_side_ran_on_leaves_the_question_open() =>
        Judge(Runs("a", [P, P]), Runs("b", [P, P])).Findings.Select(f => f.Kind).Should().Equal(FindingKind.NotCompared, FindingKind.NotCompared);

    [Test]
    public void What_the_candidate_skips_is_not_qualified()
    {
        var judged = Judge(Runs("bench", [P, P, P]), Runs("bench", [Verdict.Skipped, Verdict.Skipped, Verdict.Skipped]));

        judged.Verdict.Should().Be(QualificationVerdict.Undecided);
        judged.Findings.Should().ContainSingle(f => f.Kind == FindingKind.CoverageLost);
    }

    [Test]
    public void A_lab_that_breaks_is_never_the_candidate_s_fault() =>
        Judge(Runs("bench", [P, P, P]), Runs("bench", [Verdict.Broken, Verdict.Broken, Verdict.Broken])).Should().BeEquivalentTo(
            new { Verdict = QualificationVerdict.Undecided, Findings = new[] { new { Kind = FindingKind.LabBroke } } });

    private static Qualification Judge(IReadOnlyList<StoredRun> baseline, IReadOnlyList<StoredRun> candidate) =>
        Qualification.Judge(baseline, candidate, new QualificationOptions());

    private static List<StoredRun> Runs(string board, Verdict[] verdicts, double[]? numbers = null) =>
    [
        .. verdicts.Select((verdict, i) => new StoredRun
        {
            Name = $"{board}{i}-{Guid.NewGuid():N}",
            Board = board,
            IsComplete = true,
            Scenarios =
            [
                new StoredScenario
                {
                    Id = "one", Title = "a › one", Verdict = verdict, Attempts = [verdict], Reason = verdict == P ? "" : "it did not hold",
                    Measurements = numbers is null ? [] : [new StoredMeasurement("latency", numbers[i], "us")],
                },
            ],
        }),
    ];
}
