using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>Runs remembered, compared and judged, through the command.</summary>
public sealed class HistoryTests
{
    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_run_is_found_again_with_its_verdicts_and_numbers()
    {
        await RunAsync("one", "17", holds: true);
        await RunAsync("two", "18", holds: false);

        var runs = await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", "runs");
        var scenario = await LabtraceProcess.RunAsync(scratch.Root, "history", "it holds", "--store", "runs");
        var json = await LabtraceProcess.RunAsync(scratch.Root, "history", "it holds", "--store", "runs", "--json");

        runs.ExitCode.Should().Be(0, runs.Error);
        runs.Output.Should().Contain("2 runs in runs").And.Contain(".F  one › it holds; fails since two (passed in one)");
        scenario.Output.Should().Contain("1 passed, 1 failed").And.Contain("latency 17 us").And.Contain("latency: median 17.5");
        JsonDocument.Parse(json.Output).RootElement.GetProperty("scenarios")[0].GetProperty("runs").GetArrayLength().Should().Be(2);
    }

    [Test]
    public async Task An_unknown_scenario_selects_nothing_and_an_unknown_store_is_a_usage_error()
    {
        await RunAsync("one", "17", holds: true);

        (await LabtraceProcess.RunAsync(scratch.Root, "history", "no such", "--store", "runs")).ExitCode.Should().Be(4);
        var result = await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", "nowhere");
        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("there is no run store 'nowhere'");
    }

    [Test]
    public async Task A_run_that_was_killed_is_remembered_as_cut_off()
    {
        await RunAsync("one", "17", holds: true);
        var stream = Path.Combine(scratch.Root, "runs", "one", "messages.ndjson");
        var whole = await File.ReadAllBytesAsync(stream);
        await File.WriteAllBytesAsync(stream, whole[..(whole.Length - 300)]);

        var runs = await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", "runs");
        var judged = await LabtraceProcess.RunAsync(scratch.Root, "qualify", "--store", "runs", "--baseline", "one", "--candidate", "one");

        runs.ExitCode.Should().Be(0, runs.Error);
        runs.Output.Should().Contain("cut off");
        judged.ExitCode.Should().Be(2, judged.Output);
    }

    [Test]
    public async Task The_index_is_made_again_when_it_is_lost_or_spoilt()
    {
        await RunAsync("one", "17", holds: true);
        _ = await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", "runs");
        var index = Path.Combine(scratch.Root, "runs", "one", "summary.json");
        File.Exists(index).Should().BeTrue();
        await File.WriteAllTextAsync(index, "{ spoilt");

        var again = await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", "runs");

        again.ExitCode.Should().Be(0, again.Error);
        again.Output.Should().Contain("one ");
        JsonDocument.Parse(await File.ReadAllTextAsync(index)).RootElement.GetProperty("version").GetInt32().Should().Be(2);
    }

    [Test]
    public async Task Diff_tells_what_newly_fails_and_what_is_fixed()
    {
        await RunAsync("one", "17", holds: true);
        await RunAsync("two", "170", holds: false);

        var worse = await LabtraceProcess.RunAsync(scratch.Root, "diff", "one", "two", "--store", "runs");
        var better = await LabtraceProcess.RunAsync(scratch.Root, "diff", "two", "one", "--store", "runs", "--json");

        worse.ExitCode.Should().Be(1, worse.Error);
        worse.Output.Should().Contain("newly failing: 1").And.Contain("latency 17 to 170 us, significance unknown: 0 other runs");
        better.ExitCode.Should().Be(0, better.Error);
        JsonDocument.Parse(better.Output).RootElement.GetProperty("fixed").GetArrayLength().Should().Be(1);
    }

    [Test]
    public async Task Qualify_rejects_what_fails_again_and_again_and_writes_why()
    {
        foreach (var n in (int[])[1, 2, 3])
        {
            await RunAsync($"base{n}", "17", holds: true);
            await RunAsync($"cand{n}", "17", holds: false);
        }

        var judged = await LabtraceProcess.RunAsync(
            scratch.Root, "qualify", "--store", "runs", "--baseline", "base1", "base2", "base3", "--candidate", "cand1", "cand2", "cand3", "--report", "md:why.md", "--report", "json:why.json");

        judged.ExitCode.Should().Be(1, judged.Output + judged.Error);
        judged.Output.Should().Contain("regression: one › it holds on emulated").And.Contain("rejected: ");
        (await File.ReadAllTextAsync(Path.Combine(scratch.Root, "why.md"))).Should().StartWith("# rejected").And.Contain("| regression | emulated | one › it holds |");
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scratch.Root, "why.json"))).RootElement.GetProperty("verdict").GetString().Should().Be("rejected");
    }

    [TestCase("--report", "pdf:x")]
    [TestCase("--tolerance", "-1")]
    [TestCase("--repetitions", "1")]
    public async Task Qualify_refuses_what_it_cannot_do(string option, string value)
    {
        await RunAsync("one", "17", holds: true);

        (await LabtraceProcess.RunAsync(scratch.Root, "qualify", "--store", "runs", "--baseline", "one", "--candidate", "one", option, value)).ExitCode.Should().Be(2);
    }

    [Test]
    public async Task Prune_keeps_the_newest_and_what_it_is_told_to()
    {
        await RunAsync("one", "17", holds: false);
        await RunAsync("two", "17", holds: true);
        await RunAsync("three", "17", holds: true);

        var dry = await LabtraceProcess.RunAsync(scratch.Root, "prune", "--store", "runs", "--keep", "1", "--dry-run");
        var result = await LabtraceProcess.RunAsync(scratch.Root, "prune", "--store", "runs", "--keep", "1", "--keep-failed");
        var nothing = await LabtraceProcess.RunAsync(scratch.Root, "prune", "--store", "runs");

        dry.Output.Should().Contain("would remove one").And.Contain("would remove two").And.NotContain("three");
        result.ExitCode.Should().Be(0, result.Error);
        Directory.GetDirectories(Path.Combine(scratch.Root, "runs")).Select(Path.GetFileName).Should().BeEquivalentTo("one", "three");
        nothing.ExitCode.Should().Be(2);
    }

    private async Task RunAsync(string name, string latency, bool holds)
    {
        scratch.Feature($"""
            Scenario: it holds
              When I run "echo latency {latency} us"
              Then the number behind "latency" in the command's output is recorded as "latency" in "us"
              And the command ended with exit code {(holds ? 0 : 1)}
            """);
        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "runs/" + name);
        result.ExitCode.Should().Be(holds ? 0 : 1, result.Output + result.Error);
    }
}
