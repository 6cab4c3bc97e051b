using FluentAssertions;
using LabTrace.Devices.Tests.Wire;
using LabTrace.Devices.Wire;
using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Bpf;

/// <summary>The same programs inside an agent, their records streamed back.</summary>
[NonParallelizable]
internal sealed class ServedBpfTests
{
    [Test]
    [Category(RealKernel.Category)]
    public async Task Records_come_back_over_the_wire_as_they_are_made_there()
    {
        Workload.Require();
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("served"), CancellationToken.None);
        await using var _ = server;
        await using var __ = target;
        await using var changes = TargetChanges.InMemory(target);

        var recording = await BpfRecorder.RecordAsync(changes, new BpfRequest("syscalls"), new Command(Workload.Path, "calls", "2000"), onlyCommand: true, CancellationToken.None);

        recording.Trace.Events.Count(e => e.Name.Name == "syscall_exit" && e.TryGetField("name", out var name) && name.ToRawText() == "getppid").Should().Be(2000);
        recording.Trace.Tally.HasLost.Should().BeFalse();
        recording.Summary.IsComplete.Should().BeTrue();
        recording.Report.Mechanism.Should().BeOneOf(BpfMechanisms.All);
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task A_wire_that_breaks_detaches_the_program()
    {
        Workload.Require();
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("served"), CancellationToken.None);
        var session = await target.StartBpfAsync(new BpfRequest("syscalls") { Comm = "nobody" }, CancellationToken.None);
        Links().Should().BeGreaterThan(0);

        server.Cut();
        await server.DisposeAsync();

        Links().Should().Be(0);
        var status = async () => await session.ReadStatusAsync(CancellationToken.None);
        await status.Should().ThrowAsync<TargetUnreachableException>();
        await session.DisposeAsync();
        await target.DisposeAsync();
        static int Links() => Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget is { } to && to.Contains("bpf_link", StringComparison.Ordinal));
    }

    [Test]
    public void A_request_and_a_status_are_the_same_behind_the_wire()
    {
        var request = new BpfRequest("function_latency")
        {
            Tgid = 4,
            Pid = 5,
            Commands = [6, 7],
            Cgroup = ulong.MaxValue,
            Comm = "chronyd",
            Calls = [1, 2],
            MinDuration = TimeSpan.FromMicroseconds(7),
            WholeCalls = true,
            Texts = false,
            IoctlType = 7,
            Functions = [new BpfFunction("a", "/bin/b", 8), new BpfFunction("c")],
            HistogramsOnly = true,
            WithRecorder = true,
            Stacks = BpfStacks.User,
            RingBytes = 4096,
            Mechanism = "kprobe",
        };
        var status = new BpfStatus([new BpfCounters(1, 2, 3, 4, 5, 6)], [new BpfFunctionTimes("f", 1, 2, 3, 4, [5, 6])], 9);
        var message = new WireWriter();
        WireBpf.Write(message, request);
        WireBpf.Write(message, status);

        var reader = new WireReader(message.Written.Span);
        WireBpf.ReadRequest(ref reader).Should().BeEquivalentTo(request);
        WireBpf.ReadStatus(ref reader).Should().BeEquivalentTo(status);
        reader.Left.Should().Be(0);
    }

    [TestCase("refused")]
    [TestCase("unavailable")]
    [TestCase("wrong")]
    public void An_error_behind_the_wire_is_the_same_error(string which)
    {
        LabException error = which switch
        {
            "refused" => new BpfRefusedException("agent", "pcie", ["kprobe: ENOENT"], "R1 invalid", "boot another kernel"),
            "unavailable" => new BpfUnavailableException("agent", "libbpf.so.1 is not installed", "apt-get install libbpf1"),
            _ => new LabConfigException("a ring buffer of 3 bytes", "write 4096"),
        };
        var message = new WireWriter();
        WireBpf.WriteError(message, error);

        var read = () =>
        {
            var reader = new WireReader(message.Written.Span);
            _ = WireBpf.ReadStarted("agent", "pcie", ref reader);
        };

        read.Should().Throw<LabException>().Which.Should().BeOfType(error.GetType()).And.BeEquivalentTo(error, o => o.Including(e => e.Message).Including(e => e.Hint));
    }
}
