using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>A GRT stream of two cpus in memory, 32 jobs in flight: how fast memory is, what a plain reader does, and ours.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class GrtDecodeBenchmarks
{
    public const int Events = 2_000_000;

    private byte[] _stream = [];

    public static byte[] Input { get; } = Make();

    [GlobalSetup]
    public void Setup() => _stream = Input;

    /// <summary>All bytes once, eight adders wide: what memory gives one core.</summary>
    [Benchmark]
    public ulong MemoryBandwidth()
    {
        var words = MemoryMarshal.Cast<byte, Vector<ulong>>(_stream);
        var (a, b, c, d) = (Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero);
        for (var i = 0; i + 3 < words.Length; i += 4)
        {
            a += words[i];
            b += words[i + 1];
            c += words[i + 2];
            d += words[i + 3];
        }

        return Vector.Sum(a + b + c + d);
    }

    /// <summary>What a script does: a BinaryReader, field by field.</summary>
    [Benchmark(Baseline = true)]
    public ulong PlainBinaryReader()
    {
        using var reader = new BinaryReader(new MemoryStream(_stream));
        ulong sum = 0;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var type = reader.ReadUInt16();
            var size = reader.ReadUInt16();
            sum += reader.ReadUInt32() + reader.ReadUInt64() + reader.ReadUInt64() + reader.ReadUInt64();
            if (size != GrtLayout.JobBytes || type > 9)
            {
                reader.BaseStream.Position += size - GrtLayout.HeaderBytes;
                continue;
            }

            _ = reader.ReadBytes(GrtLayout.EngineNameBytes);
            sum += (ulong)reader.ReadUInt16() + reader.ReadUInt16() + reader.ReadUInt32() + reader.ReadUInt64() + reader.ReadUInt64();
            sum += (ulong)reader.ReadInt32() + reader.ReadUInt32() + reader.ReadUInt64() + reader.ReadUInt32() + reader.ReadUInt32();
        }

        return sum;
    }

    /// <summary>Every event in the stream's own order: type, size, time, context, number and ring.</summary>
    [Benchmark]
    public ulong Scan()
    {
        var scanner = new GrtScanner(_stream);
        ulong sum = 0;
        while (scanner.MoveNext())
        {
            var record = scanner.Current;
            sum += record.Timestamp + record.CtxId + record.Seqno + record.RingId;
        }

        return sum;
    }

    /// <summary>Every event in order of time, resynchronising, with losses counted.</summary>
    [Benchmark]
    public ulong ReadInOrder()
    {
        using var capture = LabTrace.Tracing.Capture.Of(_stream);
        using var reader = GrtReader.Open([capture]);
        ulong sum = 0;
        while (reader.Read())
        {
            var record = reader.Current;
            sum += record.Timestamp + record.CtxId + record.Seqno + record.RingId;
        }

        return sum;
    }

    /// <summary>The same, and the events of each job put together.</summary>
    [Benchmark]
    public long JobPairing()
    {
        using var capture = LabTrace.Tracing.Capture.Of(_stream);
        using var reader = GrtReader.Open([capture]);
        long sum = 0;
        var jobs = new GrtJobTable((in GrtJobSpan job) => sum += job.ExecNs ?? 0);
        while (reader.Read())
        {
            jobs.Add(reader.Kind, reader.Current);
        }

        jobs.Complete();
        return sum;
    }

    private static byte[] Make()
    {
        var output = new MemoryStream();
        GrtGenerator.Write(output, Events);
        return output.ToArray();
    }
}
