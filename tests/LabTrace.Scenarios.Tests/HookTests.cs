using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class HookTests
{
    private const string Feature = """
        @lab
        Feature: order
          Background:
            Given a step

          @slow
          Scenario: one
            And a step
            When a step
            Then a step

          Scenario: two
            When a failing step
            Then a step
        """;

    private static RunOptions WithLog(List<string> log) => new() { ConfigureGlobal = container => container.RegisterInstanceAs(log) };

    [Test]
    public async Task Hooks_run_around_blocks_and_steps_in_their_order()
    {
        var log = new List<string>();

        await TestRun.OfAsync(Feature, WithLog(log) with { Name = new("one", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) }, typeof(LoggingHooks));

        log.Should().Equal(
            "run>", "feature>", "scenario> early", "scenario>", "scenario> slow",
            "block> Given", "step>", "Given a step", "<step", "step>", "Given a step", "<step", "<block Given",
            "block> When", "step>", "When a step", "<step", "<block When",
            "block> Then", "step>", "Then a step", "<step", "<block Then",
            "<scenario early", "<scenario", "<feature", "<run");
    }

    [Test]
    public async Task Behind_an_error_no_step_or_block_hook_runs_but_scenario_hooks_do()
    {
        var log = new List<string>();

        await TestRun.OfAsync(Feature, WithLog(log) with { Name = new("two", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) }, typeof(LoggingHooks));

        log.Should().Equal(
            "run>", "feature>", "scenario> early", "scenario>",
            "block> Given", "step>", "Given a step", "<step", "<block Given",
            "block> When", "step>", "failing", "<step boom",
            "<scenario early", "<scenario", "<feature", "<run");
    }

    [Test]
    public async Task Tag_expressions_choose_hooks()
    {
        var log = new List<string>();

        await TestRun.OfAsync(Feature, WithLog(log), typeof(ExpressionHooks));

        log.Should().Equal("lab and slow, or other: one", "not slow: two");
    }

    [Test]
    public async Task A_failing_feature_hook_breaks_every_scenario_of_the_feature_and_names_the_cause()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync(Feature, WithLog(log), typeof(FailingFeatureHook));

        run.Summary.Broken.Should().Be(2);
        run.Summary.Scenarios.Should().OnlyContain(scenario =>
            scenario.Error is FeatureHookException && scenario.Message!.StartsWith("not run: [BeforeFeature] FailingFeatureHook.Before"));
        run.Summary.Scenarios[0].Message.Should().EndWith("failed: no lab");
        log.Should().Equal("after feature");
    }

    [Test]
    public async Task A_feature_hook_runs_once_when_scenarios_run_at_once()
    {
        var log = new List<string>();
        var scenarios = string.Concat(Enumerable.Range(0, 40).Select(number => $"\n  Scenario: {number}\n    Given a step\n"));

        var run = await TestRun.OfAsync("Feature: many\n" + scenarios, WithLog(log) with { Parallel = 4 }, typeof(CountingFeatureHook));

        run.Summary.Passed.Should().Be(40);
        log.Should().Equal("before", "after");
    }

    [Test]
    public async Task What_hooks_of_features_that_start_at_once_put_out_is_told_of_the_feature_it_is_from()
    {
        var features = FeatureSet.Parse(
            ("a.feature", "Feature: a\n  Scenario: s\n    Given a step"), ("b.feature", "Feature: b\n  Scenario: s\n    Given a step"));

        var run = await TestRun.OfAsync(features, new RunOptions { Parallel = 2 }, CancellationToken.None, typeof(SayingFeatureHooks));

        run.Summary.Passed.Should().Be(2);
        var hooks = run.Messages.Select(message => message.TestRunHookStarted).OfType<TestRunHookStarted>().Select(hook => hook.Id).ToList();
        var said = run.Messages.Select(message => message.Attachment).OfType<Attachment>().ToList();
        hooks.Should().HaveCount(2);
        run.Messages.Select(message => message.Hook).OfType<HookMessage>().Should().ContainSingle()
            .Which.Name.Should().Be("[BeforeFeature] SayingFeatureHooks.Before", "messages have no type for it");
        said.Should().HaveCount(4).And.OnlyContain(attachment => hooks.Contains(attachment.TestRunHookStartedId!));
        said.GroupBy(attachment => attachment.TestRunHookStartedId)
            .Should().OnlyContain(group => group.Count() == 2 && group.Select(attachment => attachment.Body.Substring(0, 1)).Distinct().Count() == 1);
    }

    [Test]
    public async Task What_a_run_hook_leaves_in_its_worker_is_found_by_feature_hooks_and_steps()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step", WithLog(log), typeof(WorkerHooks));

        run.Only.Message.Should().BeNull();
        log.Should().Equal("feature 5", "step 5", "run 5");
    }

    [Test]
    public async Task Every_clean_up_hook_runs_though_one_fails()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step", WithLog(log), typeof(FailingCleanup));

        log.Should().Equal("first", "second");
        run.Only.Verdict.Should().Be(Verdict.Broken);
        run.Only.Message.Should().Be("cannot clean up");
    }

    [Test]
    public async Task A_hook_that_ignores_skips_the_scenario_with_its_reason_and_clean_up_runs()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step", WithLog(log), typeof(IgnoringHook));

        run.Only.Verdict.Should().Be(Verdict.Skipped);
        run.Only.Message.Should().Be("place 'x' lacks tracefs");
        run.Statuses.Should().Equal(TestStepResultStatus.Skipped, TestStepResultStatus.Skipped, TestStepResultStatus.Passed);
        log.Should().Equal("after");
    }

    [Test]
    public async Task A_run_hook_that_fails_stops_the_run_before_its_first_scenario()
    {
        var run = await TestRun.OfAsync(Feature, typeof(FailingRunHook));

        run.Summary.Scenarios.Should().BeEmpty();
        run.Summary.NotRun.Should().Be(2);
        run.Summary.Problems.Single().Error.Message.Should().Be("no place");
        run.Summary.Success.Should().BeFalse();
    }

    [Test]
    public async Task Objects_of_a_scenario_are_disposed_of_at_its_end_also_asynchronously()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step", WithLog(log), typeof(DisposedSteps));

        log.Should().Equal("step", "disposed");
        run.Only.Verdict.Should().Be(Verdict.Broken);
        run.Only.Message.Should().Be("cannot close");
    }

    [Binding]
    public sealed class SayingFeatureHooks
    {
        private static readonly SemaphoreSlim Arrived = new(0);
        private static int waiting;

        [BeforeFeature]
        public static async Task Before(FeatureInfo feature, IReqnrollOutputHelper output)
        {
            output.WriteLine($"{feature.Title} starts");
            if (Interlocked.Increment(ref waiting) == 2)
            {
                _ = Arrived.Release(2);
            }

            await Arrived.WaitAsync(TimeSpan.FromSeconds(20));
            output.WriteLine($"{feature.Title} has met the other");
        }

        [Given("a step")]
        public void Step()
        {
        }
    }

    [Binding]
    public sealed class LoggingHooks(List<string> log, ScenarioContext scenario)
    {
        [BeforeTestRun]
        public static void BeforeRun(List<string> log) => log.Add("run>");

        [AfterTestRun]
        public static void AfterRun(List<string> log) => log.Add("<run");

        [BeforeFeature]
        public static void BeforeFeature(List<string> log, FeatureContext feature)
        {
            feature.FeatureInfo.Title.Should().Be("order");
            FeatureContext.Current.Should().BeSameAs(feature);
            log.Add("feature>");
        }

        [AfterFeature]
        public static void AfterFeature(List<string> log) => log.Add("<feature");

        [BeforeScenario]
        public void BeforeScenario() => log.Add("scenario>");

        [BeforeScenario("slow")]
        public void BeforeSlow() => log.Add("scenario> slow");

        [BeforeScenario(Order = 1)]
        public void BeforeEarly() => log.Add("scenario> early");

        [AfterScenario]
        public void AfterScenario() => log.Add("<scenario");

        [AfterScenario(Order = 1)]
        public void AfterEarly() => log.Add("<scenario early");

        [BeforeScenarioBlock]
        public void BeforeBlock() => log.Add($"block> {scenario.CurrentScenarioBlock}");

        [AfterScenarioBlock]
        public void AfterBlock() => log.Add($"<block {scenario.CurrentScenarioBlock}");

        [BeforeStep]
        public void BeforeStep() => log.Add("step>");

        [AfterStep]
        public void AfterStep() => log.Add(scenario.TestError is { } error ? $"<step {error.Message}" : "<step");

        [StepDefinition("a step")]
        public void Step() => log.Add($"{scenario.StepContext.StepInfo.StepDefinitionType} {scenario.StepContext.StepInfo.Text}");

        [When("a failing step")]
        public void Failing()
        {
            log.Add("failing");
            throw new InvalidOperationException("boom");
        }
    }

    [Binding]
    public sealed class ExpressionHooks(List<string> log, ScenarioContext scenario)
    {
        [BeforeScenario("not @slow")]
        public void NotSlow() => log.Add($"not slow: {scenario.ScenarioInfo.Title}");

        [AfterScenario("lab and slow", "other")]
        public void Both() => log.Add($"lab and slow, or other: {scenario.ScenarioInfo.Title}");

        [StepDefinition("a (failing )step")]
        public void Step()
        {
        }
    }

    [Binding]
    public sealed class FailingFeatureHook(List<string> log)
    {
        [BeforeFeature]
        public static void Before() => throw new AssertionException("no lab");

        [AfterFeature]
        public static void After(List<string> log) => log.Add("after feature");

        [BeforeScenario]
        public void BeforeScenario() => log.Add("before scenario");

        [StepDefinition("a (failing )step")]
        public void Step() => log.Add("step");

        [AfterScenario]
        public void AfterScenario() => log.Add("after scenario");
    }

    [Binding]
    public sealed class CountingFeatureHook
    {
        [BeforeFeature]
        public static async Task Before(List<string> log)
        {
            await Task.Yield();
            log.Add("before");
        }

        [AfterFeature]
        public static void After(List<string> log) => log.Add("after");

        [StepDefinition("a step")]
        public async Task Step() => await Task.Yield();
    }

    [Binding]
    public sealed class WorkerHooks(List<string> log, TestThreadContext worker)
    {
        [BeforeTestRun]
        public static void BeforeRun(TestThreadContext worker) => worker.Set(5);

        [BeforeFeature]
        public static void BeforeFeature(List<string> log, TestThreadContext worker) => log.Add($"feature {worker.Get<int>()}");

        [Given("a step")]
        public void Step() => log.Add($"step {worker.Get<int>()}");

        [AfterTestRun]
        public static void AfterRun(List<string> log, ITestThreadContext worker) =>
            log.Add($"run {worker.TestThreadContainer.Resolve<TestThreadContext>().Get<int>()}");
    }

    [Binding]
    public sealed class FailingCleanup(List<string> log)
    {
        [Given("a step")]
        public void Step()
        {
        }

        [AfterScenario]
        public void First()
        {
            log.Add("first");
            throw new InvalidOperationException("cannot clean up");
        }

        [AfterScenario]
        public void Second() => log.Add("second");
    }

    [Binding]
    public sealed class IgnoringHook(List<string> log)
    {
        [BeforeScenario]
        public void Before() => Assert.Ignore("place 'x' lacks tracefs");

        [Given("a step")]
        public void Step() => log.Add("step");

        [AfterScenario]
        public void After() => log.Add("after");
    }

    [Binding]
    public sealed class FailingRunHook
    {
        [BeforeTestRun]
        public static void Before() => throw new InvalidOperationException("no place");

        [StepDefinition("a (failing )step")]
        public void Step()
        {
        }
    }

    [Binding]
    public sealed class DisposedSteps(List<string> log) : IAsyncDisposable
    {
        [Given("a step")]
        public void Step() => log.Add("step");

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            log.Add("disposed");
            throw new InvalidOperationException("cannot close");
        }
    }
}
