using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>Samples of perf script, every third with a stack: heads, names and where the text is.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public partial class PerfScriptBenchmarks
{
    public const int Samples = 200_000;

    private byte[] _text = [];

    public static byte[] Input { get; } = Make();

    [GlobalSetup]
    public void Setup() => _text = Input;

    /// <summary>What a script does: lines as strings, a regular expression, numbers from its groups.</summary>
    [Benchmark(Baseline = true)]
    public long ReadLineRegex()
    {
        using var reader = new StreamReader(new MemoryStream(_text), Encoding.UTF8);
        long sum = 0;
        while (reader.ReadLine() is { } line)
        {
            var match = Head().Match(line);
            if (match.Success)
            {
                sum += long.Parse(match.Groups["s"].ValueSpan, CultureInfo.InvariantCulture)
                    + int.Parse(match.Groups["tid"].ValueSpan, CultureInfo.InvariantCulture)
                    + int.Parse(match.Groups["cpu"].ValueSpan, CultureInfo.InvariantCulture)
                    + match.Groups["comm"].Length + match.Groups["event"].Length;
            }
        }

        return sum;
    }

    [Benchmark]
    public long LabTraceReader()
    {
        using var reader = TraceReader.Open(LabTrace.Tracing.Capture.Of(_text));
        long sum = 0;
        while (reader.Read())
        {
            sum += (long)reader.Time.Nanoseconds + reader.Pid + reader.Cpu + reader.EventId + reader.Payload.Length;
        }

        return sum;
    }

    private static byte[] Make()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        var us = 1_162_643_070L;
        for (var i = 0; i < Samples; i++)
        {
            us += random.Next(1, 20);
            var head = string.Create(CultureInfo.InvariantCulture, $"[{random.Next(4):D3}] {us / 1_000_000,5}.{us % 1_000_000:D6}: ");
            _ = i % 3 == 0
                ? text.Append(CultureInfo.InvariantCulture, $"perf {1000 + random.Next(50),5} {head}sched:sched_switch: prev_comm=perf prev_pid=13929 prev_prio=120 prev_state=D ==> next_comm=migration/0 next_pid=18 next_prio=0\n\tffffffff821f8b58 __schedule+0x618 ([kernel.kallsyms])\n\tffffffff821f94c3 schedule+0x23 ([kernel.kallsyms])\n\n")
                : text.Append(CultureInfo.InvariantCulture, $"{"my prog",16} {2000 + random.Next(50),5} {head}raw_syscalls:sys_enter: NR {random.Next(300)} (e, 2400, 0, 7f711a62b5e0, 1, 0)\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    [GeneratedRegex(@"^\s*(?<comm>.+?)\s+(?<tid>\d+)\s+\[(?<cpu>\d+)\]\s+(?<s>\d+)\.\d+:\s+(?<event>\S+):", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Head();
}
