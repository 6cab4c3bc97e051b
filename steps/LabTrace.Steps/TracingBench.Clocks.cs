using LabTrace.Devices;
using LabTrace.Tracing.Queries;
using LabTrace.Tracing.Timelines;
using NUnit.Framework;
using Duration = LabTrace.Tracing.Duration;

namespace LabTrace.Steps;

/// <summary>The trace's clock beside the clock that passes at the target.</summary>
public sealed partial class TracingBench
{
    private const int NanosecondsPerSecond = 1_000_000_000;
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(2);

    private ClockComparison? clocks;

    private ClockComparison Clocks =>
        clocks ?? throw new InvalidOperationException("no clocks were compared in this scenario; use a step such as `When I compare the trace clock with the target's clock 20 times` first");

    public async Task CompareClocksAsync(int times)
    {
        var instance = await InstanceAsync();
        var target = instance.Tracefs.Target;
        if (target.Kind is TargetKind.Ssh or TargetKind.Vm)
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' is reached over a link, and the clock of its target cannot be read from here; try: a place of kind local");
        }

        List<(long Before, long After)> looks = new(times);
        await KeepAsync(await instance.RecordAsync(
            async token =>
            {
                for (var i = 0; i < times; i++)
                {
                    var before = Now(target);
                    await instance.MarkAsync(ClockComparison.MarkerOf(i), token);
                    looks.Add((before, Now(target)));
                    await Task.Delay(BetweenProbes, target.Time, token);
                }
            },
            Cancellation));
        clocks = ClockComparison.Of(Trace, looks);
        if (clocks.Probes.Count == 0)
        {
            throw new InvalidOperationException($"none of {times} clock probes is in the trace\n  try: a larger buffer (`Given the buffer size is 4096 KiB per cpu`)");
        }

        var first = clocks.Probes[0].AtNs;
        Attach(
            PlotWriter.OverTime("Clock offset over time", $"trace clock '{Trace.ClockName}' less the target's clock", "ns", [.. clocks.Probes.Select(p => (p.AtNs - first, (double)p.OffsetNs))]),
            ".plot.json");
    }

    public void ClockOffsetShouldStayWithin(Duration bound)
    {
        if (Clocks.ProvenDrift > bound.Nanoseconds)
        {
            Assert.Fail($"expected: the offset between the trace clock and the target's clock to stay within {bound}\n  found:    it moved by at least {Clocks.ProvenDrift} ns in {Clocks.Probes.Count} probes");
        }
    }

    public void ClocksShouldAgreeWithin(Duration bound)
    {
        if (place.Lab.Place.Kind is TargetKind.Ssh)
        {
            throw new IgnoreException($"place '{place.Lab.Place.Name}' is another machine, whose clocks started at another time: only their drift can be compared");
        }

        if (Clocks.ProvenDistance > bound.Nanoseconds)
        {
            Assert.Fail($"expected: the trace clock within {bound} of the target's clock\n  found:    {Clocks.ProvenDistance} ns apart at least, the median of {Clocks.Probes.Count} probes {Clocks.Median} ns");
        }
    }

    public void RecordClockOffset(Measurements measurements, string name) =>
        measurements.Record(name, Clocks.Median, "ns", [.. Clocks.Probes.Select(static p => (double)p.OffsetNs)]);

    private static long Now(ITarget target) =>
        (long)((Int128)target.Time.GetTimestamp() * NanosecondsPerSecond / target.Time.TimestampFrequency);
}
