using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>Runs on this machine's kernel: what is changed is undone, whatever ends the run.</summary>
[Category("local")]
[NonParallelizable]
public sealed class LocalRunTests
{
    private const string Instances = "/sys/kernel/tracing/instances";

    // Nobody else on this machine sleeps just as long.
    private static readonly string Length = $"600.{Environment.ProcessId}";

    private static readonly string Hanging = $"""
        Scenario: it hangs while it records
          Given the event "sched:sched_switch" is enabled
          And a probe "nap" on the function "clock_nanosleep" of the library "libc.so.6"
          When I record while running "sleep {Length}"
          Then the command succeeded
        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch()
    {
        RealKernel.RequireTracefs();
        scratch = new Scratch();
        scratch.Feature(Hanging);
    }

    [TearDown]
    public void RemoveScratch() => scratch?.Dispose();

    [Test]
    public async Task Ctrl_C_undoes_everything_and_exits_with_130()
    {
        using var run = await StartHangingAsync();

        Signal(run, "INT");
        await EndedAsync(run);

        run.ExitCode.Should().Be(130);
        LeftBy(run.Id).Should().BeEmpty();
        Sleepers().Should().BeEmpty();
        File.ReadLines(Path.Combine(scratch.Root, "run", "messages.ndjson")).Last().Should().StartWith("{\"testRunFinished\"");
    }

    [Test]
    public async Task A_run_that_was_killed_is_undone_by_restore()
    {
        using var run = await StartHangingAsync();

        Signal(run, "KILL");
        await EndedAsync(run);
        var left = LeftBy(run.Id);
        var listed = await RunAsync("restore", "--list");
        var restored = await RunAsync("restore");

        left.Should().HaveCount(2, "nobody had time to undo the instance and the probe");
        listed.Output.Should().Contain("it hangs while it records").And.Contain("dead");
        restored.ExitCode.Should().Be(0, restored.Output + restored.Error);
        LeftBy(run.Id).Should().BeEmpty();
        Sleepers().Should().BeEmpty();
    }

    [Test]
    public async Task A_run_that_was_killed_is_undone_by_the_next_run_too()
    {
        using var run = await StartHangingAsync();
        Signal(run, "KILL");
        await EndedAsync(run);
        scratch.Feature("Scenario: something else\n  When I run \"true\"");

        var next = await RunAsync("run", "features", "--place", "local", "--out", "next");

        next.ExitCode.Should().Be(0, next.Output + next.Error);
        next.Error.Should().Contain("an earlier run was killed");
        LeftBy(run.Id).Should().BeEmpty();
        Sleepers().Should().BeEmpty();
    }

    [Test]
    public async Task A_doctor_that_was_killed_while_it_tried_things_is_undone_by_restore()
    {
        using var doctor = Process.Start(Describe("doctor", "--place", "local"))!;
        doctor.StandardInput.Close();
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        while (LeftBy(doctor.Id).Length == 0)
        {
            doctor.HasExited.Should().BeFalse("it tries things in a trace instance of its own");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, deadline.Token);
        }

        Signal(doctor, "KILL");
        await EndedAsync(doctor);
        var left = LeftBy(doctor.Id);
        var restored = await RunAsync("restore");

        left.Should().NotBeEmpty();
        restored.ExitCode.Should().Be(0, restored.Output + restored.Error);
        LeftBy(doctor.Id).Should().BeEmpty();
    }

    [Test]
    public async Task A_timeout_names_the_step_and_undoes_everything()
    {
        var result = await RunAsync("run", "features", "--place", "local", "--out", "run", "--timeout", "3s");

        result.ExitCode.Should().Be(3, result.Output + result.Error);
        result.Output.Should().Contain($"I record while running \"sleep {Length}\"").And.Contain("one.feature:6").And.Contain("3 s");
        LeftBy(result.Pid).Should().BeEmpty();
        Sleepers().Should().BeEmpty();
    }

    [Test]
    public async Task A_second_run_is_told_who_uses_the_place_and_can_wait_for_it()
    {
        using var run = await StartHangingAsync();

        var refused = await RunAsync("run", "features", "--place", "local", "--out", "second");
        var waited = await RunAsync("run", "features", "--place", "local", "--out", "third", "--wait", "300ms");
        Signal(run, "INT");
        await EndedAsync(run);

        refused.ExitCode.Should().Be(3, refused.Output + refused.Error);
        refused.Error.Should().Contain($"{run.Id}").And.Contain("--wait");
        waited.ExitCode.Should().Be(3);
        LeftBy(run.Id).Should().BeEmpty();
    }

    [Test]
    public async Task A_full_disk_under_out_breaks_the_run_and_undoes_everything()
    {
        var disk = Directory.CreateDirectory(Path.Combine(scratch.Root, "disk")).FullName;
        scratch.Feature("""
            Scenario: more is recorded than fits
              Given the events of "raw_syscalls" are enabled
              When I record while running "sleep 0.1"
              Then the trace has at least 1 "raw_syscalls:sys_enter" event
            """);
        await Sh("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
        try
        {
            var result = await RunAsync("run", "features", "--place", "local", "--out", disk);

            result.ExitCode.Should().Be(3, result.Output + result.Error);
            (result.Output + result.Error).Should().Contain("No space left on device");
            LeftBy(result.Pid).Should().BeEmpty();
        }
        finally
        {
            await Sh("umount", disk);
        }
    }

    private async Task<Process> StartHangingAsync()
    {
        var run = Process.Start(Describe("run", "features", "--place", "local", "--out", "run"))!;
        run.StandardInput.Close();
        _ = run.StandardOutput.ReadToEndAsync();
        _ = run.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        while (Sleepers().Count == 0)
        {
            run.HasExited.Should().BeFalse("it runs a command that takes ten minutes");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }

        return run;
    }

    private Task<LabtraceResult> RunAsync(params string[] arguments) => LabtraceProcess.RunAsync(Describe(arguments));

    // Locks and journals of this test are not those of the user.
    private ProcessStartInfo Describe(params string[] arguments)
    {
        var start = LabtraceProcess.Describe(scratch.Root, arguments);
        start.Environment["XDG_STATE_HOME"] = Path.Combine(scratch.Root, "state");
        return start;
    }

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", ["-" + name, $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static async Task EndedAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        await process.WaitForExitAsync(deadline.Token);
    }

    private static async Task Sh(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, program);
    }

    // Others trace on this machine at the same time; what is a run's own carries its pid.
    private static string[] LeftBy(int pid) =>
    [
        .. Directory.GetDirectories(Instances, $"labtrace-{pid}-*"),
        .. File.ReadAllLines("/sys/kernel/tracing/uprobe_events").Where(l => l.Contains($"labtrace_{pid}_", StringComparison.Ordinal)),
    ];

    private static List<string> Sleepers() =>
    [
        .. Directory.GetDirectories("/proc").Where(d => IsSleeper(d)),
    ];

    private static bool IsSleeper(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0') is ["sleep", var found, ..] && found == Length;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
