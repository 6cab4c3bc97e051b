using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>bpftrace -f json: lines of printf, maps of twenty entries and histograms.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class BpftraceJsonBenchmarks
{
    public const int Objects = 60_000;

    private byte[] _text = [];

    public static byte[] Input { get; } = Make();

    [GlobalSetup]
    public void Setup() => _text = Input;

    /// <summary>What a script does: lines as strings, each a document.</summary>
    [Benchmark(Baseline = true)]
    public long ReadLineJsonDocument()
    {
        using var reader = new StreamReader(new MemoryStream(_text), Encoding.UTF8);
        long sum = 0;
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var data = document.RootElement.GetProperty("data");
            if (data.ValueKind == JsonValueKind.String)
            {
                sum += data.GetString()!.Length;
                continue;
            }

            foreach (var map in data.EnumerateObject())
            {
                sum += map.Value.ValueKind == JsonValueKind.Object ? map.Value.EnumerateObject().Sum(e => e.Value.GetRawText().Length) : map.Value.GetRawText().Length;
            }
        }

        return sum;
    }

    [Benchmark]
    public long LabTraceReader()
    {
        using var reader = TraceReader.Open(Capture.Of(_text));
        long sum = 0;
        while (reader.Read())
        {
            sum += reader.EventId + reader.Payload.Length;
        }

        return sum;
    }

    private static byte[] Make()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var i = 0; i < Objects; i++)
        {
            _ = (i % 3) switch
            {
                0 => text.Append(CultureInfo.InvariantCulture, $"{{\"type\": \"printf\", \"data\": \"swapper/{random.Next(4)} {random.Next(9999)} -> rcu_preempt\\n\"}}\n"),
                1 => text.Append("{\"type\": \"map\", \"data\": {\"@c\": {").AppendJoin(", ", Enumerable.Range(0, 20).Select(k => $"\"bpftrace,{k}\": {random.Next()}")).Append("}}}\n"),
                _ => text.Append("{\"type\": \"hist\", \"data\": {\"@ns\": [")
                    .AppendJoin(", ", Enumerable.Range(10, 12).Select(k => $"{{\"min\": {1L << k}, \"max\": {(2L << k) - 1}, \"count\": {random.Next(1000)}}}")).Append("]}}\n"),
            };
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
