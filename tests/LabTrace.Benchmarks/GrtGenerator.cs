using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>GRT streams and annotations from a seed.</summary>
internal static class GrtGenerator
{
    private const ulong Start = 1_234_567_000_000_000;
    private static readonly GrtEventKind[] Life = [GrtEventKind.Submit, GrtEventKind.Commit, GrtEventKind.Start, GrtEventKind.End, GrtEventKind.Complete];
    private static readonly string[] Comms = ["glxgears", "Xorg", "glmark 2", "blender"];

    private static GrtMetadata Metadata => GrtMetadata.Default with
    {
        Driver = "i915",
        Gpu = "Arc",
        Rings = [new(0, GrtEngines.Graphics, "rcs0"), new(1, GrtEngines.Copy, "bcs0")],
    };

    /// <summary>So many events of jobs in four contexts on two rings, 32 in flight, recorded on two cpus whose buffers are drained one after the other.</summary>
    public static void Write(Stream output, long events)
    {
        const int cpus = 2;
        const int recordsBetween = 4096;
        using (var start = new GrtStreamWriter(output))
        {
            start.WriteStart(0, new GrtStreamInfo { SessionId = 1, Cpus = cpus, StartTimestamp = Start }, Metadata);
        }

        var random = new Random(5);
        var (flight, next) = (new (uint Who, uint Ring, ulong Seqno, int Stage)[32], new ulong[8]);
        var buffers = Enumerable.Range(0, cpus).Select(_ => new MemoryStream()).ToArray();
        var (time, cseq, record) = (Start, new ulong[cpus], new byte[GrtLayout.JobBytes]);
        for (long n = 0; n < events; n++)
        {
            ref var job = ref flight[random.Next(flight.Length)];
            if (job.Stage == 0)
            {
                (job.Who, job.Ring) = ((uint)random.Next(4), (uint)random.Next(2));
                job.Seqno = ++next[job.Ring + (2 * job.Who)];
            }

            time += (ulong)random.Next(50, 200);
            var cpu = random.Next(cpus);
            _ = GrtRecords.WriteJob(record, new GrtHeader((ushort)Life[job.Stage], 0, (uint)cpu, time, (ulong)n + 1, cseq[cpu]++), Job(job.Who, job.Ring, job.Seqno));
            buffers[cpu].Write(record);
            job.Stage = (job.Stage + 1) % Life.Length;
            if ((n + 1) % recordsBetween == 0 || n + 1 == events)
            {
                foreach (var buffer in buffers)
                {
                    buffer.WriteTo(output);
                    buffer.SetLength(0);
                }
            }
        }
    }

    /// <summary>A stream and the annotations of the processes that submitted its jobs, of about so many bytes.</summary>
    public static void WriteTimeline(Stream gpu, Stream cpu, long gpuBytes, long cpuBytes)
    {
        using var writer = new GrtStreamWriter(gpu);
        writer.WriteStart(0, new GrtStreamInfo { SessionId = 1, Cpus = 2, StartTimestamp = Start }, Metadata);
        var random = new Random(5);
        var (pending, next) = (new PriorityQueue<(GrtEventKind Kind, GrtJob Job), ulong>(), new ulong[8]);
        var time = Start;
        long written = 0;
        void Line(ulong at, string text)
        {
            var bytes = Encoding.UTF8.GetBytes($"[{at / 1_000_000_000}.{at % 1_000_000_000:D9}] {text}\n");
            cpu.Write(bytes);
            written += bytes.Length;
        }

        void Drain(ulong until)
        {
            while (pending.TryPeek(out var item, out var at) && at < until)
            {
                _ = pending.Dequeue();
                writer.Write(item.Kind, (uint)random.Next(2), at, item.Job);
            }
        }

        while (writer.Length < gpuBytes || written < cpuBytes)
        {
            var who = (uint)random.Next(Comms.Length);
            time += (ulong)random.Next(1_000, 8_000);
            Drain(time);
            var took = (ulong)random.Next(2_000, 6_000);
            Line(time, $"IOCTL_ENTER pid={1000 + who} tid={1000 + who} comm={Comms[who]} cmd=0xc0106444 arg=0x7ffc1234{random.Next(65536):x4}");
            if (writer.Length < gpuBytes && writer.Length * (double)cpuBytes <= written * (double)gpuBytes)
            {
                var ring = (uint)random.Next(2);
                var job = Job(who, ring, ++next[ring + (2 * who)]);
                var at = time + (ulong)random.Next(200, 1_500);
                foreach (var kind in Life)
                {
                    pending.Enqueue((kind, job), at);
                    at += (ulong)random.Next(200, 20_000);
                }
            }

            time += took;
            Drain(time);
            Line(time, $"IOCTL_EXIT pid={1000 + who} tid={1000 + who} comm={Comms[who]} ret=0 duration_ns={took}");
        }

        Drain(ulong.MaxValue);
    }

    private static GrtJob Job(uint who, uint ring, ulong seqno) => new()
    {
        Engine = ring == 0 ? "GRAPHICS" : "COPY",
        EngineClass = ring == 0 ? GrtEngines.Graphics : GrtEngines.Copy,
        RingId = ring,
        CtxId = 0x1000 + who,
        Seqno = seqno,
        Pid = 1000 + who,
    };
}
