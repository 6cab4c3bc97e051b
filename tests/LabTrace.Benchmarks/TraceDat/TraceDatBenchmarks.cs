using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks.TraceDat;

/// <summary>A trace.dat file read event by event, into columns and whole.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class TraceDatBenchmarks
{
    public const int Events = 1_000_000;

    private static readonly Lazy<RawRecording> Recording = new(() => TraceFileGenerator.Make(Events));

    private string _path = "";

    public static long InputBytes => Recording.Value.Cpus.Sum(c => (long)c.Pages.Length);

    [GlobalSetup]
    public void Setup()
    {
        _path = Path.Combine(Path.GetTempPath(), $"labtrace-bench-{Environment.ProcessId}.dat");
        using var file = File.Create(_path);
        TraceDatWriter.Write(file, Recording.Value);
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    /// <summary>The obvious reader: all pages in memory, a BinaryReader, a new array for each record, cpu after cpu without merging by time.</summary>
    [Benchmark(Baseline = true)]
    public long BinaryReaderFrames()
    {
        long sum = 0;
        foreach (var cpu in Recording.Value.Cpus)
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
    public ulong IterateInTimeOrder() => TraceTasks.Iterate(_path).Sum;

    [Benchmark]
    public ulong AllNumericFields() => TraceTasks.Fields(_path).Sum;

    [Benchmark]
    public ulong ColumnsInMemory() => TraceTasks.Columns(_path).Sum;

    [Benchmark]
    public int WholeTraceInMemory()
    {
        using var reader = TraceReader.Open(_path);
        return reader.ReadToEnd().Events.Count;
    }
}
