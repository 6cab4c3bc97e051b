using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>Ring-buffer pages: record frames with time, type and pid, and whole events in time order.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class PageBenchmarks
{
    public const int Events = 1_000_000;

    private RawRecording _recording = TraceGenerator.Recording(1, 4);

    public static RawRecording Input { get; } = TraceGenerator.Recording(seed: 1, Events);

    [GlobalSetup]
    public void Setup() => _recording = Input;

    /// <summary>The obvious reader: a BinaryReader over a stream, a new array for each record.</summary>
    [Benchmark(Baseline = true)]
    public long BinaryReaderFrames()
    {
        long sum = 0;
        foreach (var cpu in _recording.Cpus)
        {
            using var reader = new BinaryReader(new MemoryStream(cpu.Pages.ToArray()));
            for (long page = 0; page < reader.BaseStream.Length; page += 4096)
            {
                sum += NaivePage.Sum(reader, page);
            }
        }

        return sum;
    }

    [Benchmark]
    public long SubBufferReaderFrames()
    {
        long sum = 0;
        foreach (var cpu in _recording.Cpus)
        {
            var pages = cpu.Pages.Span;
            for (var page = 0; page < pages.Length; page += 4096)
            {
                var reader = new SubBufferReader(pages.Slice(page, 4096), _recording.Layout);
                while (reader.Read())
                {
                    var payload = reader.Payload;
                    sum += (long)reader.Timestamp + BitConverter.ToUInt16(payload) + BitConverter.ToInt32(payload[4..]);
                }
            }
        }

        return sum;
    }

    [Benchmark]
    public int WholeTraceInTimeOrder() => _recording.ToTrace().Events.Count;
}
