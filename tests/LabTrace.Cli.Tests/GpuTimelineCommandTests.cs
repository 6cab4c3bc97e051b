using System.Text.Json.Nodes;
using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class GpuTimelineCommandTests
{
    private const ulong T = 1_234_567_000_000_000;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch()
    {
        scratch = new Scratch();
        using var file = File.Create(Path.Combine(scratch.Root, "gpu.bin"));
        using var writer = new GrtStreamWriter(file);
        writer.WriteStart(0, new GrtStreamInfo { SessionId = 1, Cpus = 1, StartTimestamp = T }, GrtMetadata.Default with { Gpu = "Arc", Rings = [new(0, GrtEngines.Graphics, "rcs0")] });
        for (ulong job = 0; job < 30; job++)
        {
            var about = new GrtJob { Engine = "GRAPHICS", CtxId = 0x1234, Seqno = job, Pid = 0 };
            var at = T + (job * 1_000_000);
            writer.Write(GrtEventKind.Submit, 0, at + 1_000, about);
            writer.Write(GrtEventKind.Start, 0, at + 51_000, about);
            writer.Write(GrtEventKind.End, 0, at + 251_000 + (job * 1000), about);
            writer.Write(GrtEventKind.Complete, 0, at + 301_000, about with { Status = job == 7 ? -5 : 0 });
        }

        scratch.Write("cpu.txt", string.Concat(Enumerable.Range(0, 30).Select(i =>
            $"[1234567.{i * 1_000_000:D9}] IOCTL_ENTER pid=5678 tid=5679 comm=glxgears cmd=0xc0106444\n[1234567.{(i * 1_000_000) + 9000:D9}] IOCTL_EXIT pid=5678 tid=5679 comm=glxgears ret=0\n")));
    }

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_report_has_a_line_for_each_job_and_NA_where_nobody_knows()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin");

        result.ExitCode.Should().Be(0, result.Error);
        var lines = result.Output.Split('\n');
        lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Should().Equal("ctx", "engine", "ring", "seq", "t_queue(ns)", "t_exec(ns)", "t_gpu_wait(ns)", "t_complete(ns)");
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Should().Equal("0x1234", "GRAPHICS", "0", "0", "50000s", "200000", "NA", "50000");
        lines[31].Should().Be("# 30 jobs (0 without COMPLETE) in 120 events; 0 lost, 0 malformed, 0 unknown, 0 left out");
    }

    [Test]
    public async Task A_report_sums_up_and_picks()
    {
        var rings = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin", "--per-ring", "--json");
        var ring = JsonNode.Parse(rings.Output)!["rings"]![0]!;
        ring["name"]!.GetValue<string>().Should().Be("rcs0");
        ring["failed"]!.GetValue<long>().Should().Be(1);
        ring["t_exec"]!["max"]!.GetValue<long>().Should().Be(229_000);
        ring["t_gpu_wait"].Should().BeNull();

        var top = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin", "--topn", "2");
        top.Output.Split('\n')[1].Should().Contain(" 29 ").And.Contain(" 229000 ");

        var none = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin", "--engine", "copy");
        none.Output.Should().Contain("# 0 jobs");

        var since = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin", "--since", "10ms", "--until", "19900us");
        since.Output.Should().Contain("# 10 jobs");

        var results = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.bin", "--hist", "result");
        results.Output.Should().Contain("    -5          1\n").And.Contain("     0         29\n");
    }

    [Test]
    public async Task A_report_of_something_else_says_what_it_is()
    {
        var result = await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "cpu.txt");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("'cpu.txt' is no GRT stream; it looks like grtrace text");
    }

    [Test]
    public async Task GPU_events_that_are_text_are_read_as_the_stream_they_were()
    {
        scratch.Write("gpu.txt", """
            # from grtrace
            [12.345800000] SUBMIT ctx=0x1234 engine=GRAPHICS ring=0 seq=100
            [12.345850000] START  ctx=0x1234 engine=GRAPHICS ring=0 seq=100
            rubbish
            [12.356000000] END    ctx_id=0x1234 engine=GRAPHICS ring=0 seqno=100
            [12.356050000] COMPLETE ctx_id=0x1234 engine=GRAPHICS ring=0 seqno=100 status=-5

            """);
        scratch.Write("glx.txt", "[12.345678900] IOCTL_ENTER pid=1234 tid=1234 comm=glxgears\n");

        var merge = await LabtraceProcess.RunAsync(scratch.Root, "timeline", "merge", "--cpu", "glx.txt", "--gpu", "gpu.txt", "--as", "pretty");

        merge.ExitCode.Should().Be(0, merge.Error);
        merge.Output.Split('\n').Should().Contain(
        [
            "12.345678900  [CPU]  glxgears(1234) ioctl_enter",
            "12.345800000  [GPU]  ctx=0x1234 submit seq=100  \u2190 121\u03bcs after ioctl of glxgears(1234)",
            "12.345850000  [GPU]  ctx=0x1234 start seq=100  \u2190 50\u03bcs queue wait",
            "12.356000000  [GPU]  ctx=0x1234 end seq=100  \u2190 10.15ms GPU exec",
        ]);
        merge.Error.Should().Contain("failed to parse line at offset");
        var report = JsonNode.Parse((await LabtraceProcess.RunAsync(scratch.Root, "grtrace", "report", "-i", "gpu.txt", "--json")).Output)!;
        report["malformed"]!.GetValue<long>().Should().Be(1);
        var job = report["jobs"]![0]!;
        (job["t_queue"]!.GetValue<long>(), job["t_exec"]!.GetValue<long>(), job["t_complete"]!.GetValue<long>(), job["status"]!.GetValue<int>()).Should().Be((50_000, 10_150_000, 50_000, -5));
        job["t_gpu_wait"].Should().BeNull();
    }

    [Test]
    public async Task A_timeline_is_merged_shown_and_counted()
    {
        var merge = await LabtraceProcess.RunAsync(scratch.Root, "timeline", "merge", "--cpu", "cpu.txt", "--gpu", "gpu.bin", "-o", "merged.txt");
        merge.ExitCode.Should().Be(0, merge.Error);
        File.ReadAllLines(Path.Combine(scratch.Root, "merged.txt"))[3].Should()
            .Be("[1234567.000001000] GPU SUBMIT               ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=0, pid=5678, tid=5679, comm=glxgears");

        var show = await LabtraceProcess.RunAsync(scratch.Root, "timeline", "show", "merged.txt", "--ascii");
        show.Output.Should().Contain("cpu  glxgears(5678)").And.Contain("ring 0 GRAPHICS").And.Contain("50.0 us");

        var only = await LabtraceProcess.RunAsync(scratch.Root, "timeline", "show", "merged.txt", "--latency-only");
        only.Output.Should().NotContain("busy").And.Contain("START to END");

        var stats = await LabtraceProcess.RunAsync(scratch.Root, "timeline", "merge", "--cpu", "cpu.txt", "--gpu", "gpu.bin", "--clock-offset", "auto", "--stats-only", "--json");
        var counted = JsonNode.Parse(stats.Output)!;
        counted["jobs_attributed"]!.GetValue<long>().Should().Be(30);
        Math.Abs(counted["clock_offset_ns"]!.GetValue<long>()).Should().BeLessThan(9_000);
        stats.Error.Should().Contain("is added to the GPU's times");

        var trace = await LabtraceProcess.RunAsync(scratch.Root, "trace", "info", "gpu.bin");
        trace.Output.Should().Contain("grtrace stream");
    }
}
