using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

public sealed class TapSinkTests
{
    [Test]
    public async Task Features_are_subtests_with_their_plan_first()
    {
        var stream = Runs.Make([new MadeFeature("Clocks", new MadeScenario("ticks", Verdict.Passed), new MadeScenario("tocks", Verdict.Skipped, "no clock"))]);

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().Be(
            """
            TAP version 13
            1..1
            # Subtest: Clocks
                1..2
                ok 1 - ticks # time=3ms
                ok 2 - tocks # SKIP no clock
            ok 1 - Clocks

            """);
    }

    [Test]
    public async Task A_failure_has_a_yaml_block()
    {
        var stream = Runs.Make([new MadeFeature("Clocks", new MadeScenario("ticks", Verdict.Failed, "expected 1,\n  found 2\n...\n\nend", 2))]);

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().Be(
            """
            TAP version 13
            1..1
            # Subtest: Clocks
                1..1
                not ok 1 - ticks
                  ---
                  verdict: "failed"
                  message: |
                    expected 1,
                      found 2
                    …
                    ⠀
                    end
                  step: "Given a step"
                  at: "features/f0.feature:4"
                  exception: "NUnit.Framework.AssertionException"
                  scenario: "features/f0.feature:3"
                  attempts: 2
                  duration_ms: 3
                  ...
            not ok 1 - Clocks

            """);
    }

    [Test]
    public async Task A_scenario_that_passed_when_tried_again_says_so()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed, "once", 3))]);

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().Contain("    ok 1 - s (passed at attempt 3) # time=3ms\n");
    }

    [TestCase("a # SKIP b", "a ＃ SKIP b")]
    [TestCase("# TODO", "＃ TODO")]
    [TestCase("", "(no name)")]
    [TestCase(" \n ", "(no name)")]
    [TestCase("12 apples", "12 apples")]
    [TestCase("a\nok 2 - b", "a ok 2 - b")]
    [TestCase(@"a\", "a＼")]
    [TestCase("a\u001b[31mb\u0007", "a␛[31mb␇")]
    [TestCase("...", "...")]
    [TestCase("größe 测试 🧪", "größe 测试 🧪")]
    public async Task A_name_cannot_be_taken_for_anything_else(string name, string description)
    {
        var stream = Runs.Make([new MadeFeature(name, new MadeScenario(name, Verdict.Failed, "x"))]);

        var tap = await Runs.RenderAsync(stream, "tap");

        var feature = name.Length == 0 ? "features/f0.feature" : description;
        tap.Split('\n').Should().Contain($"    not ok 1 - {description}").And.Contain($"not ok 1 - {feature}").And.Contain($"# Subtest: {feature}");
    }

    [Test]
    public async Task Nothing_selected_is_a_skipped_plan()
    {
        var tap = await Runs.RenderAsync(Runs.Make([]), "tap");

        tap.Should().Be("TAP version 13\n1..0 # SKIP no scenarios selected\n");
    }

    [Test]
    public async Task A_run_that_was_stopped_bails_out()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed), new MadeScenario("b", null))]);

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().EndWith("    ok 1 - a # time=3ms\nnot ok 1 - f\nBail out! the run was stopped: 1 scenario did not run\n");
    }

    [Test]
    public async Task A_stream_that_breaks_off_bails_out_and_the_scenario_it_was_at_is_broken()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed))], finishes: false);

        var tap = await Runs.RenderAsync(stream.Where(envelope => envelope.TestCaseFinished is null && envelope.TestStepFinished is null), "tap");

        tap.Should().Contain("    not ok 1 - a\n").And.Contain("message: \"the run ended while this step was running: Given a step\"\n")
            .And.EndWith("not ok 1 - f\nBail out! the run was cut off\n");
    }

    [Test]
    public async Task A_run_that_broke_outside_of_scenarios_bails_out_though_all_passed()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed))]);
        stream[^1] = new Envelope { TestRunFinished = new TestRunFinished(false, Runs.At(9), "lab is # gone") };

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().EndWith("ok 1 - f\nBail out! the run: lab is ＃ gone\n");
    }

    [Test]
    public async Task A_run_hook_that_failed_is_named()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed))]);
        stream.InsertRange(stream.Count - 1, HookThatFails());

        var tap = await Runs.RenderAsync(stream, "tap");

        tap.Should().EndWith("Bail out! [AfterTestRun] Lab.Close (steps/Lab.cs:7): door stuck\n");
    }

    [Test]
    public async Task A_syntax_error_bails_out()
    {
        var error = new ParseErrorMessage(new ParseErrorSource("a.feature", new LineOnly(3, 5)), "(3:5): expected: #EOF, got 'x'");

        var tap = await Runs.RenderAsync([new Envelope { ParseError = error }], "tap");

        tap.Should().Be("TAP version 13\nBail out! a.feature: (3:5): expected: ＃EOF, got 'x'\n");
    }

    [Test]
    public async Task Lines_are_written_as_scenarios_end()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed), new MadeScenario("b", Verdict.Passed))]);
        var first = stream.FindIndex(envelope => envelope.TestCaseFinished is not null);
        await using var writer = new StringWriter();
        await using var sink = ReportCatalog.Parse("tap:-").Open(new ReportContext { Out = writer, Console = TextWriter.Null });

        foreach (var envelope in stream.Take(first + 1))
        {
            await sink.WriteAsync(envelope, CancellationToken.None);
        }

        writer.ToString().Should().EndWith("    1..2\n    ok 1 - a # time=3ms\n");
    }

    [Test]
    public async Task A_stream_that_announces_as_it_goes_is_written_at_its_end()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a", Verdict.Passed), new MadeScenario("b", Verdict.Failed, "x"))]);
        var second = stream.FindLast(envelope => envelope.TestCase is not null)!;
        stream.Remove(second);
        stream.Insert(stream.FindLastIndex(envelope => envelope.TestCaseStarted is not null), second);

        var reading = TapReading.Read(await Runs.RenderAsync(stream, "tap"));

        reading.Problems.Should().BeEmpty();
        reading.Should().BeEquivalentTo(new { Ok = 1, NotOk = 1, BailedOut = false });
    }

    [Test]
    public async Task A_full_disk_is_told_with_file_and_reason()
    {
        var path = OperatingSystem.IsLinux() ? "/dev/full" : "";
        var sink = ReportCatalog.Parse($"tap:{path}").Open(new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null });

        var write = async () =>
        {
            foreach (var envelope in Runs.Make([]))
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
        };

        var thrown = (await write.Should().ThrowAsync<ReportException>()).Which;
        thrown.Message.Should().Be(
            "cannot write the report 'tap' to '/dev/full': No space left on device : '/dev/full'\n"
            + "  try: make room or choose another place, then make the report again from the run's message stream");
        await sink.Invoking(full => full.DisposeAsync().AsTask()).Should().NotThrowAsync("it was told");
    }

    private static IEnumerable<Envelope> HookThatFails() =>
    [
        new()
        {
            Hook = new HookMessage(
                "hook",
                new SourceReference("steps/Lab.cs", new JavaMethod("Lab", "Close", []), new LineOnly(7)),
                Type: HookMessageType.AfterTestRun),
        },
        new() { TestRunHookStarted = new TestRunHookStarted("started", "run", "hook", Runs.At(8)) },
        new()
        {
            TestRunHookFinished = new TestRunHookFinished(
                "started", new TestStepResult(TestStepResultStatus.Failed, new Duration(0, 0), "door stuck"), Runs.At(9)),
        },
    ];
}
