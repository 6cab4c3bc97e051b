using System.Globalization;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.Grtrace;

[TestFixture]
public sealed class GrtraceTests
{
    private const string Path = "/sys/kernel/debug/grtrace/";

    [Test]
    public async Task Events_that_are_emitted_come_out_of_the_relay_file_once()
    {
        await using var target = await LoadedAsync();
        await WriteAsync(target, "control", "start");

        await WriteAsync(target, "emit", "submit 100 0 1 1");
        await WriteAsync(target, "emit", "emit COMPLETE 0x64 0 1 1 -5");

        var records = Records(await target.ReadAsync(Path + "events0", default)).Concat(Records(await target.ReadAsync(Path + "events1", default))).ToList();
        records.Where(r => !r.Header.IsControl).Select(r => ((GrtEventKind)r.Header.Type, r.Job.CtxId, r.Job.RingId, r.Job.Seqno, r.Job.Status)).Should().Equal(
            (GrtEventKind.Submit, 100UL, 1U, 1UL, 0), (GrtEventKind.Complete, 100UL, 1U, 1UL, -5));
        (await target.ReadAsync(Path + "events0", default)).Should().BeEmpty("a read consumes");
    }

    [Test]
    public async Task A_session_starts_with_stream_info_and_metadata()
    {
        await using var target = await LoadedAsync();
        (await target.RunAsync(new Command("modprobe", "grtrace_mygpu"), default)).ExitCode.Should().Be(0);
        await WriteAsync(target, "control", "start");

        var bytes = await target.ReadAsync(Path + "events0", default);

        GrtStreamInfo.TryRead(bytes.AsSpan(0, GrtLayout.StreamInfoBytes), out var info, out _).Should().BeTrue();
        (info.SessionId, info.Clock, info.Cpus).Should().Be((1UL, GrtClock.Monotonic, 2U));
        GrtMetadata.TryRead(bytes.AsSpan(GrtLayout.StreamInfoBytes), out var metadata, out _).Should().BeTrue();
        (metadata.Driver, metadata.RingName(1)).Should().Be(("mygpu", "comp"));
    }

    [TestCase("sample=30")]
    [TestCase("max_events_per_sec=100")]
    [TestCase("max_events_per_sec=100 rate_limiter_mode=1")]
    [TestCase("filter_ring_id=1")]
    [TestCase("filter_engine_mask=0x4")]
    [TestCase("filter_type_mask=0x11")]
    [TestCase("level=verbose watch_ctx_add=4096")]
    [TestCase("watch_allow_mode=0 watch_ctx_add=4097")]
    [TestCase("backpressure_threshold=1")]
    [TestCase("adaptive_sampling=1")]
    [TestCase("level=off")]
    public async Task What_was_offered_was_written_or_dropped_and_counted(string config)
    {
        await using var target = await LoadedAsync("buffer_size=32768");
        _ = await target.RunAsync(new Command("modprobe", "grtrace_mygpu"), default);
        await WriteAsync(target, "config", config);
        await WriteAsync(target, "control", "start");

        var result = await target.RunAsync(CommandLine.Parse("gpuload --jobs 500 --period-us 300 --contexts 3 --urgent-each 7"), default);
        await WriteAsync(target, "control", "stop");

        result.ErrorText.Should().BeEmpty();
        var core = target.Machine.Gpus is not null ? await StatsAsync(target) : [];
        var dropped = core.Where(p => p.Key.StartsWith("filtered_", StringComparison.Ordinal) || p.Key is "sampled_out" or "rate_limited_drops" or "backpressure_drops"
            || p.Key.StartsWith("drops_", StringComparison.Ordinal)).Sum(p => p.Value);
        (core["written"] + dropped).Should().BeGreaterThan(3000).And.Be(target.Machine.GrtraceOffered);
        var read = Records(await target.ReadAsync(Path + "events0", default)).Concat(Records(await target.ReadAsync(Path + "events1", default))).Count(r => !r.Header.IsControl);
        read.Should().Be((int)core["written"]);
    }

    internal static async Task<EmulatedTarget> LoadedAsync(params string[] parameters)
    {
        var target = new EmulatedTarget();
        (await target.RunAsync(new Command("modprobe", ["grtrace", .. parameters]), default)).ErrorText.Should().BeEmpty();
        return target;
    }

    internal static ValueTask WriteAsync(EmulatedTarget target, string file, string text) => target.WriteTextAsync(Path + file, text, default);

    internal static async Task<Dictionary<string, long>> StatsAsync(EmulatedTarget target) =>
        (await target.ReadTextAsync(Path + "stats", default)).Split('\n').Select(l => l.Split('=')).ToDictionary(p => p[0], p => long.Parse(p[1], CultureInfo.InvariantCulture));

    internal static IEnumerable<(GrtHeader Header, GrtJob Job)> Records(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var header = GrtHeader.Read(bytes.AsSpan(at));
            yield return (header, header.IsControl ? default : GrtJob.Read(bytes.AsSpan(at, header.Size)));
            at += header.Size;
        }
    }
}
