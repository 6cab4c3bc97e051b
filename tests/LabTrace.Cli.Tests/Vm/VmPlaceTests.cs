using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Vm;

/// <summary>Runs at a place of kind vm, by the command: a real kernel in QEMU.</summary>
[Category("vm")]
[NonParallelizable]
public sealed partial class VmPlaceTests
{
    private static readonly List<string> Told = ["==== scenario", "==== step", "==== a fresh machine", "Kernel panic"];
    private const string Quick = """
        Scenario: it runs
          When I run "true"
          Then the command succeeded
        """;

    private Scratch _scratch = null!;

    [SetUp]
    public void SetUp() => _scratch = new Scratch();

    [TearDown]
    public void TearDown() => _scratch.Dispose();

    [Test]
    public async Task A_machine_without_QEMU_skips_and_names_it()
    {
        _scratch.Write("lab-config/vm.yaml", "kind: vm\nqemu: qemu-that-nobody-has\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(0, result.Error);
        result.Output.Should().Contain("place 'vm' cannot be had here: qemu-that-nobody-has is missing; try: apt-get install qemu-system-x86").And.Contain("1 skipped");
    }

    [Test]
    public async Task Scenarios_take_turns_at_a_machine_however_many_may_run_at_once()
    {
        _scratch.Write("lab-config/vm.yaml", "kind: vm\nqemu: qemu-that-nobody-has\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: false, "--parallel", "4");

        result.ExitCode.Should().Be(0, result.Error);
        result.Error.Should().Contain("scenarios take turns at 'vm'").And.Contain("--shard");
        (await File.ReadAllTextAsync(Path.Combine(_scratch.Root, "run", "messages.ndjson"))).Should().NotContain("workerId");
    }

    [TestCase("kernels: [rt]", "'kernels' must be a map of names")]
    [TestCase("kernels: {rt: {modules: here}}", "kernel 'rt' does not say which it is")]
    [TestCase("kernels: {rt: {kernel: here, colour: red}}", "'colour' is not a key of a kernel")]
    public async Task Kernels_that_are_not_told_well_are_an_error_of_the_configuration(string line, string complaint)
    {
        _scratch.Write("lab-config/vm.yaml", $"kind: vm\n{line}\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(2, result.Output);
        result.Error.Should().Contain("vm.yaml:2:").And.Contain(complaint);
    }

    [Test]
    public async Task In_CI_a_machine_without_QEMU_is_broken()
    {
        _scratch.Write("lab-config/vm.yaml", "kind: vm\nqemu: qemu-that-nobody-has\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: true);

        result.ExitCode.Should().Be(3, result.Output);
        result.Output.Should().Contain("qemu-that-nobody-has is missing").And.Contain("1 broken");
    }

    [Test]
    public async Task A_kernel_that_is_not_there_is_an_error_of_the_configuration()
    {
        RequireVm();
        _scratch.Write("lab-config/vm.yaml", "kind: vm\nkernel: nowhere/bzImage\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(2, result.Output);
        result.Error.Should().Contain("there is no kernel").And.Contain("nowhere/bzImage");
    }

    [Test]
    public async Task A_panic_nobody_asked_for_fails_its_scenario_and_the_next_one_has_a_machine_that_works()
    {
        RequireVm();
        WriteTroublePlace();
        _scratch.Write("features/one.feature", """
            Feature: one

              Scenario: it dies
                Given the kernel module "labtrace_trouble" is loaded
                When the kernel is asked for a panic

              Scenario: it lives
                When I run "true"
                Then the command succeeded
            """);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("1 passed, 1 failed, 0 skipped, 0 broken").And.Contain("kernel panic: labtrace_trouble was asked for a panic");
        var console = await File.ReadAllLinesAsync(Path.Combine(_scratch.Root, "run", "console.log"));
        console.Should().OnlyContain(l => Stamp().IsMatch(l), "each line has its time");
        console.Select(l => l[..27]).Should().BeInAscendingOrder(StringComparer.Ordinal);
        console.Select(l => Stamp().Replace(l, "")).Where(l => Told.Exists(t => l.Contains(t, StringComparison.Ordinal))).Should().SatisfyRespectively(
            l => l.Should().Be("==== scenario: it dies"),
            l => l.Should().Be("==== step: Given the kernel module \"labtrace_trouble\" is loaded"),
            l => l.Should().Be("==== step: When the kernel is asked for a panic"),
            l => l.Should().EndWith("Kernel panic - not syncing: labtrace_trouble was asked for a panic"),
            l => l.Should().Be("==== scenario: it lives"),
            l => l.Should().Be("==== step: When I run \"true\""),
            l => l.Should().Be("==== a fresh machine"),
            l => l.Should().Be("==== step: Then the command succeeded"));
        Machines().Should().BeEmpty();
    }

    [Test]
    public async Task What_a_scenario_made_in_configfs_is_gone_behind_it_though_it_failed()
    {
        RequireVm();
        WritePlace("gpio-sim");
        _scratch.Feature("""
            Scenario: it fails
              Given a simulated GPIO chip with 4 lines
              And GPIO line 1 is pulled up
              When I run "ls /sys/kernel/config/gpio-sim"
              Then the command wrote "nothing"

            Scenario: nothing is left of it
              Then the kernel module "gpio-sim" is gone
              When I run "modprobe gpio-sim"
              And I run "ls /sys/kernel/config/gpio-sim"
              Then the command succeeded
              And the command wrote ""
            """);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(1, result.Output + result.Error);
        result.Output.Should().Contain("1 passed, 1 failed, 0 skipped, 0 broken").And.Contain("\"labtrace\"", "the chip was there");
    }

    [Test]
    public async Task Modules_of_a_kernels_own_source_that_nobody_has_are_an_error_of_the_configuration()
    {
        RequireVm();
        var kernel = _scratch.Write("bzImage", "a kernel that does not say whose it is");
        _scratch.Write("lab-config/vm.yaml", $"kind: vm\nkernel: {kernel}\nheaders: {_scratch.Root}\nbuild: [{Path.Combine(Repository.Root, "fixtures/kmod/gpio-sim")}]\n");
        _scratch.Feature(Quick);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(2, result.Output);
        result.Error.Should().Contain("are built from the kernel's own source, and place 'vm' does not say where that of its kernel").And.Contain("has no drivers/gpio/gpio-sim.c");
    }

    [Test]
    public async Task A_run_that_is_killed_leaves_no_machine()
    {
        RequireVm();
        WriteTroublePlace();
        _scratch.Feature("""
            Scenario: it waits
              When I run "sleep 600"
              Then the command succeeded
            """);
        using var run = Process.Start(LabtraceProcess.Describe(_scratch.Root, "run", "--place", "vm", "--out", "run"))!;
        await EventuallyAsync(() => Machines().Count == 1, TimeSpan.FromMinutes(3));

        run.Kill();
        await run.WaitForExitAsync();

        await EventuallyAsync(() => Machines().Count == 0, TimeSpan.FromSeconds(20));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z ", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Stamp();

    [Test]
    public async Task A_machine_that_hangs_and_says_nothing_holds_nobody_up()
    {
        RequireVm();
        WriteTroublePlace();
        _scratch.Write("features/one.feature", """
            Feature: one

              Scenario: it hangs
                Given the kernel module "labtrace_trouble" is loaded
                When the kernel is asked for a lockup

              Scenario: it lives
                When I run "true"
                Then the command succeeded
            """);
        var started = Stopwatch.GetTimestamp();

        var result = await RunAsync(ci: false, "--step-timeout", "20s");

        // The kernel's own watchdog would say so after two minutes.
        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 1 broken");
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(110));
        Machines().Should().BeEmpty();
    }

    [Test]
    public async Task Where_KVM_is_refused_TCG_runs_the_machine_which_may_have_this_ones_files_to_read()
    {
        RequireVm();
        const string proof = "/etc/os-release";
        const string intruder = "/etc/labtrace-was-here";
        var qemu = _scratch.Write("qemu", """
            #!/bin/sh
            case " $* " in *" -accel kvm "*) echo 'Could not access KVM kernel module: refused by a test' >&2; exit 1 ;; esac
            exec qemu-system-x86_64 "$@"
            """);
        using (var chmod = Process.Start("chmod", ["+x", qemu]))
        {
            await chmod.WaitForExitAsync();
        }

        _scratch.Write("lab-config/vm.yaml", $"kind: vm\naccel: auto\nqemu: {qemu}\nuserland: host\n");
        _scratch.Feature($"""
            Scenario: it reads
              When I run "sha256sum {proof}"
              Then the command wrote "{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(proof)))}  {proof}"
              When I run "touch {intruder}"
              Then the command ended with exit code 1
              When I run "sh -c 'echo kept >/tmp/note && cat /tmp/note'"
              Then the command wrote "kept"
            """);

        var result = await RunAsync(ci: false);

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Error.Should().Contain("(tcg)");
        (File.Exists("/dev/kvm") && Environment.UserName == "root").Should().Be(result.Error.Contains("trying whether KVM runs a machine here", StringComparison.Ordinal), "what is there is tried");
        File.Exists(intruder).Should().BeFalse();
    }

    [Test]
    public async Task Ctrl_C_ends_the_run_and_its_machine_at_once()
    {
        RequireVm();
        WriteTroublePlace();
        _scratch.Feature("""
            Scenario: it waits
              When I run "sleep 600"
              Then the command succeeded
            """);
        using var run = Process.Start(LabtraceProcess.Describe(_scratch.Root, "run", "--place", "vm", "--out", "run"))!;
        await EventuallyAsync(() => Machines().Count == 1 && ConsoleSays("==== step: When I run"), TimeSpan.FromMinutes(3));

        using var interrupt = Process.Start("kill", ["-INT", $"{run.Id}"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await run.WaitForExitAsync(limit.Token);

        run.ExitCode.Should().Be(130);
        await EventuallyAsync(() => Machines().Count == 0, TimeSpan.FromSeconds(5));
    }

    private bool ConsoleSays(string words)
    {
        var file = Path.Combine(_scratch.Root, "run", "console.log");
        if (!File.Exists(file))
        {
            return false;
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Contains(words, StringComparison.Ordinal);
    }

    private static void RequireVm() => RealKernel.Require(
        File.Exists("/usr/bin/qemu-system-x86_64") && File.Exists("/usr/bin/busybox") && File.Exists("/usr/bin/gcc"), "qemu-system-x86, busybox-static and gcc");

    // Told apart from machines of others by this test's own memory size.
    private static int Memory => 300 + (Environment.ProcessId % 97);

    private void WriteTroublePlace() => WritePlace("labtrace-trouble");

    private void WritePlace(string modules) => _scratch.Write(
        "lab-config/vm.yaml", $"kind: vm\naccel: tcg\nmemory: {Memory}\nkeep-state: true\nbuild: [{Path.Combine(Repository.Root, "fixtures/kmod", modules)}]\n");

    private static List<string> Machines() =>
        [.. Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Select(CommandLineOf).Where(c => c.StartsWith("qemu-system", StringComparison.Ordinal) && c.Contains($"\0{Memory}M\0", StringComparison.Ordinal))];

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task EventuallyAsync(Func<bool> isSo, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (!isSo())
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private Task<LabtraceResult> RunAsync(bool ci, params string[] more)
    {
        var start = LabtraceProcess.Describe(_scratch.Root, ["run", "--place", "vm", "--out", "run", .. more]);
        start.Environment["CI"] = ci ? "true" : "";
        return LabtraceProcess.RunAsync(start, TimeSpan.FromMinutes(4));
    }
}
