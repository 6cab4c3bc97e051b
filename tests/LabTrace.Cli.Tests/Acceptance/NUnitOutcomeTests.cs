using LabTrace.Acceptance;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using Reqnroll;

namespace LabTrace.Cli.Tests.Acceptance;

/// <summary>What NUnit says of a scenario is what it says with Reqnroll: result and message.</summary>
public sealed class NUnitOutcomeTests
{
    [TestCase("Given it works", TestStatus.Passed, "")]
    [TestCase("Given nobody knows 7", TestStatus.Inconclusive, "No matching step definition found for one or more steps.\n[Given(\"nobody knows {int}\")]\npublic void GivenNobodyKnows(int p0)")]
    [TestCase("Given it is to come", TestStatus.Inconclusive, "One or more step definitions are not implemented yet.")]
    [TestCase("When over 7", TestStatus.Failed, "Reqnroll.AmbiguousBindingException : Ambiguous step definitions found for step 'When over 7': ")]
    [TestCase("When 3 of 4", TestStatus.Failed, "Reqnroll.BindingException : Parameter count mismatch! The binding method 'OutcomeSteps.Of(Int32)' should have 2 parameters")]
    [TestCase("Then it fails", TestStatus.Failed, "Expected: 2")]
    [TestCase("Then it breaks", TestStatus.Failed, "System.InvalidOperationException : the lab is gone")]
    [TestCase("Then it is left out", TestStatus.Skipped, "no such device")]
    [TestCase("Then it decides nothing", TestStatus.Inconclusive, "who knows")]
    public async Task A_scenario_ends_as_with_Reqnroll(string step, TestStatus status, string message)
    {
        var result = await ResultOfAsync($"Feature: f\nScenario: s\n{step}", new ReqnrollSettings());

        Assert.That(result.ResultState.Status, Is.EqualTo(status), result.Message);
        Assert.That(result.Message.Trim('\n'), Does.StartWith(message));
    }

    [Test]
    public async Task An_ignored_scenario_is_skipped()
    {
        var result = await ResultOfAsync("Feature: f\n@ignore\nScenario: s\nGiven it works", new ReqnrollSettings());

        Assert.That((result.ResultState.Status, result.Message), Is.EqualTo((TestStatus.Skipped, "Ignored scenario")));
    }

    [TestCase("Pending", TestStatus.Inconclusive)]
    [TestCase("Inconclusive", TestStatus.Inconclusive)]
    [TestCase("Ignore", TestStatus.Skipped)]
    [TestCase("Error", TestStatus.Failed)]
    public async Task What_a_missing_step_is_can_be_set(string outcome, TestStatus status)
    {
        var settings = ReqnrollSettings.Parse($$"""{ "runtime": { "missingOrPendingStepsOutcome": "{{outcome}}" } }""");

        var undefined = await ResultOfAsync("Feature: f\nScenario: s\nGiven nobody knows", settings);
        var pending = await ResultOfAsync("Feature: f\nScenario: s\nGiven it is to come", settings);

        Assert.That((undefined.ResultState.Status, pending.ResultState.Status), Is.EqualTo((status, status)));
    }

    /// <summary>Runs a scenario as a test of NUnit's own, apart from this one.</summary>
    private static async Task<TestResult> ResultOfAsync(string feature, ReqnrollSettings settings)
    {
        var summary = await new ScenarioRunner(FeatureSet.Parse(("f.feature", feature)), BindingRegistry.BuildFrom(typeof(OutcomeSteps)), new RunOptions(), settings)
            .RunAsync([], CancellationToken.None);
        using var context = new TestExecutionContext.IsolatedContext();
        var result = TestExecutionContext.CurrentContext.CurrentResult;
        try
        {
            NUnitOutcome.Report(summary.Scenarios.Single(), settings);
            result.SetResult(ResultState.Success);
        }
        catch (Exception error)
        {
            result.RecordException(error);
        }

        return result;
    }

    [Binding]
    public sealed class OutcomeSteps
    {
        [Given("it works")]
        public void Works()
        {
        }

        [Given("it is to come")]
        public void ToCome() => throw new PendingStepException();

        [When("over {int}")]
        public void Over(int number)
        {
        }

        [When("(over) .*")]
        public void OverAnything(string over)
        {
        }

        [When(@"(\d+) of (\d+)")]
        public void Of(int one)
        {
        }

        [Then("it fails")]
        public void Fails() => throw new AssertionException("Expected: 2");

        [Then("it breaks")]
        public void Breaks() => throw new InvalidOperationException("the lab is gone");

        [Then("it is left out")]
        public void LeftOut() => Assert.Ignore("no such device");

        [Then("it decides nothing")]
        public void DecidesNothing() => Assert.Inconclusive("who knows");
    }
}
