using System.Diagnostics;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Emulate;

/// <summary>The mounted lab, met by shell scripts, and by ioctls as any program makes them.</summary>
public sealed class EmulateCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private Scratch scratch = null!;

    private string Mount => Path.Combine(scratch.Root, "lab");

    [SetUp]
    public void MakeScratch()
    {
        if (!File.Exists("/dev/fuse"))
        {
            Assert.Inconclusive("this machine has no /dev/fuse");
        }

        scratch = new Scratch();
    }

    [TearDown]
    public void RemoveScratch() => scratch?.Dispose();

    [Test]
    public async Task Attributes_are_as_on_a_kernel() => await WithLabAsync([], "attributes.sh");

    [Test]
    public async Task Relay_buffers_and_pipes_are_as_on_a_kernel() => await WithLabAsync(["--run", "glxgears &"], "relay.sh");

    [Test]
    public async Task Cpus_are_kept_awake_while_requests_come_and_no_longer()
    {
        RequireRoot();
        if (!File.Exists("/dev/cpu_dma_latency"))
        {
            Assert.Inconclusive("this kernel has no /dev/cpu_dma_latency");
        }

        using var lab = await StartAsync([]);
        async Task<bool> AreKeptAwakeAsync() => (await ShellAsync($"ls -l /proc/{await MainPidAsync(lab)}/fd")).Output.Contains("/dev/cpu_dma_latency", StringComparison.Ordinal);
        (await AreKeptAwakeAsync()).Should().BeFalse("nobody has asked for anything yet");
        using var asking = Process.Start("perl", ["-e", "while (1) { open(F, '<', $ARGV[0]) or exit; sysread(F, $b, 4096); close F }", Path.Combine(Mount, "proc/version")]);

        await EventuallyAsync(AreKeptAwakeAsync, expected: true);
        asking.Kill();
        await asking.WaitForExitAsync(Deadline());
        await EventuallyAsync(AreKeptAwakeAsync, expected: false);

        await ShellAsync($"kill {await MainPidAsync(lab)}");
        await lab.WaitForExitAsync(Deadline());
    }

    [TestCase("mainline-6.12", "facebook, art", "6.12")]
    [TestCase("mainline-6.1", "facebook, facebook/0.18", "6.1")]
    [TestCase("out-of-tree", "facebook, art", "out-of-tree")]
    public async Task Time_Cards_are_as_on_a_kernel(string driver, string cards, string dialect)
    {
        scratch.Write("lab-config/emulated.yaml", $"kind: emulated\ntime-cards: {cards}\nptp-ocp: {driver}\n");
        await WithLabAsync([], "timecard.sh", dialect);
    }

    [Test]
    public async Task The_oscillator_of_a_card_answers_any_program_with_as_much_as_there_is_room_for()
    {
        RequireRoot();
        scratch.Write("lab-config/emulated.yaml", "kind: emulated\ntime-cards: art\nptp-ocp: out-of-tree\n");
        using var lab = await StartAsync([]);
        try
        {
            await using var oscillator = await Mro50.OpenAsync(new LocalTarget(), Path.Combine(Mount, "dev/mro50.0"), Deadline());
            var word = Enumerable.Repeat((byte)0xAA, 8).ToArray();

            await oscillator.ControlAsync(0x8008_4d01, word, Deadline());
            await oscillator.SetFineAsync(2399, Deadline());
            var memory = () => oscillator.ReadMemoryAsync(Deadline());
            var unknown = () => oscillator.ControlAsync(0x8008_4dff, word, Deadline());

            word.Should().Equal(0x60, 9, 0, 0, 0xAA, 0xAA, 0xAA, 0xAA);
            (await oscillator.ReadFineAsync(Deadline())).Should().Be(2399);
            (await memory.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EFAULT);
            (await unknown.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENOTTY);
        }
        finally
        {
            await ShellAsync($"kill {await MainPidAsync(lab)}");
            await lab.WaitForExitAsync(Deadline());
        }
    }

    [TestCase("TERM", 0)]
    [TestCase("INT", 0)]
    [TestCase("KILL", 137)]
    public async Task It_is_unmounted_on_every_way_out(string signal, int exitCode)
    {
        RequireRoot();
        using var lab = await StartAsync([]);

        await ShellAsync($"kill -{signal} {await MainPidAsync(lab)}");
        await lab.WaitForExitAsync(Deadline());

        lab.ExitCode.Should().Be(exitCode);
        await EventuallyAsync(async () => (await ShellAsync("mount")).Output.Contains(Mount, StringComparison.Ordinal), expected: false);
        if (signal != "KILL")
        {
            Directory.Exists(Mount).Should().BeFalse("it was made for the mount");
        }
    }

    [Test]
    public async Task Unmounted_by_somebody_else_it_ends()
    {
        RequireRoot();
        using var lab = await StartAsync([]);

        (await ShellAsync($"umount '{Mount}'")).ExitCode.Should().Be(0);
        await lab.WaitForExitAsync(Deadline());

        lab.ExitCode.Should().Be(0);
    }

    [Test]
    public async Task A_directory_that_is_not_empty_is_refused()
    {
        scratch.Write("lab/file", "x");

        var result = await LabtraceProcess.RunAsync(scratch.Root, "emulate", "--mount", Mount);

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("is not empty").And.Contain("try: name an empty directory");
        File.Exists(Path.Combine(Mount, "file")).Should().BeTrue();
    }

    [Test]
    public async Task A_command_that_fails_on_the_emulated_machine_is_told()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "emulate", "--mount", Mount, "--run", "modprobe nosuchmodule");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("'modprobe nosuchmodule' ended with 1 on the emulated machine");
        Directory.Exists(Mount).Should().BeFalse();
    }

    [Test]
    public async Task An_ordinary_user_mounts_through_fusermount3()
    {
        RequireRoot();
        if ((await ShellAsync("command -v fusermount3 && command -v setpriv")).ExitCode != 0)
        {
            Assert.Inconclusive("fusermount3 or setpriv is not installed");
        }

        const string asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp DOTNET_CLI_HOME=/tmp";
        if ((await ShellAsync($"{asNobody} test -r '{AppContext.BaseDirectory}/labtrace.dll'")).ExitCode != 0)
        {
            Assert.Inconclusive("other users cannot read the built command here");
        }

        await ShellAsync($"chmod 777 '{scratch.Root}'");
        var script = $"""
            {asNobody} dotnet '{AppContext.BaseDirectory}/labtrace.dll' emulate --mount '{Mount}' >'{scratch.Root}/log' 2>&1 &
            i=0; until grep -q 'shows the files' '{scratch.Root}/log' || [ $i -gt 300 ]; do sleep 0.1; i=$((i+1)); done
            cat '{scratch.Root}/log'
            {asNobody} cat '{Mount}/proc/version'
            cat '{Mount}/proc/version' 2>&1
            kill $!; wait $!; echo "exit $?"
            mount | grep -c '{Mount}'
            """;
        var result = await ShellAsync(script);

        result.Output.Should().Contain("Linux version 6.18").And.Contain("Permission denied").And.EndWith("exit 0\n0\n");
    }

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("only root mounts without fusermount3");
        }
    }

    private async Task WithLabAsync(string[] more, string script, string argument = "")
    {
        RequireRoot();
        using var lab = await StartAsync(["--run", "modprobe -a grtrace grtrace_drm_bridge", .. more]);
        var source = Path.Combine(Repository.Root, "tests/LabTrace.Cli.Tests/Emulate", script);

        var result = await ShellAsync($"timeout 35 sh '{source}' '{Mount}' {argument}");

        await ShellAsync($"kill {await MainPidAsync(lab)}");
        await lab.WaitForExitAsync(Deadline());
        result.Output.Should().BeEmpty(result.Error);
        result.ExitCode.Should().Be(0, result.Error);
        lab.ExitCode.Should().Be(0);
    }

    private async Task<Process> StartAsync(string[] more)
    {
        var start = LabtraceProcess.Describe(scratch.Root, ["emulate", "--mount", Mount, .. more]);
        var lab = Process.Start(start)!;
        var line = await lab.StandardOutput.ReadLineAsync(Deadline());
        if (line is null)
        {
            throw new InvalidOperationException("the lab was not mounted: " + await lab.StandardError.ReadToEndAsync(Deadline()));
        }

        line.Should().StartWith($"{Mount} shows the files of 'emulated'");
        return lab;
    }

    /// <summary>env execs dotnet: the process that was started is the command itself.</summary>
    private static Task<int> MainPidAsync(Process lab) => Task.FromResult(lab.Id);

    private static CancellationToken Deadline() => new CancellationTokenSource(Patience).Token;

    private static async Task EventuallyAsync(Func<Task<bool>> condition, bool expected)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (await condition() != expected)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", script },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var error = shell.StandardError.ReadToEndAsync(Deadline());
        var output = await shell.StandardOutput.ReadToEndAsync(Deadline());
        await shell.WaitForExitAsync(Deadline());
        return (shell.ExitCode, output, await error);
    }
}
