using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>
/// grtrace.ko: takes events, leaves out what filters, samplers and limiters say, and writes the rest into the cpus' relay buffers.
/// Every event that is offered is written or counted by exactly one drop counter.
/// </summary>
/// <remarks>The parts of the class: the way of an event here, sessions and buffers in GrtraceCore.Stream.cs.</remarks>
internal sealed partial class GrtraceCore
{
    private readonly Machine _machine;
    private readonly PercentSampler _sampler = new();
    private readonly JobTracker _jobs = new();

    public GrtraceCore(Machine machine, LoadedModule loaded, GrtraceFaults faults)
    {
        _machine = machine;
        Faults = faults;
        Types = new EventTypes(loaded.Values["abi"] == "v0.1");
        BufferBytes = int.Parse(loaded.Values["buffer_size"], System.Globalization.CultureInfo.InvariantCulture);
        EventFileName = loaded.Values["event_files"];
        Config = new CoreConfig { ResetStats = ResetStats };
        _relay = MakeBuffers();
        _cseq = new ulong[_relay.Length];
        _lastNs = new long[_relay.Length];
        _lost = new (ulong Count, ulong First)[_relay.Length];
    }

    public GrtraceFaults Faults { get; }

    public CoreConfig Config { get; }

    public CoreStats Stats { get; private set; } = new();

    public EventTypes Types { get; }

    /// <summary>What the files of the relay buffers are called, without the cpu's number.</summary>
    public string EventFileName { get; }

    public Histogram LatencyMicroseconds { get; } = new();

    public Histogram Results { get; } = new();

    public SecondStats Seconds { get; } = new();

    public bool IsEnabled { get; private set; }

    /// <summary>grtrace_filter, when it is loaded.</summary>
    public FilterModule? Filter { get; set; }

    /// <summary>grtrace_sampling, when it is loaded.</summary>
    public SamplingModule? Sampling { get; set; }

    /// <summary>grtrace_aggregator, when it is loaded.</summary>
    public AggregatorModule? Aggregator { get; set; }

    /// <summary>grtrace_perf_mon, when it is loaded.</summary>
    public PerformanceModule? Performance { get; set; }

    /// <summary>Rings that events came from.</summary>
    public SortedDictionary<uint, GrtEngines> SeenRings { get; } = [];

    /// <summary>Takes an event.</summary>
    public void Offer(in GpuEvent item)
    {
        Stats.Offered++;
        Seconds.Count(item.TimeNs, isWritten: false);
        if (!IsEnabled || Config.Level == CoreLevel.Off)
        {
            Stats.Disabled++;
            return;
        }

        SeenRings.TryAdd(item.Job.RingId, item.Job.EngineClass);
        var latencyNs = _jobs.LatencyOf(item);
        Performance?.Saw(item, latencyNs);
        if (IsFiltered(item, latencyNs) || IsSampledOut(item, latencyNs))
        {
            return;
        }

        Performance?.Wanted(item);
        if (!Config.Limiter.Allows(item.TimeNs))
        {
            Stats.RateLimited++;
            Performance?.Dropped(item);
            return;
        }

        if (Config.BackpressureThreshold > 0 && _relay[item.Cpu].FillPercent >= Config.BackpressureThreshold)
        {
            Stats.Backpressure++;
            Performance?.Dropped(item);
            return;
        }

        if (!TryWrite(item))
        {
            Performance?.Dropped(item);
            return;
        }

        Stats.ByKind[(int)item.Kind]++;
        Seconds.Count(item.TimeNs, isWritten: true);
        Aggregator?.Saw(item, latencyNs);
        if (item.Kind == GrtEventKind.Complete)
        {
            LatencyMicroseconds.Add((ulong)Math.Max(0, latencyNs / 1000));
            Results.Add((ulong)-Math.Min(0L, item.Job.Status));
        }
    }

    /// <summary>Takes an event with a payload of its own, which may be too large for a record.</summary>
    public void OfferRaw(in GpuEvent item, int payloadBytes)
    {
        var bytes = GrtLayout.HeaderBytes + payloadBytes;
        if (IsEnabled && Config.Level == CoreLevel.Verbose && bytes > Math.Min(GrtLayout.MaxRecordBytes, _relay[0].SubBufferBytes))
        {
            Stats.Offered++;
            Stats.PayloadOversize++;
            Stats.BytesDropped += bytes;
            return;
        }

        Offer(item);
    }

    /// <summary>Forgets what was counted; the buffers and their contents stay.</summary>
    public void ResetStats()
    {
        Stats = new CoreStats();
        LatencyMicroseconds.Clear();
        Results.Clear();
        Seconds.Clear();
        _overrunsBefore = _relay.Sum(r => r.Overruns);
        _consumedBefore = _relay.Sum(r => r.SubBuffersConsumed);
    }

    private bool IsFiltered(in GpuEvent item, long latencyNs)
    {
        var bit = 1u << Types.Bit(item.Kind);
        if ((Config.EngineMask & (ushort)item.Job.EngineClass) == 0 && item.Job.EngineClass != GrtEngines.None)
        {
            Stats.FilteredEngine++;
        }
        else if (Config.RingId >= 0 && Config.RingId != item.Job.RingId)
        {
            Stats.FilteredRing++;
        }
        else if ((Config.TypeMask & bit) == 0 || (Config.Level == CoreLevel.Normal && !item.IsOfJob))
        {
            Stats.FilteredType++;
        }
        else if (!Config.Watch.Passes(item.Job.CtxId, item.Job.RingId))
        {
            Stats.FilteredWatch++;
        }
        else
        {
            return Filter is { IsEnabled: true } filter && !filter.Passes(item, bit, latencyNs, Stats);
        }

        return true;
    }

    private bool IsSampledOut(in GpuEvent item, long latencyNs)
    {
        var percent = Config.EffectiveSample(Config.IsAdaptive ? _relay[item.Cpu].FillPercent : 0);
        if (_sampler.Takes(percent) && (Sampling is null || Sampling.Takes(item, latencyNs)))
        {
            return false;
        }

        Stats.SampledOut++;
        return true;
    }
}
