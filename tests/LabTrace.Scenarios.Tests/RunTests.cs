using FluentAssertions;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class RunTests
{
    private static readonly string Many = "Feature: many\n" + string.Concat(
        Enumerable.Range(0, 30).Select(number => $"\n  @t{number % 3}\n  Scenario: number {number}\n    Given I say {number}\n    And I say {number}\n"));

    [Test]
    public async Task What_passes_only_when_tried_again_is_flaky_and_each_attempt_is_kept()
    {
        var run = await TestRun.OfAsync(
            "Feature: f\n  Scenario: s\n    Given it works the second time", new RunOptions { Retry = 3 }, typeof(SayingSteps));

        run.Only.Verdict.Should().Be(Verdict.Passed);
        run.Only.IsFlaky.Should().BeTrue();
        run.Summary.Flaky.Should().Be(1);
        run.Summary.Success.Should().BeTrue();
        run.Messages.Select(message => message.TestCaseStarted?.Attempt).Where(attempt => attempt is not null).Should().Equal(0, 1);
    }

    [Test]
    public async Task What_the_host_tells_of_the_run_stands_behind_its_start()
    {
        var told = new Attachment("{}", AttachmentContentEncoding.Identity, "application/json");

        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given I say 1", new RunOptions { Attachments = [told] }, typeof(SayingSteps));

        var at = run.Messages.FindIndex(message => message.TestRunStarted is not null);
        var written = run.Messages[at + 1].Attachment!;
        written.Should().BeEquivalentTo(told with { TestRunStartedId = run.Messages[at].TestRunStarted!.Id, Timestamp = written.Timestamp });
        written.Timestamp.Should().NotBeNull();
    }

    [TestCase("NUnit.Framework.AssertionException", null, true)]
    [TestCase("AssertionException", null, true)]
    [TestCase("MultipleAssertException", null, true)]
    [TestCase("EqualException", "   at Xunit.Assert.Equal[T](T expected, T actual)", true)]
    [TestCase("EqualException", "   at Bench.Steps.Check()\n   at Xunit.Assert.Equal", false)]
    [TestCase("Exception", "   at Bench.Steps.Check()", false)]
    [TestCase("Bench.AssertionException", null, false)]
    [TestCase("tionException", null, false)]
    [TestCase("", null, false)]
    [TestCase(null, null, false)]
    public void Only_an_assertion_speaks_of_the_device(string? type, string? stack, bool isAssertion) =>
        Verdicts.IsAssertion(type, stack).Should().Be(isAssertion);

    [Test]
    public async Task Output_of_scenarios_that_run_at_once_is_never_mixed()
    {
        var run = await TestRun.OfAsync(Many, new RunOptions { Parallel = 4 }, typeof(SayingSteps));

        run.Summary.Passed.Should().Be(30);
        var one = (await TestRun.OfAsync(Many, typeof(SayingSteps))).Messages.GroupBy(CaseOf).First(group => group.Key is not null);
        var scenarios = run.Messages.GroupBy(CaseOf).Where(group => group.Key is not null).ToList();
        scenarios.Should().HaveCount(30).And.OnlyContain(
            messages => messages.Select(TestRun.KindOf).SequenceEqual(one.Select(TestRun.KindOf)), "each has the order it has when it runs alone");
        scenarios.Should().OnlyContain(
            messages => messages.Select(message => message.Attachment).OfType<Attachment>().Select(said => said.Body).SequenceEqual(Sayings(run, messages.Key!)));
    }

    [Test]
    public async Task What_scenarios_that_run_at_once_have_done_is_told_before_any_of_them_ends()
    {
        const string feature = """
            Feature: f
              Scenario Outline: <name>
                Given I say <name>
                And I meet the other

                Examples:
                  | name |
                  | a    |
                  | b    |
            """;

        var run = await TestRun.OfAsync(feature, new RunOptions { Parallel = 2 }, typeof(SayingSteps), typeof(MeetingSteps));

        run.Summary.Passed.Should().Be(2);
        var firstEnd = run.Messages.FindIndex(message => message.TestCaseFinished is not null);
        var before = run.Messages[..firstEnd];
        before.Where(message => message.TestStepFinished is not null).Select(CaseOf).Distinct().Should().HaveCount(2);
        before.Select(message => message.Attachment).OfType<Attachment>().Select(said => said.Body).Should().BeEquivalentTo("I say a", "I say b");
    }

    [Test]
    public async Task What_a_step_puts_out_is_in_the_stream_while_it_still_runs()
    {
        const string feature = """
            Feature: f
              Scenario: s
                Given I say something and wait until it was written
            """;
        var sink = new AttachmentSink();
        var options = new RunOptions { ConfigureGlobal = container => container.RegisterInstanceAs(sink), StepTimeout = TimeSpan.FromSeconds(20) };
        var runner = new ScenarioRunner(FeatureSet.Parse(("test.feature", feature)), BindingRegistry.BuildFrom(typeof(MeetingSteps)), options);

        var summary = await runner.RunAsync([sink], CancellationToken.None);

        summary.Passed.Should().Be(1);
    }

    [Test]
    public async Task A_shuffled_order_can_be_repeated()
    {
        var options = new RunOptions { Order = RunOrder.Parse("random:42") };

        var one = await TestRun.OfAsync(Many, options, typeof(SayingSteps));
        var other = await TestRun.OfAsync(Many, options, typeof(SayingSteps));

        Names(one).Should().Equal(Names(other)).And.NotEqual(Names(await TestRun.OfAsync(Many, typeof(SayingSteps))));
    }

    [Test]
    public async Task Tags_and_names_select()
    {
        var name = new System.Text.RegularExpressions.Regex("1", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

        var run = await TestRun.OfAsync(Many, new RunOptions { Tags = "@t0 or @t1", Name = name }, typeof(SayingSteps));

        Names(run).Should().Equal("number 1", "number 10", "number 12", "number 13", "number 15", "number 16", "number 18", "number 19", "number 21");
        run.Kinds.Count(kind => kind == "pickle").Should().Be(9);
    }

    [Test]
    public async Task Shards_share_the_scenarios_out()
    {
        var names = new List<string>();
        foreach (var shard in new[] { "1/4", "2/4", "3/4", "4/4" })
        {
            names.AddRange(Names(await TestRun.OfAsync(Many, new RunOptions { Shard = Shard.Parse(shard) }, typeof(SayingSteps))));
        }

        names.Should().HaveCount(30).And.OnlyHaveUniqueItems();
        FluentActions.Invoking(() => Shard.Parse("5/4")).Should().Throw<FormatException>()
            .WithMessage("no shard '5/4'\n  try: i/n with i from 1 to n, for example 1/3");
    }

    [Test]
    public async Task What_did_not_pass_is_run_again_also_after_a_run_that_was_cut_off()
    {
        const string Feature = "Feature: f\n  Scenario: a\n    Given I say a\n  Scenario: b\n    Given it fails\n  Scenario: a\n    Given I say a\n  Scenario: c\n    Given I say c";
        var first = await TestRun.OfAsync(Feature, typeof(SayingSteps));
        var thirdEnd = first.Messages.FindIndex(message => message.TestCaseFinished?.TestCaseStartedId == first.Messages
            .Where(started => started.TestCaseStarted is not null).Skip(2).First().TestCaseStarted!.Id);
        var cutOff = first.Messages.Take(thirdEnd);

        var only = await Rerun.FindAsync(cutOff.ToAsyncEnumerable(), CancellationToken.None);
        var again = await TestRun.OfAsync(Feature, new RunOptions { Only = only }, typeof(SayingSteps));

        Names(again).Should().Equal("b", "a", "c");
    }

    [Test]
    public async Task Of_two_scenarios_of_one_name_the_one_that_failed_is_run_again_also_after_a_selection()
    {
        const string Feature = "Feature: f\nScenario: same\nGiven it passes\n@second\nScenario: same\nGiven it fails\nScenario: same\nGiven it passes";
        var features = FeatureSet.Parse(("a.feature", Feature));
        var run = await TestRun.OfAsync(features, new RunOptions { Tags = "@second" }, CancellationToken.None, typeof(PassingAndFailing));

        var again = await Rerun.FindAsync(run.Messages.ToAsyncEnumerable(), CancellationToken.None);

        again.Should().Equal(features.IdOf(features.Pickles.ElementAt(1)));
    }

    [TestCase(ObsoleteBehavior.None, TestStepResultStatus.Passed, null)]
    [TestCase(ObsoleteBehavior.Warn, TestStepResultStatus.Passed, "The step PassingAndFailing.Old is obsolete. Say it anew.")]
    [TestCase(ObsoleteBehavior.Pending, TestStepResultStatus.Pending, null)]
    [TestCase(ObsoleteBehavior.Error, TestStepResultStatus.Failed, null)]
    public async Task A_step_marked_obsolete_is_treated_as_the_settings_say(ObsoleteBehavior behavior, TestStepResultStatus status, string? output)
    {
        var features = FeatureSet.Parse(("a.feature", "Feature: f\nScenario: s\nGiven it is old"));
        var settings = new ReqnrollSettings { ObsoleteBehavior = behavior };

        var messages = new List<Envelope>();
        await new ScenarioRunner(features, Bindings.BindingRegistry.BuildFrom(typeof(PassingAndFailing)), new RunOptions(), settings)
            .RunAsync([new Collector(messages)], CancellationToken.None);

        messages.Single(message => message.TestStepFinished is not null).TestStepFinished!.TestStepResult.Status.Should().Be(status);
        messages.Select(message => message.Attachment?.Body).SingleOrDefault(body => body is not null).Should().Be(output);
    }

    [Test]
    public async Task Nothing_selected_is_said()
    {
        var run = await TestRun.OfAsync(Many, new RunOptions { Tags = "@none" }, typeof(SayingSteps));

        run.Summary.NothingSelected.Should().BeTrue();
        run.Kinds.Should().StartWith("meta").And.EndWith("testRunFinished").And.NotContain("source");
    }

    [Test]
    public async Task The_run_stops_at_the_first_failure_when_asked()
    {
        var run = await TestRun.OfAsync(
            "Feature: f\n  Scenario: a\n    Given it fails\n  Scenario: b\n    Given I say b", new RunOptions { FailFast = true }, typeof(SayingSteps));

        run.Summary.Scenarios.Should().ContainSingle();
        run.Summary.NotRun.Should().Be(1);
    }

    [Test]
    public async Task A_dry_run_binds_and_runs_nothing()
    {
        var run = await TestRun.OfAsync(
            "Feature: f\n  Scenario: a\n    Given it fails\n    Given it is not there", new RunOptions { DryRun = true }, typeof(SayingSteps));

        run.Statuses.Should().Equal(TestStepResultStatus.Skipped, TestStepResultStatus.Undefined);
    }

    [Test]
    public async Task An_undefined_step_comes_with_code()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: a\n    When I eat 5 \"big\" cukes\n      | a |", typeof(SayingSteps));

        run.Only.Status.Should().Be(TestStepResultStatus.Undefined);
        run.Only.Message.Should().Be(
            """
            No matching step definition found for one or more steps.
            [When("I eat {int} {string} cukes")]
            public void WhenIEatCukes(int p0, string p1, DataTable dataTable)
            {
                throw new PendingStepException();
            }
            """);
    }

    [Test]
    public async Task A_pending_step_is_told_in_the_usual_words()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: a\n    Given it is pending", typeof(SayingSteps));

        run.Only.Status.Should().Be(TestStepResultStatus.Pending);
        run.Only.Message.Should().Be("One or more step definitions are not implemented yet.");
    }

    [Test]
    public async Task A_scenario_tagged_ignore_is_skipped()
    {
        var run = await TestRun.OfAsync("Feature: f\n  @Ignore\n  Scenario: a\n    Given it fails", typeof(SayingSteps));

        run.Only.Verdict.Should().Be(Verdict.Skipped);
        run.Only.Message.Should().Be("Ignored scenario");
    }

    [Test]
    public async Task Syntax_errors_of_all_files_are_told_and_nothing_runs()
    {
        var features = FeatureSet.Parse(("a.feature", "Feature: a\n  Scenario: s\n    Given x\n    Foo\n"), ("b.feature", "Scenario: no feature\n"), ("c.feature", Many));

        var run = await TestRun.OfAsync(features, new RunOptions(), CancellationToken.None, typeof(SayingSteps));

        run.Summary.Scenarios.Should().BeEmpty();
        run.Summary.FeatureErrors.Select(error => error.Uri).Distinct().Should().Equal("a.feature", "b.feature");
        run.Kinds.Should().Contain("parseError").And.EndWith("testRunFinished");
    }

    [Test]
    public async Task A_report_that_cannot_be_written_breaks_the_run_which_goes_on()
    {
        var other = new FullDisk();
        var runner = new ScenarioRunner(FeatureSet.Parse(("a.feature", Many)), BindingRegistry.BuildFrom(typeof(SayingSteps)), new RunOptions());

        var summary = await runner.RunAsync([other], CancellationToken.None);

        summary.Passed.Should().Be(30);
        summary.Success.Should().BeFalse();
        summary.Problems.Should().ContainSingle().Which.Error.Message.Should().Be("No space left on device");
        other.Taken.Should().Be(20);
    }

    [Test]
    public async Task Scenarios_run_one_by_one_from_any_thread()
    {
        var features = FeatureSet.Parse(("a.feature", Many));
        var runner = new ScenarioRunner(features, BindingRegistry.BuildFrom(typeof(SayingSteps)), new RunOptions { CollectLog = true });
        await using var session = await runner.StartAsync([], CancellationToken.None);

        var results = await Task.WhenAll(session.Scenarios.Take(10).Select(session.RunScenarioAsync));
        var summary = await session.FinishAsync();

        results.Should().OnlyContain(result => result.Verdict == Verdict.Passed);
        summary.NotRun.Should().Be(20);
        results[3].Log.Should().Match("Given I say 3\n-> I say 3\n-> done: SayingSteps.Say(\"3\") (*s)\nAnd I say 3\n*");
    }

    [Test]
    public async Task Async_locals_flow_from_step_to_step()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: a\n    Given I keep 5\n    Given I say 1\n    Given I find 5", typeof(SayingSteps));

        run.Only.Message.Should().BeNull();
    }

    [Test]
    public async Task Evidence_of_an_assertion_and_files_are_attached_to_the_step()
    {
        var directory = Directory.CreateTempSubdirectory("labtrace");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "small.txt"), "hello");
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "trace.dat"), [1, 2]);

            var run = await TestRun.OfAsync(
                $"Feature: f\n  Scenario: a\n    Given I attach \"{directory.FullName}\"\n",
                new RunOptions { OutputDirectory = directory.FullName },
                typeof(SayingSteps));

            run.Messages.Select(message => message.Attachment).OfType<Attachment>().Select(attachment => (attachment.FileName, attachment.Body))
                .Should().Equal(("small.txt", "hello"), ("evidence.txt", "what was found"));
            run.Messages.Select(message => message.ExternalAttachment).OfType<ExternalAttachment>().Single().Url.Should().Be("trace.dat");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Names(TestRun run) => run.Summary.Scenarios.Select(scenario => scenario.Pickle.Name);

    private static IEnumerable<string> Sayings(TestRun run, string attempt)
    {
        var test = run.Messages.Select(message => message.TestCaseStarted).OfType<TestCaseStarted>().Single(started => started.Id == attempt).TestCaseId;
        var pickle = run.Messages.Select(message => message.TestCase).OfType<TestCase>().Single(planned => planned.Id == test).PickleId;
        return run.Messages.Select(message => message.Pickle).OfType<LabTrace.Gherkin.Pickle>().Single(scenario => scenario.Id == pickle)
            .Steps.Select(step => step.Text);
    }

    private static string? CaseOf(Envelope envelope) =>
        envelope.TestCaseStarted?.Id ?? envelope.TestStepStarted?.TestCaseStartedId ?? envelope.TestStepFinished?.TestCaseStartedId
        ?? envelope.Attachment?.TestCaseStartedId ?? envelope.TestCaseFinished?.TestCaseStartedId;

    /// <summary>Ends when the first attachment is written.</summary>
    private sealed class AttachmentSink : IRunSink
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
        {
            if (envelope.Attachment is not null)
            {
                _ = _written.TrySetResult();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Binding]
    public sealed class MeetingSteps(IReqnrollOutputHelper output, Reqnroll.BoDi.IObjectContainer container)
    {
        private static readonly SemaphoreSlim Arrived = new(0);
        private static int waiting;

        [Given("I meet the other")]
        public async Task Meet()
        {
            if (Interlocked.Increment(ref waiting) == 2)
            {
                _ = Arrived.Release(2);
            }

            await Arrived.WaitAsync(TimeSpan.FromSeconds(20));
        }

        [Given("I say something and wait until it was written")]
        public Task SayAndWait()
        {
            output.WriteLine("something");
            return container.Resolve<AttachmentSink>().Written;
        }
    }

    [Binding]
    public sealed class SayingSteps(IReqnrollOutputHelper output, TestThreadContext worker)
    {
        private static readonly AsyncLocal<int> Kept = new();

        [Given("I say {word}")]
        public async Task Say(string word)
        {
            output.WriteLine("I say {0}", word);
            await Task.Yield();
        }

        [Given("it works the second time")]
        public void WorksTheSecondTime()
        {
            if (worker.TryAdd("tried", true))
            {
                throw new InvalidOperationException("not yet");
            }
        }

        [Given("it fails")]
        public void Fails() => throw new InvalidOperationException("no");

        [Given("it is pending")]
        public void Pending() => throw new PendingStepException();

        [Given("I keep {int}")]
        public void Keep(int number) => Kept.Value = number;

        [Given("I find {int}")]
        public void Find(int number) => Kept.Value.Should().Be(number);

        [Given("I attach {string}")]
        public void Attach(string directory)
        {
            output.AddAttachment(Path.Combine(directory, "small.txt"));
            output.AddAttachment(Path.Combine(directory, "trace.dat"));
            var error = new AssertionException("no");
            error.Data[ScenarioOutput.EvidenceKey] = "what was found";
            throw error;
        }
    }

    private sealed class FullDisk : IRunSink
    {
        public int Taken { get; private set; }

        public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken) =>
            ++Taken == 20 ? throw new IOException("No space left on device") : ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Binding]
    public sealed class PassingAndFailing
    {
        [Given("it passes")]
        public void Passes()
        {
        }

        [Given("it fails")]
        public void Fails() => throw new AssertionException("it does");

        [Given("it is old")]
        [Obsolete("Say it anew.")]
        public void Old()
        {
        }
    }

    private sealed class Collector(List<Envelope> messages) : IRunSink
    {
        public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
        {
            messages.Add(envelope);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
