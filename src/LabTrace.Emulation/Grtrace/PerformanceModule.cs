using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace_perf_mon.ko: how busy each ring was, how much of it was dropped, how long its jobs took.</summary>
internal sealed class PerformanceModule(Func<long> nowNs)
{
    private readonly SortedDictionary<uint, RingWork> _rings = [];
    private long _startedNs = nowNs();

    public void Started()
    {
        _startedNs = nowNs();
        _rings.Clear();
    }

    public void Saw(in GpuEvent item, long latencyNs)
    {
        var ring = Of(item.Job.RingId);
        switch (item.Kind)
        {
            case GrtEventKind.Start:
                ring.BusySince = item.TimeNs;
                break;
            case GrtEventKind.End or GrtEventKind.Complete when ring.BusySince >= 0:
                ring.BusyNs += item.TimeNs - ring.BusySince;
                ring.BusySince = -1;
                break;
        }

        if (item.Kind == GrtEventKind.Complete)
        {
            ring.Jobs++;
            ring.LatencyNs += latencyNs;
        }
    }

    /// <summary>An event that no filter and no sampler left out: it is written or dropped.</summary>
    public void Wanted(in GpuEvent item) => Of(item.Job.RingId).Events++;

    public void Dropped(in GpuEvent item) => Of(item.Job.RingId).Drops++;

    /// <summary>The text of <c>/proc/grtrace_stats</c>.</summary>
    public string Text()
    {
        var now = nowNs();
        var elapsed = Math.Max(1, now - _startedNs);
        return "ring_id, utilization%, drop_rate%, avg_latency_us\n" + string.Concat(_rings.Select(r =>
        {
            var busy = r.Value.BusyNs + (r.Value.BusySince >= 0 ? now - r.Value.BusySince : 0);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{r.Key}, {busy * 100.0 / elapsed:F1}, {r.Value.Drops * 100.0 / Math.Max(1, r.Value.Events):F1}, {(r.Value.Jobs == 0 ? 0 : r.Value.LatencyNs / r.Value.Jobs / 1000)}\n");
        }));
    }

    private RingWork Of(uint ring)
    {
        if (!_rings.TryGetValue(ring, out var work))
        {
            _rings.Add(ring, work = new RingWork());
        }

        return work;
    }

    private sealed class RingWork
    {
        public long Events { get; set; }

        public long Drops { get; set; }

        public long BusySince { get; set; } = -1;

        public long BusyNs { get; set; }

        public long Jobs { get; set; }

        public long LatencyNs { get; set; }
    }
}
