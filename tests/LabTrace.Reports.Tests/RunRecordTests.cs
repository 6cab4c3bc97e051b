using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

public sealed class RunRecordTests
{
    [Test]
    public void A_scenario_has_its_verdict_reason_place_and_step()
    {
        var run = Fold(Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Failed, "why", 2))]));

        var scenario = run.Scenarios.Single();

        scenario.Verdict.Should().Be(Verdict.Failed);
        scenario.Reason.Should().Be("why");
        scenario.Place.Should().Be("features/f0.feature:3");
        scenario.FeatureName.Should().Be("f");
        scenario.Attempts.Select(attempt => attempt.Number).Should().Equal(1, 2);
        scenario.DecidingStep!.Sentence.Should().Be("Given a step");
        scenario.DecidingStep.Place.Should().Be("features/f0.feature:4");
        scenario.Last!.Duration.Should().Be(TimeSpan.FromMilliseconds(3));
    }

    [Test]
    public void A_scenario_that_passed_when_tried_again_is_flaky()
    {
        var run = Fold(Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed, "x", 2), new MadeScenario("t", Verdict.Passed))]));

        run.Scenarios.Select(scenario => scenario.IsFlaky).Should().Equal(true, false);
    }

    [Test]
    public void A_scenario_knows_the_step_it_is_at()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);

        var run = Fold(stream.TakeWhile(envelope => envelope.TestStepFinished is null));

        run.Scenarios.Single().RunningStep!.Sentence.Should().Be("Given a step");
        run.Scenarios.Single().Verdict.Should().Be(Verdict.Broken);
        run.Finished.Should().BeNull();
    }

    [Test]
    public void A_scenario_that_never_started_has_no_verdict()
    {
        var run = Fold(Runs.Make([new MadeFeature("f", new MadeScenario("s", null))]));

        run.NotRun.Should().ContainSingle().Which.Verdict.Should().BeNull();
    }

    [Test]
    public void A_scenario_without_steps_is_skipped_and_says_so()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);

        var run = Fold(stream.Where(envelope => envelope.TestStepStarted is null && envelope.TestStepFinished is null));

        run.Scenarios.Single().Verdict.Should().Be(Verdict.Skipped);
        run.Scenarios.Single().Reason.Should().Be("it has no steps");
    }

    [TestCase(TestStepResultStatus.Undefined, "no step definition matches: Given a step")]
    [TestCase(TestStepResultStatus.Ambiguous, "several step definitions match: Given a step")]
    [TestCase(TestStepResultStatus.Pending, "the step is not implemented yet")]
    [TestCase(TestStepResultStatus.Skipped, "no reason given")]
    [TestCase(TestStepResultStatus.Failed, "no message")]
    public void A_status_without_a_message_has_one_of_ours(TestStepResultStatus status, string reason)
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);
        var at = stream.FindIndex(envelope => envelope.TestStepFinished is not null);
        stream[at] = new Envelope { TestStepFinished = stream[at].TestStepFinished! with { TestStepResult = new TestStepResult(status, new Duration(0, 0)) } };

        Fold(stream).Scenarios.Single().Reason.Should().Be(reason);
    }

    [Test]
    public void Messages_about_things_never_announced_are_passed_over()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);

        for (var i = 0; i < stream.Count; i++)
        {
            var fold = () => Fold(stream.Where((_, index) => index != i));

            fold.Should().NotThrow();
        }
    }

    private static RunRecord Fold(IEnumerable<Envelope> stream)
    {
        var run = new RunRecord();
        foreach (var envelope in stream)
        {
            run.Apply(envelope);
        }

        return run;
    }
}
