namespace LabTrace.Tracing.Tests.Grtrace;

/// <summary>GRT streams of known content.</summary>
internal static class MadeStream
{
    public const ulong Start = 1_000_000_000_000;

    private static readonly GrtEventKind[] Life = [GrtEventKind.Submit, GrtEventKind.Commit, GrtEventKind.Start, GrtEventKind.End, GrtEventKind.Complete];

    public static GrtStreamInfo Info(ulong session = 7, uint cpus = 2) =>
        new() { SessionId = session, Cpus = cpus, StartTimestamp = Start, StartRealTime = 1_700_000_000_000_000_000 };

    public static GrtMetadata Metadata { get; } = GrtMetadata.Default with
    {
        Driver = "i915",
        Gpu = "Intel Arc A770",
        Rings = [new(0, GrtEngines.Graphics, "rcs0"), new(1, GrtEngines.Copy, "bcs0")],
    };

    /// <summary>Jobs of two rings, their events on several cpus at random; times rise, and every job's events keep their order.</summary>
    public static byte[] Jobs(int jobs, int seed = 1, uint cpus = 2, bool hasStart = true)
    {
        var random = new Random(seed);
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            if (hasStart)
            {
                writer.WriteStart(0, Info(cpus: cpus), Metadata);
            }

            var time = Start;
            for (var job = 0; job < jobs; job++)
            {
                foreach (var kind in Life)
                {
                    time += (ulong)random.Next(1, 1000);
                    writer.Write(kind, (uint)random.Next((int)cpus), time, Job(job));
                }
            }
        }

        return output.ToArray();
    }

    public static GrtJob Job(int job) => new()
    {
        Engine = job % 2 == 0 ? "GRAPHICS" : "COPY",
        EngineClass = job % 2 == 0 ? GrtEngines.Graphics : GrtEngines.Copy,
        RingId = (uint)(job % 2),
        CtxId = 0x1234,
        Seqno = (ulong)job + 1,
        Pid = 5678,
        Uid = 1000,
    };

    /// <summary>The same records as a recorder leaves them that drains one cpu's buffer after the other.</summary>
    public static byte[] Chunked(byte[] stream, int recordsPerChunk)
    {
        var queues = new SortedDictionary<uint, Queue<byte[]>>();
        foreach (var record in Records(stream))
        {
            var cpu = GrtHeader.Read(record).Cpu;
            if (!queues.TryGetValue(cpu, out var queue))
            {
                queues[cpu] = queue = new Queue<byte[]>();
            }

            queue.Enqueue(record);
        }

        var chunked = new MemoryStream();
        while (queues.Values.Any(q => q.Count > 0))
        {
            foreach (var queue in queues.Values)
            {
                for (var i = 0; i < recordsPerChunk && queue.TryDequeue(out var record); i++)
                {
                    chunked.Write(record);
                }
            }
        }

        return chunked.ToArray();
    }

    /// <summary>Each cpu's records alone, as in <c>events0</c>, <c>events1</c>….</summary>
    public static byte[][] PerCpu(byte[] stream) =>
        [.. Records(stream).GroupBy(r => GrtHeader.Read(r).Cpu).OrderBy(g => g.Key).Select(g => g.SelectMany(r => r).ToArray())];

    public static List<byte[]> Records(byte[] stream)
    {
        var records = new List<byte[]>();
        for (var at = 0; at < stream.Length; at += records[^1].Length)
        {
            records.Add(stream.AsSpan(at, GrtHeader.Read(stream.AsSpan(at)).Size).ToArray());
        }

        return records;
    }

    public static List<(ulong Gseq, GrtEventKind Kind, ulong Time)> Read(GrtReader reader)
    {
        var events = new List<(ulong, GrtEventKind, ulong)>();
        while (reader.Read())
        {
            events.Add((reader.Current.Gseq, reader.Kind, reader.Current.Timestamp));
        }

        return events;
    }

    public static GrtReader Open(params byte[][] streams) => Open(streams, null);

    public static GrtReader Open(byte[][] streams, GrtReadOptions? options) =>
        GrtReader.Open([.. streams.Select((s, i) => Capture.Of(s, $"events{i}"))], options);
}
