using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Vm;

/// <summary>A machine for people, and a bench that boots under a scenario: the same machine, reached over ssh.</summary>
[Category("vm")]
[NonParallelizable]
public sealed partial class PeoplesVmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Test]
    public async Task A_machine_is_started_entered_booted_by_a_scenario_over_ssh_and_ended()
    {
        RealKernel.Require(
            File.Exists("/usr/bin/qemu-system-x86_64") && File.Exists("/usr/bin/busybox") && File.Exists("/usr/sbin/dropbear"), "qemu-system-x86, busybox-static and dropbear-bin");
        using var scratch = new Scratch();
        _ = scratch.Write("lab-config/vm.yaml", "kind: vm\naccel: tcg\n");
        scratch.Feature("""
            Scenario: it boots
              Given the event "sched:sched_process_exec" is enabled
              When the target reboots
              Then it is another boot
              Given the event "sched:sched_process_exec" is enabled
              When I record while running "true"
              Then the trace has at least 1 "sched:sched_process_exec" event
            """);
        using var up = Process.Start(Describe(scratch, "vm", "up"))!;
        var told = await up.StandardOutput.ReadLineAsync() ?? await up.StandardError.ReadToEndAsync();
        Door().IsMatch(told).Should().BeTrue(told);
        var door = Door().Match(told);

        var inside = await LabtraceProcess.RunAsync(Describe(scratch, "vm", "ssh", "uname", "-n"), Patience);
        _ = scratch.Write("lab-config/bench.yaml", $"""
            kind: ssh
            host: root@127.0.0.1
            port: {door.Groups["port"].Value}
            identity: {door.Groups["key"].Value}
            known-hosts: {door.Groups["hosts"].Value}
            state-directory: /tmp/labtrace-state
            reboot-command: "(sleep 1; busybox reboot -f) >/dev/null 2>&1 </dev/null &"
            """);
        var run = await LabtraceProcess.RunAsync(Describe(scratch, "run", "--place", "bench", "--out", "run"), Patience);
        var down = await LabtraceProcess.RunAsync(Describe(scratch, "vm", "down"), Patience);
        await up.WaitForExitAsync();

        inside.Output.Trim().Should().Be("labtrace-vm", inside.Error);
        run.ExitCode.Should().Be(0, run.Output + run.Error);
        run.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 0 broken");
        down.Output.Should().Contain("'vm' is down");
        up.ExitCode.Should().Be(130);
    }

    private static ProcessStartInfo Describe(Scratch scratch, params string[] arguments)
    {
        var start = LabtraceProcess.Describe(scratch.Root, arguments);
        start.Environment["XDG_STATE_HOME"] = Path.Combine(scratch.Root, "state");
        return start;
    }

    [GeneratedRegex(@"^up: ssh -p (?<port>\d+) -i (?<key>\S+) .*UserKnownHostsFile=(?<hosts>\S+) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Door();
}
