using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Vm;

/// <summary>Runs at a place of kind vm, by the command: a real kernel in QEMU.</summary>
[Category("vm")]
[NonParallelizable]
public sealed class VmPlaceTests
{
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
        (await File.ReadAllTextAsync(Path.Combine(_scratch.Root, "run", "console.log"))).Should().Contain("==== scenario: it dies").And.Contain("Kernel panic - not syncing");
        Machines().Should().BeEmpty();
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

    private static void RequireVm() => RealKernel.Require(
        File.Exists("/usr/bin/qemu-system-x86_64") && File.Exists("/usr/bin/busybox") && File.Exists("/usr/bin/gcc"), "qemu-system-x86, busybox-static and gcc");

    // Told apart from machines of others by this test's own memory size.
    private static int Memory => 300 + (Environment.ProcessId % 97);

    private void WriteTroublePlace() => _scratch.Write(
        "lab-config/vm.yaml", $"kind: vm\naccel: tcg\nmemory: {Memory}\nkeep-state: true\nbuild: [{Path.Combine(Repository.Root, "fixtures/kmod/labtrace-trouble")}]\n");

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

    private Task<LabtraceResult> RunAsync(bool ci)
    {
        var start = LabtraceProcess.Describe(_scratch.Root, "run", "--place", "vm", "--out", "run");
        start.Environment["CI"] = ci ? "true" : "";
        return LabtraceProcess.RunAsync(start, TimeSpan.FromMinutes(4));
    }
}
