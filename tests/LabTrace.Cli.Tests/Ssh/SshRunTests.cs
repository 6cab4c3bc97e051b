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
    public async Task A_place_of_kind_ssh_needs_a_host()
    {
        _ = _scratch.Write("lab-config/bench.yaml", "kind: ssh\nport: 22\n");

        var result = await RunAsync();

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("names no host");
    }

    private Task<LabtraceResult> RunAsync() => LabtraceProcess.RunAsync(_scratch.Root, "run", "features", "--place", "bench", "--out", "run");
}
