using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

[TestFixture]
public sealed class GrtraceCommandTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void SetUp() => scratch = new Scratch();

    [TearDown]
    public void TearDown() => scratch.Dispose();

    [Test]
    public async Task Recording_while_a_program_runs_makes_a_file_that_can_be_read()
    {
        var recorded = await RunAsync("grtrace", "record", "-o", "gpu.grt", "--load", "grtrace_mygpu", "--run", "gpuload --jobs 40");

        recorded.ExitCode.Should().Be(0, recorded.Output + recorded.Error);
        recorded.Output.Should().MatchRegex("^gpu.grt: [0-9]+ bytes, 200 events, [0-9]+ dropped, 0 lost\n$");
        (await RunAsync("trace", "info", "gpu.grt")).Output.Should().Contain("40 gpu:COMPLETE").And.Contain("clock      mono");
    }

    [Test]
    public async Task A_file_that_is_there_is_not_overwritten()
    {
        await File.WriteAllTextAsync(Path.Combine(scratch.Root, "gpu.grt"), "mine");

        var refused = await RunAsync("grtrace", "record", "-o", "gpu.grt", "--load", "grtrace", "--run", "true");

        (refused.ExitCode, refused.Error).Should().Be((2, "labtrace: gpu.grt is there already\n  try: another name, or --force\n"));
        (await File.ReadAllTextAsync(Path.Combine(scratch.Root, "gpu.grt"))).Should().Be("mine");
    }

    [Test]
    public async Task A_program_that_fails_fails_the_recording_and_is_shown()
    {
        var failed = await RunAsync("grtrace", "record", "-o", "gpu.grt", "--load", "grtrace", "--run", "gpuload --gpu none");

        failed.ExitCode.Should().Be(1);
        failed.Error.Should().Contain("gpuload: no GPU of the driver none");
    }

    [Test]
    public async Task Without_grtrace_every_command_says_what_to_do()
    {
        foreach (var command in (string[][])[["start"], ["stop"], ["status"], ["config"], ["emit", "submit", "1", "0", "1", "1"], ["record", "-o", "x"]])
        {
            var refused = await RunAsync(["grtrace", .. command]);

            (refused.ExitCode, refused.Error).Should().Be(
                (3, "labtrace: grtrace is not loaded on target 'emulated': there is no /sys/kernel/debug/grtrace\n  try: modprobe grtrace\n"), command[0]);
        }
    }

    [Test]
    public async Task Settings_are_shown_and_set_all_or_none()
    {
        (await RunAsync("grtrace", "config", "--load", "grtrace", "sample=25", "level=verbose")).Output.Should().StartWith("level=verbose\nsample=25\n");

        var refused = await RunAsync("grtrace", "config", "--load", "grtrace", "sample=25", "colour=blue");

        refused.ExitCode.Should().Be(3);
        refused.Error.Should().Contain("write 'sample=25 colour=blue' to").And.Contain("EINVAL");
    }

    [Test]
    public async Task The_manuals_mask_of_kinds_is_taken_with_a_warning()
    {
        var old = await RunAsync("grtrace", "config", "--load", "grtrace", "filter_type_mask=0x3");
        var right = await RunAsync("grtrace", "config", "--load", "grtrace", "filter_type_mask=0x11");

        (old.ExitCode, right.ExitCode).Should().Be((0, 0));
        old.Output.Should().Contain("filter_type_mask=0x3\n");
        old.Error.Should().Contain("0x3 is SUBMIT and COMMIT").And.Contain("try: filter_type_mask=0x11");
        right.Error.Should().BeEmpty();
    }

    [Test]
    public async Task Status_tells_modules_files_rings_and_counters_for_people_and_for_programs()
    {
        var text = await RunAsync("grtrace", "status", "--load", "grtrace_drm_bridge");
        var json = await RunAsync("grtrace", "status", "--load", "grtrace_drm_bridge", "--json");

        text.Output.Should().StartWith("grtrace 1.0.0 on 'emulated': off, 0 events written, 0 dropped, 0 lost\n").And.Contain("0 gfx (GRAPHICS)").And.Contain("events0, events1");
        using var document = System.Text.Json.JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("counters").GetProperty("written").GetInt64().Should().Be(0);
        document.RootElement.GetProperty("modules").GetArrayLength().Should().Be(6);
        document.RootElement.GetProperty("files").GetProperty("control").GetString().Should().Be("/sys/kernel/debug/grtrace/control");
    }

    [Test]
    public async Task An_emitted_event_is_accounted_for()
    {
        var emitted = await RunAsync("grtrace", "emit", "--load", "grtrace", "--count", "3", "submit", "1", "0", "1", "1");

        (emitted.ExitCode, emitted.Output).Should().Be((0, "0 written, drops_disabled 3\n"));
        (await RunAsync("grtrace", "emit", "--load", "grtrace", "explode", "1", "0", "1", "1")).Error.Should().Contain("EINVAL");
    }

    [Test]
    public async Task A_live_report_tells_of_the_jobs_of_the_program_it_runs()
    {
        var report = await RunAsync("grtrace", "report", "--load", "grtrace_drm_bridge", "--run", "gpuload --jobs 100");

        report.ExitCode.Should().Be(0, report.Error);
        var lines = report.Output.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(102);
        lines[0].Should().Contain("t_queue(ns)").And.Contain("t_complete(ns)");
        lines[1..^1].Should().AllSatisfy(l => l.Should().MatchRegex(@"^ +0x1000 (GRAPHICS|COMPUTE|COPY) +[0-2] +[0-9]+ +[0-9]+s +NA +NA +NA$"));
        lines[^1].Should().Be("# 100 jobs (0 without COMPLETE) in 300 events; 0 lost, 0 malformed, 0 unknown, 0 left out");
    }

    [Test]
    public async Task A_live_report_ends_when_its_time_is_over()
    {
        var report = await RunAsync("grtrace", "report", "--load", "grtrace_mygpu", "--for", "2s", "--json");

        report.ExitCode.Should().Be(0, report.Error);
        System.Text.Json.JsonDocument.Parse(report.Output).RootElement.GetProperty("jobs_total").GetInt32().Should().Be(0);
        report.Error.Should().Contain("was there work for the GPU while it recorded?");
    }

    [TestCase("record", "INT")]
    [TestCase("record", "TERM")]
    [TestCase("report", "INT")]
    public async Task Interrupted_it_keeps_what_there_is_and_says_that_it_was_cut(string what, string signal)
    {
        string[] arguments = what == "record"
            ? ["grtrace", "record", "-o", "gpu.grt", "--load", "grtrace_mygpu", "--run", "gpuload --jobs 1000000 --period-us 1000000"]
            : ["grtrace", "report", "--load", "grtrace_mygpu", "--run", "gpuload --jobs 1000000 --period-us 1000000"];
        using var process = System.Diagnostics.Process.Start(LabtraceProcess.Describe(scratch.Root, arguments))!;
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        var first = what == "report" ? await process.StandardOutput.ReadLineAsync(deadline.Token) : null;
        var file = new FileInfo(Path.Combine(scratch.Root, "gpu.grt"));
        while (what == "record" && !(file.Exists && file.Length > 10_000))
        {
            await Task.Delay(20, deadline.Token);
            file.Refresh();
        }

        using (var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(deadline.Token);
        }

        var output = first + "\n" + await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);

        process.ExitCode.Should().Be(130, await error);
        if (what == "report")
        {
            output.Should().Contain("t_queue(ns)").And.MatchRegex("# [0-9,]+ jobs \\([0-9]+ without COMPLETE\\) in [0-9,]+ events; 0 lost, 0 malformed");
            return;
        }

        // gpu.grt: 3356408 bytes, 34955 events, …
        var told = output.Trim().Split(' ');
        told[0].Should().Be("gpu.grt:", output);
        file.Refresh();
        file.Length.ToString(System.Globalization.CultureInfo.InvariantCulture).Should().Be(told[1]);
        using var info = System.Text.Json.JsonDocument.Parse((await RunAsync("grtrace", "report", "-i", "gpu.grt", "--per-ring", "--json")).Output);
        info.RootElement.GetProperty("events").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture).Should().Be(told[3], "all that was written was kept");
        info.RootElement.GetProperty("malformed").GetInt64().Should().Be(0);
    }

    [Test]
    public async Task Ctrl_C_is_the_ordinary_end_of_a_recording_without_any_other()
    {
        using var process = System.Diagnostics.Process.Start(LabtraceProcess.Describe(scratch.Root, "grtrace", "record", "-o", "gpu.grt", "--load", "grtrace_mygpu"))!;
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        while (!File.Exists(Path.Combine(scratch.Root, "gpu.grt")))
        {
            await Task.Delay(20, deadline.Token);
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync(deadline.Token);
        }

        await process.WaitForExitAsync(deadline.Token);
        process.ExitCode.Should().Be(0, await error);
        (await process.StandardOutput.ReadToEndAsync(deadline.Token)).Should().MatchRegex("^gpu.grt: [0-9]+ bytes, 0 events, 0 dropped, 0 lost\n$");
    }

    private Task<LabtraceResult> RunAsync(params string[] arguments) => LabtraceProcess.RunAsync(scratch.Root, arguments);
}
