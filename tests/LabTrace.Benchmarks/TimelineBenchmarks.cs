using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LabTrace.Tracing;
using LabTrace.Tracing.Timelines;

namespace LabTrace.Benchmarks;

/// <summary>What drawing a capture costs the scenario that recorded it, beside printing the same events.</summary>
[Config(typeof(InProcess))]
[MemoryDiagnoser]
public class TimelineBenchmarks
{
    private const int Recorded = 100_000;
    private static readonly TimelineOptions Usual = new("trace");
    private Trace _large = Trace.Empty;
    private Trace _kept = Trace.Empty;

    [GlobalSetup]
    public void Setup()
    {
        _large = TraceGenerator.Recording(seed: 1, Recorded).ToTrace();
        _kept = TraceGenerator.Recording(seed: 1, Usual.MaxEvents).ToTrace();
    }

    /// <summary>As many events as a timeline keeps, printed as ftrace prints them.</summary>
    [Benchmark(Baseline = true)]
    public int PrintAsManyEvents()
    {
        var length = 0;
        foreach (var item in _kept.Events)
        {
            length += item.ToString().Length;
        }

        return length;
    }

    [Benchmark]
    public int TimelineOfSmallCapture() => TimelineWriter.Write(_kept, Usual)!.Length;

    [Benchmark]
    public int TimelineOfLargeCapture() => TimelineWriter.Write(_large, Usual)!.Length;

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(new Job("InProcess") { Infrastructure = { Toolchain = InProcessEmitToolchain.Instance } }.AsMutator());
    }
}
