using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class ReportCommandTests
{
    private const string Feature = """
        Scenario: a command succeeds
          When I run "true"
          Then the command succeeded

        Scenario: a command should have succeeded
          When I run "false"
          Then the command succeeded
        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_report_made_again_is_the_one_the_run_made()
    {
        scratch.Feature(Feature);
        await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run", "--report", "tap:live.tap");

        var again = await LabtraceProcess.RunAsync(scratch.Root, "report", "run", "--report", "tap:later.tap");

        again.ExitCode.Should().Be(0, again.Output + again.Error);
        Read("later.tap").Should().Be(Read("live.tap")).And.Contain("not ok 2 - a command should have succeeded");
    }

    [Test]
    public async Task Without_a_kind_the_console_report_is_made_and_the_verdict_is_no_exit_code_of_it()
    {
        scratch.Feature(Feature);
        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        var again = await LabtraceProcess.RunAsync(scratch.Root, "report", "run/messages.ndjson");

        run.ExitCode.Should().Be(1);
        again.ExitCode.Should().Be(0, again.Output + again.Error);
        again.Output.Should().Be(run.Output);
    }

    [Test]
    public async Task The_stream_tells_where_the_run_ran()
    {
        scratch.Feature(Feature);

        await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        Read("run/messages.ndjson").Should().Contain("application/vnd.labtrace.environment+json")
            .And.Contain("\\\"place\\\":\\\"emulated\\\"").And.Contain("\\\"level\\\":\\\"L0\\\"").And.Contain("-emulated\\\"");
    }

    [Test]
    public async Task A_run_that_was_killed_is_reported_as_far_as_it_got()
    {
        scratch.Feature(Feature);
        await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");
        var lines = (await File.ReadAllLinesAsync(Path.Combine(scratch.Root, "run/messages.ndjson"))).ToList();
        var second = lines.FindLastIndex(line => line.StartsWith("{\"testStepStarted\"", StringComparison.Ordinal));
        scratch.Write("killed/messages.ndjson", string.Join('\n', lines[..(second + 1)]) + "\n" + lines[second + 1][..40]);

        var report = await LabtraceProcess.RunAsync(scratch.Root, "report", "killed");

        report.ExitCode.Should().Be(0, report.Error);
        report.Output.Should().Contain("the run was cut off").And.Contain("1 passed, 0 failed, 0 skipped, 1 broken").And.Contain("the run ended");
    }

    [Test]
    public async Task A_run_that_is_killed_with_SIGKILL_leaves_a_stream_that_tells_where_it_was()
    {
        scratch.Feature("""
            Scenario: it ended
              Given a device

            Scenario: it was under way
              Given a device
              When it answers no more

            Scenario: it never started
              Given a device
            """);
        using var run = Process.Start(LabtraceProcess.Describe(scratch.Root, "run", "--steps", DyingDeviceSteps.File, "--out", "run"))!;
        var stream = Path.Combine(scratch.Root, "run/messages.ndjson");
        await EventuallyAsync(() => File.Exists(stream) && HasStartedToHang(ReadShared(stream)));

        run.Kill(entireProcessTree: true);
        await run.WaitForExitAsync();
        var report = await LabtraceProcess.RunAsync(scratch.Root, "report", "run", "--report", "console", "--report", "tap:run.tap");
        var rerun = await LabtraceProcess.RunAsync(scratch.Root, "run", "--rerun", "run/messages.ndjson", "--dry-run", "--steps", DyingDeviceSteps.File, "--out", "again");

        ReadShared(stream).Should().NotContain("testRunFinished");
        report.ExitCode.Should().Be(0, report.Error);
        report.Output.Should().Contain("the run was cut off").And.Contain("1 passed, 0 failed, 0 skipped, 1 broken");
        report.Output.Should().Contain("it was under way").And.Contain("When it answers no more  (features/one.feature:8)");
        Read("run.tap").Should().Contain("ok 1 - it ended").And.Contain("not ok 2 - it was under way");
        rerun.Output.Should().Contain("2 scenarios:", "what was cut off and what never started is run again");

        // Of the second scenario the first step has ended, and the next has started.
        static bool HasStartedToHang(string text)
        {
            var second = text[(text.LastIndexOf("\"testCaseStarted\"", StringComparison.Ordinal) + 1)..];
            return text.Contains("\"testCaseFinished\"", StringComparison.Ordinal) && Count(second, "\n{\"testStepStarted\"") == 2 && Count(second, "\n{\"testStepFinished\"") == 1;
        }

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    [Test]
    public async Task Scenarios_that_ran_at_once_when_the_run_was_killed_are_told_as_far_as_each_had_got()
    {
        scratch.Feature("""
            Scenario Outline: <name> was under way
              Given a device
              And the device says "<name>"
              When it answers no more

              Examples:
                | name  |
                | alpha |
                | beta  |
                | gamma |
            """);
        using var run = Process.Start(LabtraceProcess.Describe(
            scratch.Root, "run", "--steps", DyingDeviceSteps.File, "--parallel", "3", "--out", "run"))!;
        var stream = Path.Combine(scratch.Root, "run/messages.ndjson");
        await EventuallyAsync(() => File.Exists(stream) && ReadShared(stream).Split("\n{\"testStepStarted\"").Length == 10);

        run.Kill(entireProcessTree: true);
        await run.WaitForExitAsync();
        var report = await LabtraceProcess.RunAsync(
            scratch.Root, "report", "run", "--report", "console", "--report", "tap:run.tap", "--report", "junit:run.xml");

        ReadShared(stream).Should().NotContain("testCaseFinished");
        report.ExitCode.Should().Be(0, report.Error);
        report.Output.Should().Contain("the run was cut off").And.Contain("0 passed, 0 failed, 0 skipped, 3 broken");
        report.Output.Split("When it answers no more  (features/one.feature:").Should().HaveCount(4, "each says the step it was at");
        foreach (var name in new[] { "alpha", "beta", "gamma" })
        {
            Read("run.tap").Should().Contain("not ok").And.Contain($"{name} was under way");
            Read("run.xml").Should().Contain($"And the device says \"{name}\" … passed (").And.Contain($"the device says {name}!");
        }

        Read("run.xml").Should().Contain("tests=\"3\"").And.Contain("errors=\"3\"");
    }

    [TestCase("nowhere", "there is no run 'nowhere'")]
    [TestCase("empty", "'empty' is no run: it has no messages.ndjson")]
    [TestCase("text.ndjson", "line 1 of the message stream is no message")]
    [TestCase("other.ndjson", "'other.ndjson' holds JSON, but no Cucumber Messages")]
    public async Task What_is_no_run_is_refused(string name, string message)
    {
        Directory.CreateDirectory(Path.Combine(scratch.Root, "empty"));
        scratch.Write("text.ndjson", "TAP version 13\n1..1\n");
        scratch.Write("other.ndjson", "{\"a\":1}\n");

        var report = await LabtraceProcess.RunAsync(scratch.Root, "report", name);

        report.ExitCode.Should().Be(2, report.Output + report.Error);
        report.Error.Should().Contain($"labtrace: {message}");
    }

    [Test]
    public async Task A_report_never_takes_the_place_of_its_stream()
    {
        scratch.Feature(Feature);
        await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");
        var before = Read("run/messages.ndjson");

        var report = await LabtraceProcess.RunAsync(scratch.Root, "report", "run", "--report", "messages:./run/messages.ndjson");

        report.ExitCode.Should().Be(2);
        report.Error.Should().Contain("would overwrite the stream it is made from");
        Read("run/messages.ndjson").Should().Be(before);
    }

    /// <summary>Reads a file that another process may be writing.</summary>
    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        while (!holds())
        {
            await Task.Delay(20, deadline.Token);
        }
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(scratch.Root, name));
}
