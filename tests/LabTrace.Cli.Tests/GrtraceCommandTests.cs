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

    private Task<LabtraceResult> RunAsync(params string[] arguments) => LabtraceProcess.RunAsync(scratch.Root, arguments);
}
