using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>Heads and names of ftrace text: everything an event has before its fields are asked for.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public partial class FtraceTextBenchmarks
{
    public const int Events = 200_000;

    private byte[] _text = [];

    public static byte[] Input { get; } = TraceGenerator.Text(seed: 1, Events);

    [GlobalSetup]
    public void Setup() => _text = Input;

    /// <summary>What a script does: lines as strings, a regular expression, numbers from groups by Split.</summary>
    [Benchmark(Baseline = true)]
    public long ReadLineSplitRegex() => Parse(Plain);

    /// <summary>The same with the expression compiled to C# by the source generator.</summary>
    [Benchmark]
    public long ReadLineSplitGeneratedRegex() => Parse(Line());

    private long Parse(Regex expression)
    {
        using var reader = new StreamReader(new MemoryStream(_text), Encoding.UTF8);
        long sum = 0;
        while (reader.ReadLine() is { } line)
        {
            var match = expression.Match(line);
            if (!match.Success)
            {
                continue;
            }

            var stamp = match.Groups["time"].Value.Split('.');
            var time = (long.Parse(stamp[0], CultureInfo.InvariantCulture) * 1_000_000_000) + (long.Parse(stamp[1], CultureInfo.InvariantCulture) * 1000);
            sum += time + int.Parse(match.Groups["pid"].Value, CultureInfo.InvariantCulture)
                   + int.Parse(match.Groups["cpu"].Value, CultureInfo.InvariantCulture)
                   + match.Groups["comm"].Value.Length + match.Groups["event"].Value.Length + match.Groups["rest"].Value.Length;
        }

        return sum;
    }

    [Benchmark]
    public long LabTraceReader()
    {
        var trace = FtraceTextFormat.Read(_text);
        long sum = 0;
        foreach (var item in trace.Events)
        {
            sum += (long)item.Time.Nanoseconds + item.Pid + item.Cpu + item.Comm.Length + item.Name.Name.Length + item.Payload.Length;
        }

        return sum;
    }

    private const string Pattern = @"^\s*(?<comm>.+)-(?<pid>\d+)\s+(?:\(\s*[-\d]+\)\s+)?\[(?<cpu>\d+)\]\s+(?:\S+\s+)?(?<time>\d+\.\d+):\s+(?<event>\w+):\s?(?<rest>.*)$";

    private static readonly Regex Plain = new(Pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));

    [GeneratedRegex(Pattern, RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Line();
}
