using System.Text.Json;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>What the kernel says while scenarios run decides with them.</summary>
public sealed class KernelHealthTests
{
    private const string Warns = """
        Scenario: it warns
          When I run "true"
          And lkdtm provokes "WARNING"
          Then the command succeeded

        Scenario: the next one
          When I run "true"
          Then the command succeeded
        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_scenario_with_a_new_warning_fails_at_the_step_that_ran_and_carries_the_report()
    {
        scratch.Feature(Warns);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("And lkdtm provokes \"WARNING\"").And.Contain("WARNING in lkdtm_WARNING  [WARNING]")
            .And.Contain("allow-kernel-reports").And.Contain("2 scenarios: 1 passed, 1 failed");
        var attachments = Messages().Where(m => m.TryGetProperty("attachment", out var a) && a.GetProperty("mediaType").GetString() == "application/vnd.labtrace.kernel-report+json").ToList();
        var body = JsonDocument.Parse(attachments.Should().ContainSingle().Subject.GetProperty("attachment").GetProperty("body").GetString()!).RootElement;
        body.GetProperty("title").GetString().Should().Be("WARNING in lkdtm_WARNING");
        body.GetProperty("type").GetString().Should().Be("WARNING");
        body.GetProperty("excerpt").GetArrayLength().Should().BeGreaterThan(5);
    }

    [TestCase("allow-kernel-reports: [\"WARNING in lkdtm_*\"]", 0)]
    [TestCase("allow-kernel-reports: [\"WARNING in other\"]", 1)]
    [TestCase("kernel-log: off", 0)]
    public async Task A_place_says_which_reports_are_known_there(string setting, int exitCode)
    {
        scratch.Feature(Warns);
        scratch.Write("lab-config/bench.yaml", $"kind: emulated\n{setting}\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--place", "bench", "--out", "run");

        result.ExitCode.Should().Be(exitCode, result.Output + result.Error);
    }

    [TestCase("allow-kernel-reports: WARNING", "bench.yaml:2:23: 'allow-kernel-reports' must be a list of titles")]
    [TestCase("allow-kernel-reports: [\"*\"]", "'*' would allow every report")]
    [TestCase("kernel-log: maybe", "'kernel-log' is 'maybe', and must be on or off")]
    public async Task A_wrong_setting_is_refused_with_its_place(string setting, string message)
    {
        scratch.Feature(Warns);
        scratch.Write("lab-config/bench.yaml", $"kind: emulated\n{setting}\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--place", "bench", "--out", "run");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain(message);
    }

    [Test]
    public async Task A_tagged_scenario_must_ask_for_what_its_kernel_reports()
    {
        scratch.Feature("""
            @kernel-warns
            Scenario: it forgets
              When lkdtm provokes "WARNING"
              And I run "true"

            @kernel-warns
            Scenario: it asks
              When lkdtm provokes "WARNING"
              And I run "true"
              Then the kernel reported "WARNING in lkdtm_WARNING"

            Scenario: it expects what does not come
              When I run "true"
              Then the kernel reported "WARNING in lkdtm_WARNING"
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("passed  one › it asks").And.Contain("failed  one › it forgets").And.Contain("no step of it asked for that")
            .And.Contain("failed  one › it expects what does not come");
    }

    [Test]
    public async Task A_step_that_fails_by_itself_keeps_its_own_message()
    {
        scratch.Feature("""
            Scenario: both
              When lkdtm provokes "NO_SUCH_CRASH"
              Then the kernel reported nothing
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain("EINVAL");
    }

    [Test]
    [Category(RealKernel.Category)]
    [NonParallelizable]
    public async Task A_real_kernel_that_runs_out_of_memory_in_a_cgroup_fails_the_scenario()
    {
        const string group = "/sys/fs/cgroup/memory/labtrace-oom-test";
        Assume.That(Environment.UserName == "root" && File.Exists("/sys/fs/cgroup/memory/memory.limit_in_bytes"), "root and a cgroup v1 memory controller");
        _ = Directory.CreateDirectory(group);
        try
        {
            await File.WriteAllTextAsync(group + "/memory.limit_in_bytes", "8388608");
            scratch.Feature($"""
                Scenario: a hog
                  When I run "sh -c 'echo $$ > {group}/tasks; exec tail /dev/zero'"
                """);

            var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--place", LocalPlace(), "--out", "run");

            result.ExitCode.Should().Be(1, result.Output + result.Error);
            result.Output.Should().Contain("Memory cgroup out of memory: killed tail  [OOM]");
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    private string LocalPlace() => scratch.Write("lab-config/oom.yaml", "kind: local\n");

    private IEnumerable<JsonElement> Messages() =>
        File.ReadLines(Path.Combine(scratch.Root, "run", "messages.ndjson")).Select(l => JsonDocument.Parse(l).RootElement);
}
