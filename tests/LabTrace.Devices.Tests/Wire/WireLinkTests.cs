using System.IO.Pipelines;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Agent;
using LabTrace.Devices.Wire;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Wire;

public sealed class WireLinkTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Test]
    public async Task When_the_wire_breaks_every_call_ends_as_a_target_that_does_not_answer()
    {
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), None);
        await using var process = await target.StartAsync(new Command("sleep", "300"), None);
        var waiting = process.WaitAsync(None);

        server.Cut();

        (await waiting.Invoking(w => w).Should().ThrowAsync<TargetUnreachableException>()).WithMessage("target 'bench' does not answer: the link *");
        await target.Awaiting(t => t.ReadAsync("/proc/version", None)).Should().ThrowAsync<TargetUnreachableException>();
        await target.DisposeAsync();
        await server.DisposeAsync();
    }

    [Test]
    public async Task A_wire_that_is_closed_here_asks_nobody_why_it_ended()
    {
        var asked = 0;
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), None, () => Task.FromResult($"asked {++asked} times"));

        await target.DisposeAsync();
        await server.DisposeAsync();

        asked.Should().Be(0, "the answer may be a while in coming, and nobody waits for it");
    }

    [Test]
    public async Task When_the_wire_breaks_the_agent_ends_what_it_started()
    {
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), None);
        var process = await target.StartAsync(new Command("sleep", "300"), None);

        server.Cut();
        await server.DisposeAsync();

        Directory.Exists($"/proc/{process.Pid}").Should().BeFalse();
        await target.DisposeAsync();
    }

    [Test]
    public async Task A_file_longer_than_a_frame_travels_whole_beside_short_calls()
    {
        using var directory = new TemporaryDirectory();
        var content = new byte[(WireProtocol.MaxBody * 5) + 17];
        new Random(3).NextBytes(content);
        await File.WriteAllBytesAsync(directory.Path + "/long", content);
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), None);

        var longRead = target.ReadAsync(directory.Path + "/long", None).AsTask();
        var shortReads = Enumerable.Range(0, 200).Select(_ => target.ReadAsync("/proc/version", None).AsTask()).ToArray();

        (await longRead).AsSpan().SequenceEqual(content).Should().BeTrue();
        (await Task.WhenAll(shortReads)).Should().OnlyContain(r => r.Length > 0);
        await target.DisposeAsync();
        await server.DisposeAsync();
    }

    [Test]
    public async Task A_long_file_is_streamed_whole_with_reads_ahead()
    {
        using var directory = new TemporaryDirectory();
        var content = new byte[3_000_001];
        new Random(4).NextBytes(content);
        await File.WriteAllBytesAsync(directory.Path + "/long", content);
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), None);
        var copy = new MemoryStream();

        await using (var stream = await target.OpenReadAsync(directory.Path + "/long", None))
        {
            await stream.CopyToAsync(copy, 100_000, None);
        }

        copy.ToArray().AsSpan().SequenceEqual(content).Should().BeTrue();
        await target.DisposeAsync();
        await server.DisposeAsync();
    }

    [TestCase("Welcome to bench-3!\nLast login: today\n")]
    [TestCase("")]
    public async Task What_is_no_agent_is_told_as_such(string printed)
    {
        var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(printed));
        var open = () => WireLink.OpenAsync("bench", input, Stream.Null, () => Task.FromResult("ssh: it said so"), None);

        var error = (await open.Should().ThrowAsync<TargetUnreachableException>()).Which;

        error.Message.Should().Contain("ssh: it said so").And.StartWith("target 'bench' does not answer: ");
    }

    [Test]
    public async Task An_agent_of_another_version_is_refused()
    {
        var wire = new Pipe();
        await using var frames = new FrameChannel(Stream.Null, wire.Writer.AsStream());
        await frames.SendAsync(
            WireKind.Hello, 0, new WireWriter().Int32(unchecked((int)WireProtocol.Magic)).Int32(WireProtocol.Version + 1).Int32(7).Written);
        var open = () => WireLink.OpenAsync("bench", wire.Reader.AsStream(), Stream.Null, () => Task.FromResult(""), None);

        (await open.Should().ThrowAsync<TargetUnreachableException>())
            .WithMessage($"*speaks version {WireProtocol.Version + 1} of the protocol and this LabTrace speaks version {WireProtocol.Version}*");
    }

    [Test]
    public void The_agent_knows_targets_and_nothing_of_scenarios_or_reports()
    {
        var known = typeof(TargetServer).Assembly.GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n.StartsWith("LabTrace", StringComparison.Ordinal) || n == "labtrace");

        known.Should().BeSubsetOf(["LabTrace.Devices", "LabTrace.Tracing"]);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property An_agent_survives_whatever_a_caller_sends() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            var input = new MemoryStream(bytes);

            // It ends when the bytes do, whatever they are, and throws nothing.
            return TargetServer.ServeAsync(new LocalTarget("agent"), input, new MemoryStream()).Wait(TimeSpan.FromSeconds(20), None);
        });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_request_of_any_bytes_is_answered(byte call, byte[] arguments)
    {
        // Calls that start programs or remove files are left out: what a random name would hit is not ours.
        var harmless = (WireCall)call is WireCall.Start or WireCall.RemoveFile or WireCall.RemoveDirectory or WireCall.CreateDirectory or WireCall.Write or WireCall.WriteMany
            ? (byte)WireCall.Stat
            : call;
        var answered = AnswerAsync([harmless, .. BitConverter.GetBytes(-1L), .. arguments]).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System).GetAwaiter().GetResult();
        return answered.ToProperty();
    }

    private static async Task<bool> AnswerAsync(byte[] request)
    {
        var (toServer, toCaller) = (new Pipe(), new Pipe());
        var serving = TargetServer.ServeAsync(new LocalTarget("agent"), toServer.Reader.AsStream(), toCaller.Writer.AsStream());
        await using var frames = new FrameChannel(toCaller.Reader.AsStream(), toServer.Writer.AsStream());
        _ = await frames.ReceiveAsync(None);
        await frames.SendAsync(WireKind.Request, 5, request);
        var answer = await frames.ReceiveAsync(None);
        await frames.CloseOutputAsync();
        return await serving && answer is { Kind: WireKind.Response, Id: 5 };
    }
}
