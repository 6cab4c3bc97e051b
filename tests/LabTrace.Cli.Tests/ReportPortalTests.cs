using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit.Portal;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>The real command against a server that fails, and against being killed.</summary>
public sealed class ReportPortalTests
{
    private Scratch scratch = null!;
    private PortalServer server = null!;

    [SetUp]
    public void Prepare()
    {
        scratch = new Scratch();
        server = new PortalServer();
        scratch.Write("ReportPortal.config.json", $$"""
            {
              "server": { "url": "{{server.Url}}", "project": "lab", "apiKey": "KEY", "timeout": 5, "retry": { "strategy": "Linear", "delay": 20, "maxAttempts": 2 } },
              "launch": { "name": "nightly", "description": "of the lab", "attributes": ["team:kernel", "nightly"] }
            }
            """);
    }

    [TearDown]
    public async Task CleanAsync()
    {
        await server.DisposeAsync();
        scratch.Dispose();
    }

    [Test]
    public async Task A_run_reports_live_with_its_captures_and_where_it_ran()
    {
        scratch.Feature("""
            @smoke @needs:tracefs
            Scenario: nobody sleeps
              Given the event "sched:sched_switch" is enabled
              When I record while running "sleep 0.05"
              Then no "sched:sched_switch" event has "prev_comm" equal to "sleep"
            """);

        var result = await RunAsync("run", "features", "--out", "run", "--report", "reportportal");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("ReportPortal: reported as launch #1, http://");
        server.Model.Violations.Should().BeEmpty();
        var launch = server.Model.Launches.Single();
        launch.Should().BeEquivalentTo(new { Name = "nightly", Description = "of the lab", Status = "FAILED" });
        launch.Attributes.Should().Contain(["team:kernel", ":nightly", "place:emulated", "level:L0"]).And.Contain(a => a.StartsWith("kernel:6."));
        var scenario = server.Model.Items.Single(item => item.Name == "nobody sleeps");
        scenario.Attributes.Should().Equal("tag:smoke", "needs:tracefs");
        server.Model.Items.SelectMany(item => item.Logs).Should().Contain(log => log.FileName == "trace.dat" && log.File!.Length > 100)
            .And.Contain(log => log.Level == "ERROR" && log.Message.Contains("prev_comm=sleep"));
    }

    [Test]
    public async Task The_verdict_of_a_run_does_not_depend_on_the_server()
    {
        Many(3);
        await server.DieAsync();

        var away = await RunAsync("run", "features", "--out", "away", "--report", "reportportal");

        away.ExitCode.Should().Be(0, away.Output + away.Error);
        away.Output.Should().Contain("WARNING: ReportPortal:").And.Contain("not delivered").And.Contain("try: labtrace report --drain away/reportportal");
        var stillAway = await RunAsync("report", "--drain", "away");
        stillAway.ExitCode.Should().Be(3, stillAway.Output + stillAway.Error);
        server.Start();
        var back = await RunAsync("report", "--drain", "away");
        back.ExitCode.Should().Be(0, back.Output + back.Error);
        back.Output.Should().Contain("reported as launch #1");
        var nothing = await RunAsync("report", "--drain", "away");
        nothing.ExitCode.Should().Be(0);
        nothing.Output.Should().Contain("nothing is left to deliver");
        server.Model.Items.Count(item => item.HasStats && item.Type == "STEP").Should().Be(3);
    }

    [Test]
    public async Task A_wrong_key_is_told_and_what_was_to_be_reported_is_kept()
    {
        Many(2);
        server.Model.ExpectedKey = "another";

        var result = await RunAsync("run", "features", "--out", "run", "--report", "reportportal");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("WARNING: ReportPortal:").And.Contain("HTTP 401");
        server.Model.ExpectedKey = "KEY";
        (await RunAsync("report", "--drain", "run")).ExitCode.Should().Be(0);
        server.Model.Items.Count(item => item.HasStats && item.Type == "STEP").Should().Be(2);
    }

