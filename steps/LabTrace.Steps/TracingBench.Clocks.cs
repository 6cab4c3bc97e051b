using LabTrace.Devices;
using LabTrace.Tracing.Queries;
using LabTrace.Tracing.Timelines;
using NUnit.Framework;
using Duration = LabTrace.Tracing.Duration;

namespace LabTrace.Steps;

/// <summary>The trace's clock beside the clock that passes at the target.</summary>
public sealed partial class TracingBench
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(2);

    private ClockComparison? clocks;

    private ClockComparison Clocks =>
        clocks ?? throw new InvalidOperationException("no clocks were compared in this scenario; use a step such as `When I compare the trace clock with the target's clock 20 times` first");

    public async Task CompareClocksAsync(int times)
    {
        var instance = await InstanceAsync();
        var target = instance.Tracefs.Target;
        List<(long Before, long After)> looks = new(times);
        await KeepAsync(await instance.RecordAsync(
            async token =>
            {
                for (var i = 0; i < times; i++)
                {
                    var before = await NowAsync(target, token);
                    await instance.MarkAsync(ClockComparison.MarkerOf(i), token);
                    looks.Add((before, await NowAsync(target, token)));
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
        if (Clocks.ProvenDistance > bound.Nanoseconds)
        {
            Assert.Fail($"expected: the trace clock within {bound} of the target's clock\n  found:    {Clocks.ProvenDistance} ns apart at least, the median of {Clocks.Probes.Count} probes {Clocks.Median} ns");
        }
    }

    public void RecordClockOffset(Measurements measurements, string name) =>
        measurements.Record(name, Clocks.Median, "ns", [.. Clocks.Probes.Select(static p => (double)p.OffsetNs)]);

    private static async Task<long> NowAsync(ITarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await MonotonicClock.ReadAsync(target, cancellationToken);
        }
        catch (NotOnTargetException e)
        {
            throw new IgnoreException(e.Message.Replace("\n  try:", "; try:", StringComparison.Ordinal), e);
        }
    }
}
