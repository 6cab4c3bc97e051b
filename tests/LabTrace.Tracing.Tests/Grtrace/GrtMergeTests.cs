using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtMergeTests
{
    private const ulong T = 1_234_567_000_000_000;

    private static readonly string[] Annotations =
    [
        "# annotations",
        "[1234567.123456] IOCTL_ENTER pid=5678 tid=5679 comm=glx gears cmd=0xc0106444 arg=0x7ffc12345678",
        "[1234567.123789000] IOCTL_EXIT pid=5678 tid=5679 comm=glx gears ret=0 duration_ns=333000",
    ];

    [Test]
    public void The_form_for_programs_is_the_one_that_is_read_again()
    {
        var text = Merge(string.Join('\n', Annotations) + "\n", Gpu(0, 0), 0, isForPeople: false);

        text.Should().Be("""
            # merged CPU and GPU timeline
            # format: [timestamp_sec] SOURCE EVENT_TYPE details...
            [1234567.123456000] CPU IOCTL_ENTER          cmd=0xc0106444, arg=0x7ffc12345678, pid=5678, tid=5679, comm=glx gears
            [1234567.123600000] GPU SUBMIT               ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=42, pid=5678, tid=5679, comm=glx gears
            [1234567.123789000] CPU IOCTL_EXIT           ret=0, duration_ns=333000, pid=5678, tid=5679, comm=glx gears
            [1234567.124156000] GPU START                ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=42, pid=5678, tid=5679, comm=glx gears
            [1234567.125789000] GPU END                  ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=42, pid=5678, tid=5679, comm=glx gears
            [1234567.125890000] GPU COMPLETE             ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=42, status=0, pid=5678, tid=5679, comm=glx gears

            """);
        using var again = TraceReader.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "merged.txt");
        var events = again.ReadToEnd().Events.Select(e => (e.Name.ToString(), e.Comm, e.Tgid)).ToList();
        events.Should().HaveCount(6).And.Contain(("gpu:COMPLETE", "glx gears", 5678));
        again.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void The_form_for_people_tells_how_long_after_what()
    {
        var text = Merge(string.Join('\n', Annotations) + "\n", Gpu(0, 0), 0, isForPeople: true);

        text.Should().Contain("1234567.123456000  [CPU]  glx gears(5678) ioctl_enter\n")
            .And.Contain("1234567.123600000  [GPU]  ctx=0x1234 submit seq=42  ← 144μs after ioctl of glx gears(5678)\n")
            .And.Contain("1234567.124156000  [GPU]  ctx=0x1234 start seq=42  ← 556μs queue wait\n")
            .And.Contain("1234567.125789000  [GPU]  ctx=0x1234 end seq=42  ← 1.63ms GPU exec\n");
    }

    [Test]
    public void The_offset_is_added_to_the_gpus_times()
    {
        // The GPU's clock is 1 ms ahead.
        var ahead = Gpu(1_000_000, 0);

        Merge(string.Join('\n', Annotations) + "\n", ahead, -1_000_000, isForPeople: false).Should().Contain("[1234567.123600000] GPU SUBMIT");
    }

    [TestCase(1_000_000)]
    [TestCase(-37_500_123)]
    [TestCase(0)]
    public void An_offset_is_found_from_submissions_that_lie_in_ioctls(long trueOffset)
    {
        foreach (var hasPid in (bool[])[true, false])
        {
            var (cpu, gpu) = Workload(trueOffset, hasPid);
            using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
            using var stream = MadeStream.Open(gpu);

            GrtClockOffset.TryEstimate(annotations, stream, out var estimate).Should().BeTrue();

            estimate.OffsetNs.Should().BeCloseTo(-trueOffset, (ulong)estimate.ErrorNs);
            estimate.ErrorNs.Should().BeLessThan(5_000);
            estimate.Share.Should().BeGreaterThan(0.99);
        }
    }

    [Test]
    public void Recordings_that_have_nothing_to_do_with_each_other_have_no_offset()
    {
        var (cpu, _) = Workload(0, hasPid: false);
        var (_, gpu) = Workload(0, hasPid: false, seed: 99);
        using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
        using var stream = MadeStream.Open(gpu);

        GrtClockOffset.TryEstimate(annotations, stream, out var estimate).Should().BeFalse($"{estimate} was taken");
    }

    [Test]
    public void Every_job_is_given_to_the_process_whose_ioctl_submitted_it([Values] bool hasPid)
    {
        var (cpu, gpu) = Workload(0, hasPid);
        using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
        using var stream = MadeStream.Open(gpu);
        var sink = new OwnersOfContexts();
        var merge = new GrtMerge(annotations, stream, 0);

        merge.Run(sink, null, CancellationToken.None);

        // Context 0x100n belongs to process 100n.
        sink.Wrong.Should().Be(0);
        merge.Attributed.Should().Be(merge.Jobs).And.BeGreaterThan(900);
        merge.Processes.Should().HaveCount(3);
    }

    [Test]
    public void Counting_alone_finds_the_same_processes()
    {
        var (cpu, gpu) = Workload(0, hasPid: false);
        GrtMerge Run(IGrtTimelineSink? sink)
        {
            using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
            using var stream = MadeStream.Open(gpu);
            var merge = new GrtMerge(annotations, stream, 0);
            merge.Run(sink, null, CancellationToken.None);
            return merge;
        }

        Run(null).Processes.Should().Equal(Run(new OwnersOfContexts()).Processes);
    }

    [Test]
    public void Annotations_a_little_out_of_order_are_put_right_and_lines_that_are_none_are_counted()
    {
        var random = new Random(2);
        var lines = Enumerable.Range(0, 60_000).Select(i => (Time: 1000 + i, Key: i + random.Next(200))).OrderBy(l => l.Key).ThenBy(l => l.Time)
            .Select(l => $"[1.{l.Time:D9}] IOCTL_ENTER pid=1 tid=1 comm=x").ToList();
        lines.Insert(777, "rubbish");
        lines.Add("[1.5] IOCTL_ENTER pid=1 without its end");
        using var reader = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
        var times = new List<ulong>();

        while (reader.Read())
        {
            times.Add(reader.Time);
        }

        times.Should().HaveCount(60_000).And.BeInAscendingOrder();
        reader.Late.Should().Be(0);
        reader.Tally.Malformed.Should().Be(2);
    }

    [Test]
    public void As_json_every_event_parses_and_jobs_lie_on_their_rings()
    {
        var (cpu, gpu) = Workload(0, hasPid: false);
        using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
        using var stream = MadeStream.Open(gpu);
        var output = new MemoryStream();
        using (var chrome = new GrtTimelineChrome(output, "model"))
        {
            new GrtMerge(annotations, stream, 0).Run(chrome, null, CancellationToken.None);
        }

        using var document = JsonDocument.Parse(output.ToArray());
        var events = document.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        events.Count(e => e.GetProperty("ph").GetString() == "X" && e.GetProperty("cat").GetString() == "gpu").Should().Be(1000);
        events.Count(e => e.GetProperty("ph").GetString() == "s").Should().Be(events.Count(e => e.GetProperty("ph").GetString() == "f"));
        events[0].GetProperty("args").GetProperty("name").GetString().Should().Be("GPU model");
        ShouldBeAsPerfettoImports(events);
    }

    /// <summary>What Perfetto's importer of Chrome's format asks for: it drops slices of a thread that overlap in part, and arrows whose ends are in no slice.</summary>
    private static void ShouldBeAsPerfettoImports(List<JsonElement> events)
    {
        static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
        static (int Pid, int Tid) Track(JsonElement of) => (of.GetProperty("pid").GetInt32(), of.GetProperty("tid").GetInt32());
        static decimal At(JsonElement of) => of.GetProperty("ts").GetDecimal();
        events.Select(e => Text(e, "ph")).Distinct().Should().BeSubsetOf(["M", "X", "i", "s", "f"]);
        var slices = events.Where(e => Text(e, "ph") == "X")
            .Select(e => (Track: Track(e), Start: At(e), End: At(e) + e.GetProperty("dur").GetDecimal())).ToLookup(s => s.Track);
        foreach (var track in slices)
        {
            var open = new Stack<decimal>();
            foreach (var slice in track.OrderBy(s => s.Start).ThenByDescending(s => s.End))
            {
                while (open.Count > 0 && open.Peek() <= slice.Start)
                {
                    _ = open.Pop();
                }

                if (open.Count > 0)
                {
                    slice.End.Should().BeLessThanOrEqualTo(open.Peek(), $"slices of thread {track.Key} nest");
                }

                open.Push(slice.End);
            }
        }

        foreach (var arrow in events.Where(e => Text(e, "ph") is "s" or "f").GroupBy(e => e.GetProperty("id").GetRawText()))
        {
            var ends = arrow.OrderBy(At).ToList();
            ends.Select(e => Text(e, "ph")).Should().Equal("s", "f");
            ends.Select(e => (Text(e, "name"), Text(e, "cat"))).Distinct().Should().ContainSingle();
            Text(ends[1], "bp").Should().Be("e");
            ends.Should().AllSatisfy(e => slices[Track(e)].Any(s => s.Start <= At(e) && At(e) <= s.End).Should().BeTrue("an arrow's end lies in a slice"));
        }

        events.Where(e => Text(e, "ph") == "i").Should().AllSatisfy(e => Text(e, "s").Should().Be("t"));
        var named = events.Where(e => Text(e, "ph") == "M" && Text(e, "name") == "thread_name").Select(Track).ToHashSet();
        events.Where(e => Text(e, "ph") == "X" && Text(e, "cat") == "gpu").Select(Track).Distinct().Should().BeSubsetOf(named);
    }

    [Test]
    public void Lanes_tell_how_busy_rings_were_whatever_the_length()
    {
        var lanes = new GrtTimelineLanes();
        var random = new Random(4);
        var time = T;
        for (var job = 0; job < 20_000; job++)
        {
            foreach (var (kind, step) in ((GrtEventKind, ulong)[])[(GrtEventKind.Submit, 10_000), (GrtEventKind.Start, 15_000), (GrtEventKind.End, 70_000), (GrtEventKind.Complete, 5_000)])
            {
                time += step + (ulong)random.Next(3);
                lanes.Write(new GrtTimelineEvent { IsGpu = true, Time = time, Kind = kind, Event = GrtEventNames.Of(kind), Job = new GrtJob { Engine = "GRAPHICS", Seqno = (ulong)job } });
            }
        }

        lanes.Draw(100, isAscii: true).Should().Contain("ring 0 GRAPHICS").And.Contain(" 70.0 %");
        lanes.Exec.Count.Should().Be(20_000);
        lanes.Latencies().Should().Contain("START to END").And.Contain("70.0 us");
    }

    private static string Merge(string cpu, byte[] gpu, long offset, bool isForPeople)
    {
        using var annotations = GrtAnnotationReader.Open(Capture.Of(Encoding.UTF8.GetBytes(cpu)));
        using var stream = MadeStream.Open(gpu);
        var output = new MemoryStream();
        var text = new GrtTimelineText(output, isForPeople);
        text.WriteHeader();
        new GrtMerge(annotations, stream, offset).Run(text, null, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static byte[] Gpu(long offset, uint pid)
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            var job = new GrtJob { Engine = "GRAPHICS", CtxId = 0x1234, Seqno = 42, Pid = pid };
            writer.WriteStart(0, MadeStream.Info() with { StartTimestamp = T }, MadeStream.Metadata);
            foreach (var (kind, at) in ((GrtEventKind, ulong)[])[(GrtEventKind.Submit, 123_600_000), (GrtEventKind.Start, 124_156_000), (GrtEventKind.End, 125_789_000), (GrtEventKind.Complete, 125_890_000)])
            {
                writer.Write(kind, 0, (ulong)((long)(T + at) + offset), job);
            }
        }

        return output.ToArray();
    }

    /// <summary>Three processes, one ioctl at a time, a job in each; context 0x100n belongs to process 100n.</summary>
    private static (string Cpu, byte[] Gpu) Workload(long offset, bool hasPid, int seed = 1)
    {
        var random = new Random(seed);
        var cpu = new StringBuilder();
        var events = new List<(ulong Time, GrtEventKind Kind, GrtJob Job)>();
        var time = T;
        for (var i = 0; i < 1000; i++)
        {
            var who = random.Next(3);
            time += (ulong)random.Next(5_000, 400_000);
            var took = (ulong)random.Next(20_000, 60_000);
            cpu.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{time / 1_000_000_000}.{time % 1_000_000_000:D9}] IOCTL_ENTER pid={1000 + who} tid={1000 + who} comm=p{who} cmd=0x1\n");
            var job = new GrtJob { Engine = "COPY", RingId = 1, CtxId = 0x1000 + (ulong)who, Seqno = (ulong)i, Pid = hasPid ? 1000 + (uint)who : 0 };
            var at = time + (ulong)random.Next(500, 15_000);
            foreach (var kind in (GrtEventKind[])[GrtEventKind.Submit, GrtEventKind.Start, GrtEventKind.End, GrtEventKind.Complete])
            {
                events.Add((at, kind, job));
                at += (ulong)random.Next(1_000, 100_000);
            }

            time += took;
            cpu.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{time / 1_000_000_000}.{time % 1_000_000_000:D9}] IOCTL_EXIT pid={1000 + who} tid={1000 + who} comm=p{who} ret=0\n");
        }

        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info() with { StartTimestamp = T }, MadeStream.Metadata);
            foreach (var (at, kind, job) in events.OrderBy(e => e.Time))
            {
                writer.Write(kind, 0, (ulong)((long)at + offset), job);
            }
        }

        return (cpu.ToString(), output.ToArray());
    }

    private sealed class OwnersOfContexts : IGrtTimelineSink
    {
        public int Wrong { get; private set; }

        public void Write(GrtTimelineEvent item) => Wrong += item.IsGpu && item.Pid != 1000 + (int)(item.Job.CtxId - 0x1000) ? 1 : 0;

        public void Complete()
        {
        }
    }
}
