using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace_sampling.ko: a fixed share of each ring's events, a share that falls with the load, or only what is slow.</summary>
internal sealed class SamplingModule
{
    private const long PeriodNs = 100_000_000;
    private const long AimPerPeriod = 1000;
    private readonly SortedDictionary<uint, RingSample> _rings = [];
    private int _adaptiveRate = 100;
    private long _periodStart = -1;
    private long _inPeriod;

    public string Mode { get; private set; } = "static";

    /// <summary>Percent, 0 to 100.</summary>
    public int Rate { get; private set; } = 100;

    public long ThresholdNs { get; private set; }

    /// <summary>Whether some events are left out.</summary>
    public bool IsThinning => Mode switch { "static" => Rate < 100, "adaptive" => _adaptiveRate < 100, _ => true };

    private int CurrentRate => Mode == "adaptive" ? _adaptiveRate : Rate;

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetMode(string text)
    {
        Mode = text is "static" or "adaptive" or "threshold" ? text : throw new Refusal(Errno.EINVAL);
        (_adaptiveRate, _periodStart) = (100, -1);
    }

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetRate(string text) => Rate = KernelNumber.TryParse(text, 100, out var rate) ? (int)rate : throw new Refusal(Errno.EINVAL);

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetThreshold(string text) =>
        ThresholdNs = KernelNumber.TryParse(text, 60_000_000_000, out var ns) ? (long)ns : throw new Refusal(Errno.EINVAL);

    /// <summary>Whether an event is taken.</summary>
    public bool Takes(in GpuEvent item, long latencyNs)
    {
        if (!_rings.TryGetValue(item.Job.RingId, out var ring))
        {
            _rings.Add(item.Job.RingId, ring = new RingSample());
        }

        Adapt(item.TimeNs);
        ring.Total++;
        var isTaken = Mode == "threshold" ? latencyNs > ThresholdNs : ring.Sampler.Takes(CurrentRate);
        ring.Sampled += isTaken ? 1 : 0;
        return isTaken;
    }

    /// <summary>The text of <c>sampling_stats</c>.</summary>
    public string Text()
    {
        var how = Mode == "threshold"
            ? string.Create(CultureInfo.InvariantCulture, $"threshold={ThresholdNs} ns")
            : string.Create(CultureInfo.InvariantCulture, $"rate={CurrentRate}%");
        return $"Sampler mode: {Mode} ({how})\nPer-ring statistics:\nRing  Total Events  Sampled Events  Sample Rate\n" + string.Concat(_rings.Select(r => string.Create(
            CultureInfo.InvariantCulture, $"{r.Key,4}  {r.Value.Total,12}  {r.Value.Sampled,14}  {(r.Value.Total == 0 ? 0 : r.Value.Sampled * 100 / r.Value.Total),10}%\n")));
    }

    // The share is set anew for each tenth of a second, from what came in the one before.
    private void Adapt(long nowNs)
    {
        if (Mode != "adaptive")
        {
            return;
        }

        if (_periodStart < 0)
        {
            _periodStart = nowNs;
        }
        else if (nowNs - _periodStart >= PeriodNs)
        {
            var periods = (nowNs - _periodStart) / PeriodNs;
            var load = periods == 1 ? _inPeriod : 0;
            _adaptiveRate = load <= AimPerPeriod ? 100 : (int)Math.Max(1, AimPerPeriod * 100 / load);
            (_periodStart, _inPeriod) = (_periodStart + (periods * PeriodNs), 0);
        }

        _inPeriod++;
    }

    private sealed class RingSample
    {
        public PercentSampler Sampler { get; } = new();

        public long Total { get; set; }

        public long Sampled { get; set; }
    }
}
