using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>The whole line of every event of a binary recording, as <c>trace-cmd report</c> prints it.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class PrintBenchmarks
{
    public const int Events = 200_000;

    private Trace _trace = Trace.Empty;

    public static RawRecording Input { get; } = TraceGenerator.Recording(seed: 1, Events);

    [GlobalSetup]
    public void Setup() => _trace = Input.ToTrace();

    /// <summary>What a script does: every field by name, put into a line of its own.</summary>
    [Benchmark(Baseline = true)]
    public long FieldsIntoStrings()
    {
        long length = 0;
        var line = new StringBuilder();
        foreach (var item in _trace.Events)
        {
            _ = line.Clear().Append(CultureInfo.InvariantCulture, $"{item.Comm,16}-{item.Pid,-7} [{item.Cpu:D3}] {item.Flags} {item.Time.ToMicrosecondText(),12}: {item.Name.Name}:");
            foreach (var (name, value) in item.Fields)
            {
                _ = line.Append(' ').Append(name).Append('=').Append(value.ToString());
            }

            length += line.Length;
        }

        return length;
    }

    [Benchmark]
    public long LabTraceText()
    {
        using var export = TraceConversion.Open(TraceExports.Find("text")!, Stream.Null, new TraceInfo { FormatName = "trace.dat", Cpus = _trace.Cpus });
        foreach (var item in _trace.Events)
        {
            export.Write(item);
        }

        return export.Complete(_trace.Tally).Count;
    }
}
