using System.Globalization;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Benchmarks;

/// <summary>What <c>labtrace trace convert</c>, <c>stats</c> and <c>latency</c> do with a capture, beside the obvious way over the whole trace in memory.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class TraceCommandBenchmarks
{
    public const int Events = 200_000;

    private const string From = "sched_switch where next_comm = bash";
    private const string To = "sched_switch where prev_comm = bash";

    private byte[] _capture = [];

    public static byte[] Input { get; } = Make();

    [GlobalSetup]
    public void Setup() => _capture = Input;

    /// <summary>What a script does: the trace in memory, strings for every value, joined.</summary>
    [Benchmark(Baseline = true)]
    public long ConvertToCsvByStrings()
    {
        var output = new MemoryStream();
        using var writer = new StreamWriter(output, leaveOpen: true);
        writer.WriteLine("cpu,timestamp_ns,pid,comm,event,fields");
        foreach (var item in Whole().Events)
        {
            var fields = string.Join(' ', item.Fields.Select(f => $"{f.Key}={Quoted(f.Value.ToString())}"));
            writer.WriteLine(string.Join(
                ',', item.Cpu.ToString(CultureInfo.InvariantCulture), item.Time.Nanoseconds.ToString(CultureInfo.InvariantCulture), item.Pid.ToString(CultureInfo.InvariantCulture), item.Comm, item.Name.Name, fields));
        }

        writer.Flush();
        return output.Length;

        static string Quoted(string value) => value.Contains(' ', StringComparison.Ordinal) ? $"\"{value}\"" : value;
    }

    [Benchmark]
    public long ConvertToCsv() => Convert("csv");

    [Benchmark]
    public long ConvertToJsonLines() => Convert("jsonl");

    [Benchmark]
    public long ConvertToTraceDat() => Convert("dat");

    [Benchmark]
    public long ConvertToPerfetto() => Convert("perfetto");

    [Benchmark]
    public long StatsByLinq() => Whole().Events.GroupBy(e => e.Name).Select(g => (g.Key, Count: g.Count(), First: g.Min(e => e.Time), Last: g.Max(e => e.Time))).Sum(g => g.Count);

    [Benchmark]
    public long Stats()
    {
        using var reader = TraceReader.Open(Capture.Of(_capture));
        var counts = new EventCounts();
        while (reader.Read(out var item))
        {
            counts.Add(item);
        }

        return counts.All.Sum(c => c.Count);
    }

    [Benchmark]
    public long LatencyByLinq()
    {
        var (from, to) = (EventSelector.Parse(From), EventSelector.Parse(To));
        var lengths = new List<long>();
        foreach (var cpu in Whole().Events.Where(e => from.Matches(e) || to.Matches(e)).GroupBy(e => e.Cpu))
        {
            var all = cpu.ToList();
            lengths.AddRange(all.Zip(all.Skip(1)).Where(p => from.Matches(p.First) && to.Matches(p.Second)).Select(p => (p.Second.Time - p.First.Time).Nanoseconds));
        }

        var sorted = lengths.Order().ToList();
        return sorted[(int)(sorted.Count * 0.99)];
    }

    [Benchmark]
    public long Latency()
    {
        using var reader = TraceReader.Open(Capture.Of(_capture));
        var pairing = new IntervalPairing(EventSelector.Parse(From), EventSelector.Parse(To), "cpu");
        var lengths = new Sample();
        for (var index = 0L; reader.Read(out var item); index++)
        {
            if (pairing.Add(item, index, out var interval))
            {
                lengths.Add(interval.Length.Nanoseconds);
            }
        }

        return lengths.At(Statistic.P99);
    }

    private static byte[] Make()
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, TraceGenerator.Recording(seed: 3, Events));
        return output.ToArray();
    }

    private Trace Whole()
    {
        using var reader = TraceReader.Open(Capture.Of(_capture));
        return reader.ReadToEnd();
    }

    private long Convert(string kind)
    {
        using var reader = TraceReader.Open(Capture.Of(_capture));
        using var output = new MemoryStream();
        using var export = TraceConversion.Open(TraceExports.Find(kind)!, output, reader.Info);
        _ = TraceConversion.Write(new FilteredReader(reader, EventFilter.None), export, null, CancellationToken.None);
        return output.Length;
    }
}
