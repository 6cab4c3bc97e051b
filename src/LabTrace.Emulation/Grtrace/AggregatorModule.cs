using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace_aggregator.ko: what each ring did in the last window of time that is over.</summary>
internal sealed class AggregatorModule(Func<long> nowNs)
{
    private const long MillisecondNs = 1_000_000;
    private const ulong LeastMilliseconds = 100;
    private const ulong MostMilliseconds = 60_000;
    private readonly SortedDictionary<uint, int> _depths = [];
    private SortedDictionary<uint, RingWindow> _running = [];
    private SortedDictionary<uint, RingWindow> _over = [];
    private long _windowStart;
    private bool _isEnabled;

    public bool IsEnabled
    {
        get => _isEnabled;
        set
        {
            _isEnabled = value;
            Started();
        }
    }

    public long WindowMilliseconds { get; private set; } = 1000;

    private long WindowNs => WindowMilliseconds * MillisecondNs;

    /// <exception cref="Refusal">EINVAL outside of 100 to 60000 ms.</exception>
    public void SetWindow(string text)
    {
        if (!KernelNumber.TryParse(text, MostMilliseconds, out var milliseconds) || milliseconds < LeastMilliseconds)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        WindowMilliseconds = (long)milliseconds;
        Started();
    }

    /// <summary>Windows begin anew.</summary>
    public void Started()
    {
        _windowStart = nowNs();
        _running.Clear();
        _over.Clear();
        _depths.Clear();
    }

    public void Saw(in GpuEvent item, long latencyNs)
    {
        if (!_isEnabled)
        {
            return;
        }

        Turn(item.TimeNs);
        var ringId = item.Job.RingId;
        if (!_running.TryGetValue(ringId, out var ring))
        {
            _running.Add(ringId, ring = new RingWindow());
        }

        var change = item.Kind switch { GrtEventKind.Submit => 1, GrtEventKind.Complete => -1, _ => 0 };
        var depth = Math.Max(0, _depths.GetValueOrDefault(ringId) + change);
        _depths[ringId] = depth;
        ring.Add(depth, item.Kind == GrtEventKind.Complete ? latencyNs : -1);
    }

    /// <summary>The text of <c>aggregator_stats</c>.</summary>
    public string Text()
    {
        Turn(nowNs());
        return string.Create(CultureInfo.InvariantCulture, $"Aggregation Window: {WindowMilliseconds} ms\nStatus: {(_isEnabled ? "enabled" : "disabled")}\n")
            + "Ring | Events | Avg Latency | Min Latency | Max Latency | Avg Depth | Peak Depth\n" + string.Concat(_over.Select(r => r.Value.Row(r.Key)));
    }

    private void Turn(long now)
    {
        var passed = (now - _windowStart) / WindowNs;
        if (!_isEnabled || passed <= 0)
        {
            return;
        }

        _over = passed == 1 ? _running : [];
        _running = [];
        _windowStart += passed * WindowNs;
    }

    private sealed class RingWindow
    {
        private long _events;
        private long _jobs;
        private long _sum;
        private long _least = long.MaxValue;
        private long _most;
        private long _depths;
        private int _peak;

        public void Add(int depth, long latencyNs)
        {
            _events++;
            _depths += depth;
            _peak = Math.Max(_peak, depth);
            if (latencyNs >= 0)
            {
                _jobs++;
                _sum += latencyNs;
                _least = Math.Min(_least, latencyNs);
                _most = Math.Max(_most, latencyNs);
            }
        }

        public string Row(uint ring) => string.Create(
            CultureInfo.InvariantCulture,
            $"{ring,4} | {_events,6} | {(_jobs == 0 ? 0 : _sum / _jobs),11} | {(_jobs == 0 ? 0 : _least),11} | {_most,11} | {_depths / _events,9} | {_peak,10}\n");
    }
}
