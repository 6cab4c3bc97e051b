using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Ssh;

/// <summary>Runs at an ssh place, by the command, against a real sshd.</summary>
[Category(RealKernel.Category)]
[NonParallelizable]
public sealed class SshRunTests
{
    private const string Recording = """
        @needs:tracefs
        Scenario: a context switch is recorded with its fields
          Given the event "sched:sched_switch" is enabled with filter "prev_pid != 0"
          When I record while running "sleep 0.05"
          Then the trace has at least 1 "sched:sched_switch" event
          And timestamps never go backwards on a cpu
          And no events were lost
        """;

    private Scratch _scratch = null!;
    private LoopbackBench _bench = null!;

    [SetUp]
    public async Task StartBenchAsync()
    {
        RealKernel.RequireTracefs();
        _scratch = new Scratch();
        _scratch.Feature(Recording);
        _bench = await LoopbackBench.StartAsync();
        _ = await AgentProgram.FindAsync(TestContext.Progress.WriteLine, CancellationToken.None);
    }

    [TearDown]
    public async Task StopBenchAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        _scratch?.Dispose();
    }

    [Test]
    public async Task A_scenario_records_on_the_bench_and_leaves_nothing_there()
    {
        _ = _bench.WritePlace(_scratch);

        var result = await RunAsync();

        result.ExitCode.Should().Be(0, result.Error + result.Output);
        result.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 0 broken");
        Directory.Exists(_bench.Settings.AgentDirectory).Should().BeFalse("the agent is removed behind the run");
        Directory.GetDirectories("/sys/kernel/tracing/instances", "labtrace*").Should().BeEmpty();
    }

    [Test]
    public async Task A_bench_nobody_has_been_to_is_broken_and_says_how_to_accept_its_key()
    {
        _ = _bench.WritePlace(_scratch);
        _bench.ForgetHostKey();

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output);
        result.Error.Should().Contain("target 'bench' does not answer").And.Contain("Host key verification failed").And.Contain("accept it once");
    }

    [Test]
    public async Task A_bench_that_is_off_is_broken()
    {
        _ = _bench.WritePlace(_scratch);
        await _bench.StopAsync();

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output);
        result.Error.Should().Contain("target 'bench' does not answer").And.Contain("Connection refused");
    }

    [Test]
    public async Task A_bench_with_another_key_than_the_known_one_is_refused_with_a_warning()
    {
        _ = _bench.WritePlace(_scratch);
        await _bench.ChangeHostKeyAsync();

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output);
        result.Error.Should().Contain("target 'bench' does not answer").And.Contain("has changed").And.Contain("ssh-keygen -R").And.NotContain("accept it once");
    }

    [Test]
    public async Task A_link_that_is_cut_breaks_the_scenario_and_the_next_one_connects_again()
    {
        _ = _bench.WritePlace(_scratch);
        _scratch.Feature($"""
            Scenario: the cable is pulled
              When I run "{await _bench.WriteCutAsync(forGood: false)}"

            Scenario: the next one
              When I run "true"
            """);

        var result = await RunAsync();

        result.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 1 broken").And.Contain("target 'bench' does not answer: the link");
        result.ExitCode.Should().Be(3, result.Error);
    }

    [TestCase("agent: auto")]
    [TestCase("agent: never")]
    public async Task A_bench_that_is_lost_for_good_breaks_what_is_left_with_the_cause(string agent)
    {
        _ = _bench.WritePlace(_scratch, agent);
        _scratch.Feature($"""
            Scenario: before
              When I run "true"

            Scenario: the bench loses power
              When I run "{await _bench.WriteCutAsync(forGood: true)}"

            Scenario: behind it
              When I run "true"

            Scenario: and behind that
              When I run "true"
            """);

        var result = await RunAsync();

        result.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 3 broken").And.Contain("Connection refused");
        result.ExitCode.Should().Be(3, result.Error);
        await _bench.UntilNothingRunsAsync();
    }

    [Test]
    public async Task A_bench_of_another_machine_is_served_by_its_shell_and_what_needs_the_agent_is_skipped_by_name()
    {
        var uname = _scratch.Write("bin/uname", "#!/bin/sh\nif [ \"$*\" = -m ]; then echo riscv64; else exec /usr/bin/uname \"$@\"; fi\n");
        await LoopbackBench.RunAsync("chmod", "500", uname);
        await using var other = await LoopbackBench.StartAsync(Path.GetDirectoryName(uname)!);
        _ = other.WritePlace(_scratch);
        _scratch.Feature(Recording + """


            @needs:bpf-syscalls
            Scenario: system calls
              When I run "true"
            """);

        var result = await RunAsync();

        result.ExitCode.Should().Be(0, result.Error + result.Output);
        result.Error.Should().Contain("the agent does not run at 'bench': its machine is riscv64");
        result.Output.Should().Contain("1 passed, 0 failed, 1 skipped, 0 broken")
            .And.Contain("lacks bpf-syscalls").And.Contain("needs the agent, which does not run there: its machine is riscv64");
        Directory.GetDirectories("/sys/kernel/tracing/instances", "labtrace*").Should().BeEmpty();
    }

    [Test]
    public async Task A_bench_whose_shell_may_not_serve_it_is_broken_where_the_agent_does_not_run()
    {
        var uname = _scratch.Write("bin/uname", "#!/bin/sh\necho riscv64\n");
        await LoopbackBench.RunAsync("chmod", "500", uname);
        await using var other = await LoopbackBench.StartAsync(Path.GetDirectoryName(uname)!);
        _ = other.WritePlace(_scratch, "agent: always");

        var result = await RunAsync();

        result.ExitCode.Should().Be(3, result.Output);
        result.Error.Should().Contain("target 'bench' does not answer: its machine is riscv64");
    }

    [Test]
    public async Task Jump_hosts_and_shared_connections_of_the_users_configuration_are_used()
    {
        var config = _scratch.Write(
            "ssh_config",
            $"""
            Host *
              IdentitiesOnly yes
              IdentityFile {_bench.Settings.IdentityFile}
              UserKnownHostsFile {_bench.Settings.KnownHostsFile}
              Port {_bench.Port}
              HostName 127.0.0.1
              HostKeyAlias [127.0.0.1]:{_bench.Port}
            Host bench-behind
              ProxyJump jump
              ControlMaster auto
              ControlPath {_scratch.Root}/master
              ControlPersist 60
            """);
        _ = _scratch.Write("lab-config/bench.yaml", $"kind: ssh\nhost: bench-behind\nssh-config: {config}\nagent-directory: {_bench.Settings.AgentDirectory}\nstate-directory: {_bench.StateDirectory}\n");

        var first = await RunAsync();
        var logins = _bench.Logins;
        var second = await RunAsync();
        await LoopbackBench.RunAsync("ssh", "-F", config, "-O", "exit", "bench-behind");

        first.ExitCode.Should().Be(0, first.Error + first.Output);
        second.ExitCode.Should().Be(0, second.Error + second.Output);
        (logins, _bench.Logins).Should().Be((2, 2), "the first run logs in at the jump host and at the bench, the second uses its connection");
    }

    [Test]
    public async Task An_ordinary_user_serves_the_bench_as_root_through_sudo()
    {
        await using var user = await ThrowAwayUser.MakeAsync(_bench);
        _ = _bench.WritePlace(_scratch, $"user: {user.Name}", "sudo: true");

        await user.MaySudoAsync();
        var allowed = await RunAsync();
        user.MayNotSudo();
        var refused = await RunAsync();

        allowed.ExitCode.Should().Be(0, allowed.Error + allowed.Output);
        allowed.Output.Should().Contain("1 passed, 0 failed, 0 skipped, 0 broken");
        refused.ExitCode.Should().Be(3, refused.Output);
        refused.Error.Should().Contain("a password is required").And.Contain("allow `sudo -n` for that user");
    }

    [Test]
    public async Task A_place_of_kind_ssh_needs_a_host()
    {
        _ = _scratch.Write("lab-config/bench.yaml", "kind: ssh\nport: 22\n");

        var result = await RunAsync();

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("names no host");
    }

    private Task<LabtraceResult> RunAsync() => LabtraceProcess.RunAsync(_scratch.Root, "run", "features", "--place", "bench", "--out", "run");
}