    [TestCase("{\"server\":{\"project\":\"lab\",\"apiKey\":\"KEY\"}}", "the server's address (Server:Url) is not configured")]
    [TestCase("{\"server\":{\"url\":\"nonsense\",\"project\":\"lab\",\"apiKey\":\"KEY\"}}", "expected an address")]
    [TestCase("{", "is not valid JSON")]
    public async Task A_configuration_that_is_wrong_is_told_before_the_run(string json, string said)
    {
        Many(1);
        scratch.Write("ReportPortal.config.json", json);

        var result = await RunAsync("run", "features", "--out", "run", "--report", "reportportal");

        result.ExitCode.Should().Be(2, result.Output + result.Error);
        result.Error.Should().Contain(said);
        Directory.Exists(Path.Combine(scratch.Root, "run")).Should().BeFalse();
    }

    [TestCase(30, false)]
    [TestCase(60, true)]
    [TestCase(120, false)]
    [TestCase(200, true)]
    [TestCase(350, false)]
    public async Task A_run_that_is_killed_is_reported_as_far_as_it_got_once(int requests, bool isAway)
    {
        Many(60);
        var handled = 0;
        using var enough = new SemaphoreSlim(0);
        server.Fault = _ =>
        {
            if (Interlocked.Increment(ref handled) == requests)
            {
                enough.Release();
            }

            return PortalFault.Slow;
        };
        server.Slowness = TimeSpan.FromMilliseconds(3);
        using var process = Process.Start(LabtraceProcess.Describe(scratch.Root, "run", "features", "--out", "run", "--report", "reportportal"))!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        (await enough.WaitAsync(LabtraceProcess.Deadline)).Should().BeTrue();

        KillAll(process);
        await process.WaitForExitAsync();
        server.Fault = _ => PortalFault.None;

        // What the dead run had on its way is dealt with before anything else comes: a request that is late by more than a process's
        // start would otherwise stand behind the drain's, which no server can tell from a client's mistake.
        await server.DieAsync();
        if (!isAway)
        {
            server.Start();
        }
        else
        {
            (await RunAsync("report", "--drain", "run")).ExitCode.Should().Be(3);
            server.Start();
        }

        var drained = await RunAsync("report", "--drain", "run");
        var told = await RunAsync("report", "run", "--report", "tap:run.tap", "--report", "reportportal");

        drained.ExitCode.Should().Be(0, drained.Output + drained.Error);
        told.Output.Should().Contain("this run is there already");
        server.Model.Violations.Should().BeEmpty();
        server.Model.Launches.Should().ContainSingle().Which.EndTime.Should().NotBeNull();
        server.Model.Items.Should().OnlyContain(item => item.EndTime != null);
        var ended = File.ReadAllLines(Path.Combine(scratch.Root, "run.tap")).Count(line => line.StartsWith("    ok "));
        var reported = server.Model.Items.Where(item => item.HasStats && item.Type == "STEP").ToList();
        reported.Count(item => item.Status == "PASSED").Should().BeGreaterThanOrEqualTo(ended);
        reported.Select(item => item.Name).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task A_drain_that_is_killed_again_and_again_still_delivers_each_thing_once()
    {
        Many(40);
        await server.DieAsync();
        (await RunAsync("run", "features", "--out", "run", "--report", "reportportal")).ExitCode.Should().Be(0);
        server.Start();
        for (var round = 0; round < 4; round++)
        {
            var handled = 0;
            using var enough = new SemaphoreSlim(0);
            server.Fault = request =>
            {
                if (Interlocked.Increment(ref handled) == 60)
                {
                    enough.Release();
                }

                // The server has it, and the drain dies before it knows.
                return handled >= 55 ? PortalFault.DropAfter : PortalFault.Slow;
            };
            using var process = Process.Start(LabtraceProcess.Describe(scratch.Root, "report", "--drain", "run"))!;
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            (await enough.WaitAsync(LabtraceProcess.Deadline)).Should().BeTrue();
            KillAll(process);
            await process.WaitForExitAsync();
        }

        server.Fault = _ => PortalFault.None;
        var last = await RunAsync("report", "--drain", "run");

        last.ExitCode.Should().Be(0, last.Output + last.Error);
        server.Model.Violations.Should().BeEmpty();
        var steps = server.Model.Items.Where(item => item.HasStats && item.Type == "STEP").ToList();
        steps.Select(item => item.Name).Should().HaveCount(40).And.OnlyHaveUniqueItems();
        steps.Should().OnlyContain(item => item.Status == "PASSED" && item.Children.Count == 2);
    }

    [Test]
    public async Task A_spool_that_a_run_uses_is_left_to_it()
    {
        Many(1);
        await server.DieAsync();
        (await RunAsync("run", "features", "--out", "run", "--report", "reportportal")).ExitCode.Should().Be(0);
        await using var held = new FileStream(Path.Combine(scratch.Root, "run/reportportal/lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var drained = await RunAsync("report", "--drain", "run");

        drained.ExitCode.Should().Be(0, drained.Output + drained.Error);
        drained.Output.Should().Contain("is in use");
    }

    [Test]
    public async Task Shards_report_into_one_launch_that_their_coordinator_starts_and_finishes()
    {
        Many(6);

        var id = (await RunAsync("launch", "start")).Output.Trim();
        foreach (var shard in new[] { "1/2", "2/2" })
        {
            var start = LabtraceProcess.Describe(scratch.Root, "run", "features", "--shard", shard, "--out", "shard-" + shard[0], "--report", "reportportal");
            start.Environment["RP_LAUNCH_ID"] = id;
            var ran = await LabtraceProcess.RunAsync(start);
            ran.ExitCode.Should().Be(0, ran.Output + ran.Error);
        }

        server.Model.Launches.Should().ContainSingle().Which.EndTime.Should().BeNull();
        var finished = await RunAsync("launch", "finish", id);

        finished.ExitCode.Should().Be(0, finished.Output + finished.Error);
        finished.Output.Should().Contain("launch #1");
        server.Model.Violations.Should().BeEmpty();
        server.Model.Launches.Single().Should().BeEquivalentTo(new { Name = "nightly", Status = "PASSED", Uuid = id });
        server.Model.Items.Where(item => item.HasStats && item.Type == "STEP").Select(item => item.Name).Should().BeEquivalentTo("s1", "s2", "s3", "s4", "s5", "s6");
    }

    [Test]
    public async Task A_launch_that_the_server_does_not_take_is_told()
    {
        server.Model.ExpectedKey = "another";

        var result = await RunAsync("launch", "start");

        result.ExitCode.Should().Be(3, result.Output);
        result.Error.Should().Contain("HTTP 401");
    }

    [Test]
    public async Task Without_its_launch_a_shard_keeps_what_it_has()
    {
        Many(1);
        var start = LabtraceProcess.Describe(scratch.Root, "run", "features", "--out", "run", "--report", "reportportal");
        start.Environment["RP_LAUNCH_ID"] = Guid.NewGuid().ToString();

        var ran = await LabtraceProcess.RunAsync(start);

        ran.ExitCode.Should().Be(0, ran.Output + ran.Error);
        ran.Output.Should().Contain("not delivered").And.Contain("start that launch first");
    }

    private static void KillAll(Process process) => process.Kill(entireProcessTree: true);

    private void Many(int scenarios) => scratch.Write(
        "features/many.feature",
        "Feature: many\n" + string.Concat(Enumerable.Range(1, scenarios).Select(i => $"  Scenario: s{i}\n    When I run \"true\"\n    Then the command succeeded\n")));

    private Task<LabtraceResult> RunAsync(params string[] arguments) => LabtraceProcess.RunAsync(scratch.Root, arguments);
}
