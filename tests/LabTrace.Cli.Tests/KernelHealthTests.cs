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

    [TestCase("PANIC", "kernel panic: dumptest", "DoS")]
    [TestCase("BUG", "kernel BUG in lkdtm_BUG", "BUG")]
    [TestCase("EXCEPTION", "BUG: unable to handle kernel NULL pointer dereference in lkdtm_EXCEPTION", "NULL-POINTER-DEREFERENCE")]
    [TestCase("LOOP", "INFO: rcu detected stall in full_proxy_write", "HANG")]
    [TestCase("SOFTLOCKUP", "BUG: soft lockup in full_proxy_write", "HANG")]
    [TestCase("HARDLOCKUP", "hard lockup in lkdtm_HARDLOCKUP", "HANG")]
    [TestCase("SPINLOCKUP", "WARNING: lock held when returning to user space in lkdtm_SPINLOCKUP", "LOCKDEP")]
    [TestCase("HUNG_TASK", "INFO: task hung in lkdtm_HUNG_TASK", "HANG")]
    [TestCase("ARRAY_BOUNDS", "UBSAN: array-index-out-of-bounds in lkdtm_ARRAY_BOUNDS", "MEMORY_SAFETY_UBSAN")]
    [TestCase("READ_AFTER_FREE", "KASAN: slab-use-after-free Read in lkdtm_READ_AFTER_FREE", "KASAN-USE-AFTER-FREE-READ")]
    [TestCase("CORRUPT_LIST_ADD", "BUG: corrupted list in lkdtm_CORRUPT_LIST_ADD", "MEMORY_SAFETY_BUG")]
    [TestCase("REFCOUNT_INC_ZERO", "WARNING: refcount bug in lkdtm_REFCOUNT_INC_ZERO", "REFCOUNT_WARNING")]
    public async Task Whatever_the_kernel_reports_fails_the_scenario_at_the_step_that_ran_unless_the_place_knows_it(string crash, string title, string type)
    {
        scratch.Feature($"""
            Scenario: in trouble
              When I run "true"
              And lkdtm provokes "{crash}"
              And I run "true"

            Scenario: after it
              When I run "true"
            """);
        scratch.Write("lab-config/known.yaml", $"kind: emulated\nallow-kernel-reports: [\"{title}\"]\n");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");
        var known = await LabtraceProcess.RunAsync(scratch.Root, "run", "--place", "known", "--out", "known");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain($"And lkdtm provokes \"{crash}\"").And.Contain($"{title}  [{type}]").And.Contain("2 scenarios: 1 passed, 1 failed");
        known.ExitCode.Should().Be(0, known.Output + known.Error);
    }

    [Test]
    public async Task The_OOM_killer_fails_the_scenario()
    {
        scratch.Feature("""
            Scenario: in trouble
              When sysrq calls the OOM killer
              Then the kernel may report "anything"
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("When sysrq calls the OOM killer").And.Contain("Out of memory: killed hog  [OOM]");
    }

    [TestCase("M", 1, "M (a processor reported a machine check)")]
    [TestCase("W", 1, "W (the kernel issued a warning)")]
    [TestCase("O", 0, "O (an out-of-tree module was loaded)")]
    public async Task A_taint_without_a_report_fails_the_step_when_it_tells_of_damage(string letter, int exitCode, string said)
    {
        scratch.Feature($"""
            Scenario: tainted
              When I run "true"
              And somebody taints the kernel with "{letter}"
              And I run "true"
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(exitCode, result.Output + result.Error);
        var text = result.Output + await File.ReadAllTextAsync(Path.Combine(scratch.Root, "run", "messages.ndjson"));
        text.Should().Contain($"became tainted during this step: {said}");
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
    [TestCase("issue-url: issues.example/{key}", "'issue-url' is 'issues.example/{key}', and must be an address of the web with {key} in it")]
    [TestCase("issue-url: https://issues.example/", "bench.yaml:2:12: 'issue-url' is")]
    [TestCase("issue-url: \"javascript:alert({key})\"", "and must be an address of the web")]
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
    public async Task A_directory_that_is_used_again_keeps_nothing_of_the_run_before_but_what_is_somebody_else_s()
    {
        scratch.Feature(Warns + """


            Scenario: with a capture
              Given the event "sched:sched_switch" is enabled
              When I record while running "true"
              Then the trace has at least 1000000 "sched:sched_switch" events
            """);
        (await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run")).ExitCode.Should().Be(1);
        var run = Path.Combine(scratch.Root, "run");
        (await LabtraceProcess.RunAsync(scratch.Root, "history", "--store", ".")).ExitCode.Should().Be(0);
        Directory.GetFiles(run, "*.kernel-report.json", SearchOption.AllDirectories).Should().ContainSingle();
        Directory.GetFiles(run, "trace.dat", SearchOption.AllDirectories).Should().ContainSingle();
        Directory.GetFiles(Path.Combine(run, "evidence")).Should().NotBeEmpty();
        scratch.Write("run/kernel/notes.txt", "mine");
        scratch.Write("run/captures/mine/trace.dat", "mine");
        scratch.Feature("""
            Scenario: nothing special
              When I run "true"
            """);

        (await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run")).ExitCode.Should().Be(0);

        Directory.GetFiles(run, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(run, f)).Should().BeEquivalentTo("messages.ndjson", "kernel/notes.txt", "captures/mine/trace.dat");
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
