using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

/// <summary>Steps that hang let the clock run over their limit and grace themselves, so that no test waits for real time.</summary>
public sealed class InterruptionTests
{
    private const string Feature = """
        Feature: hanging
          Scenario: hangs
            Given a step that hangs
            Then a step

          Scenario: is well
            Given a step
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static RunOptions Options(List<string> log)
    {
        var clock = new ManualTimeProvider();
        return new RunOptions
        {
            Time = clock,
            StepTimeout = Limit,
            Grace = Grace,
            ConfigureGlobal = container =>
            {
                container.RegisterInstanceAs(log);
                container.RegisterInstanceAs(clock);
            },
        };
    }

    [TestCase(typeof(BlockingSteps))]
    [TestCase(typeof(WaitingSteps))]
    public async Task A_step_that_does_not_stop_is_left_behind_and_named_and_the_run_goes_on(Type steps)
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync(Feature, Options(log), steps);

        var hung = run.Summary.Scenarios[0];
        hung.Verdict.Should().Be(Verdict.Broken);
        hung.Error.Should().BeOfType<StepTimeoutException>();
        hung.Message.Should().Be(
            "step 'Given a step that hangs' (test.feature:3) took longer than its limit of 5 s; it did not stop when told to and was left behind\n"
            + "  try: raise the step timeout, or find what it waits for");
        run.Summary.Scenarios[1].Verdict.Should().Be(Verdict.Passed);
        log.Should().Equal("after, token cancelled: False", "step", "after, token cancelled: False");
    }

    [Test]
    public async Task A_step_that_listens_to_the_token_stops_in_its_grace()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync(Feature, Options(log), typeof(ListeningSteps));

        run.Summary.Scenarios[0].Message.Should().StartWith("step 'Given a step that hangs' (test.feature:3) took longer than its limit of 5 s\n");
        run.Statuses.Take(2).Should().Equal(TestStepResultStatus.Failed, TestStepResultStatus.Skipped);
        log.Should().StartWith(["stopped"]);
    }

    [Test]
    public async Task A_scenario_over_its_limit_names_the_step_it_was_at()
    {
        var run = await TestRun.OfAsync(Feature, Options([]) with { StepTimeout = null, ScenarioTimeout = Limit }, typeof(WaitingSteps));

        run.Summary.Scenarios[0].Message.Should().StartWith(
            "step 'Given a step that hangs' (test.feature:3) was running when the scenario went over its limit of 5 s");
    }

    [Test]
    public async Task Clean_up_that_hangs_is_left_behind_too()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step\n", Options([]) with { CleanupTimeout = Limit }, typeof(HangingCleanup));

        run.Only.Verdict.Should().Be(Verdict.Broken);
        run.Only.Message.Should().StartWith("[AfterScenario] HangingCleanup.After");
        run.Messages[^1].TestRunFinished!.Success.Should().BeFalse();
    }

    [Test]
    public async Task An_interrupted_run_cleans_up_runs_nothing_more_and_ends_its_stream()
    {
        using var interrupt = new CancellationTokenSource();
        var log = new List<string>();
        var options = Options(log);
        var configure = options.ConfigureGlobal!;
        options = options with
        {
            StepTimeout = null,
            ConfigureGlobal = container =>
            {
                configure(container);
                container.RegisterInstanceAs(new Action(interrupt.Cancel));
            },
        };

        var run = await TestRun.OfAsync(FeatureSet.Parse(("test.feature", Feature)), options, interrupt.Token, typeof(InterruptingSteps));

        run.Summary.Interrupted.Should().BeTrue();
        run.Summary.NotRun.Should().Be(1);
        run.Only.Message.Should().StartWith("the run was interrupted in step 'Given a step that hangs' (test.feature:3)");
        log.Should().Equal("after");
        run.Messages[^1].TestRunFinished!.Success.Should().BeFalse();
    }

    [Test]
    public async Task A_feature_hook_that_hangs_breaks_its_feature_and_not_the_run()
    {
        var run = await TestRun.OfAsync(Feature, Options([]), typeof(HangingFeatureHook));

        run.Summary.Scenarios.Should().OnlyContain(scenario => scenario.Error is FeatureHookException);
        run.Summary.Scenarios[0].Message.Should().Contain("took longer than its limit of 5 s");
    }

    [Test]
    public async Task Scenarios_that_run_at_once_are_left_behind_each_by_itself()
    {
        var scenarios = string.Concat(Enumerable.Range(0, 6).Select(number => $"\n  Scenario: {number}\n    Given a step that hangs\n"));

        var run = await TestRun.OfAsync("Feature: f\n" + scenarios, Options([]) with { Parallel = 3 }, typeof(WaitingSteps));

        run.Summary.Broken.Should().Be(6);
        run.Messages.Count(message => message.TestCaseFinished is not null).Should().Be(6);
    }

    /// <summary>Lets the limit pass, then the grace.</summary>
    private static void Overrun(ManualTimeProvider clock)
    {
        clock.Advance(Limit + TimeSpan.FromSeconds(1));
        clock.Advance(Grace + TimeSpan.FromSeconds(1));
    }

    private static Task Never() => new TaskCompletionSource().Task;

    public abstract class WithCleanup(List<string> log, ScenarioContext scenario)
    {
        [StepDefinition("a step")]
        public void Step() => log.Add("step");

        [AfterScenario]
        public void After()
        {
            lock (log)
            {
                log.Add($"after, token cancelled: {scenario.ScenarioContainer.Resolve<CancellationTokenSource>().IsCancellationRequested}");
            }
        }
    }

    [Binding]
    public sealed class BlockingSteps(List<string> log, ScenarioContext scenario, ManualTimeProvider clock) : WithCleanup(log, scenario)
    {
        [Given("a step that hangs")]
        public void Hang()
        {
            Overrun(clock);
            using var never = new ManualResetEventSlim();
            never.Wait();
        }
    }

    [Binding]
    public sealed class WaitingSteps(List<string> log, ScenarioContext scenario, ManualTimeProvider clock) : WithCleanup(log, scenario)
    {
        [Given("a step that hangs")]
        public Task Hang()
        {
            Overrun(clock);
            return Never();
        }
    }

    [Binding]
    public sealed class ListeningSteps(List<string> log, CancellationTokenSource stop, ScenarioContext scenario, ManualTimeProvider clock)
        : WithCleanup(log, scenario)
    {
        private readonly List<string> _log = log;

        [Given("a step that hangs")]
        public async Task Hang()
        {
            clock.Advance(Limit + TimeSpan.FromSeconds(1));
            try
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
            }
            finally
            {
                _log.Add("stopped");
            }
        }
    }

    [Binding]
    public sealed class InterruptingSteps(List<string> log, Action interrupt, ManualTimeProvider clock)
    {
        [Given("a step that hangs")]
        public Task Hang()
        {
            interrupt();
            clock.Advance(Grace + TimeSpan.FromSeconds(1));
            return Never();
        }

        [StepDefinition("a step")]
        public void Step() => log.Add("step");

        [AfterScenario]
        public void After() => log.Add("after");
    }

    [Binding]
    public sealed class HangingCleanup(ManualTimeProvider clock)
    {
        [Given("a step")]
        public void Step()
        {
        }

        [AfterScenario]
        public Task After()
        {
            Overrun(clock);
            return Never();
        }
    }

    [Binding]
    public sealed class HangingFeatureHook
    {
        [BeforeFeature]
        public static Task Before(ManualTimeProvider clock)
        {
            Overrun(clock);
            return Never();
        }

        [StepDefinition("a step( that hangs)")]
        public void Step()
        {
        }
    }
}
