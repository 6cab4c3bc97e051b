using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class ExecutionTests
{
    [Test]
    public async Task Steps_share_what_their_class_keeps()
    {
        var run = await TestRun.OfAsync(
            """
            Feature: cucumbers
              Scenario: eating
                Given there are 12 cucumbers
                When I eat 5 cucumbers
                Then I should have 7 cucumbers
            """,
            typeof(CucumberSteps));

        run.Only.Verdict.Should().Be(Verdict.Passed);
        run.Statuses.Should().Equal(TestStepResultStatus.Passed, TestStepResultStatus.Passed, TestStepResultStatus.Passed);
    }

    [Test]
    public async Task A_failed_assertion_says_that_the_device_failed_and_later_steps_are_skipped()
    {
        var run = await TestRun.OfAsync(
            """
            Feature: cucumbers
              Scenario: eating
                Given there are 12 cucumbers
                Then I should have 7 cucumbers
                When I eat 5 cucumbers
            """,
            typeof(CucumberSteps));

        run.Only.Verdict.Should().Be(Verdict.Failed);
        run.Only.Step.Should().Be("Then I should have 7 cucumbers");
        run.Only.StepLocation.Should().Be("test.feature:4");
        run.Statuses.Should().Equal(TestStepResultStatus.Passed, TestStepResultStatus.Failed, TestStepResultStatus.Skipped);
    }

    [Binding]
    public sealed class CucumberSteps
    {
        private int _count;

        [Given("there are {int} cucumbers")]
        public void Given(int count) => _count = count;

        [When("I eat {int} cucumbers")]
        public async Task Eat(int count)
        {
            await Task.Yield();
            _count -= count;
        }

        [Then(@"I should have (\d+) cucumbers")]
        public ValueTask Have(long count)
        {
            ((long)_count).Should().Be(count);
            return ValueTask.CompletedTask;
        }
    }
}
