using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <content>Sessions, numbers and buffers.</content>
internal sealed partial class GrtraceCore
{
    /// <summary>Sub-buffers of a cpu's buffer.</summary>
    public const int SubBuffers = 8;

    /// <summary>The smallest buffer of a cpu, in bytes.</summary>
    public const int LeastBufferBytes = 1 << 15;

    /// <summary>The largest.</summary>
    public const int MostBufferBytes = 1 << 26;

    private readonly ulong[] _cseq;
    private readonly long[] _lastNs;
    private readonly (ulong Count, ulong First)[] _lost;
    private RelayBuffer[] _relay;
    private ulong _gseq = 1;
    private ulong _session;
    private long _startedNs;
    private long _overrunsBefore;
    private long _consumedBefore;
    private bool _needsInfo;

    /// <summary>Bytes of each cpu's buffer.</summary>
    public int BufferBytes { get; private set; }

    /// <summary>Of all cpus, since the last reset.</summary>
    public long Overruns => _relay.Sum(r => r.Overruns) - _overrunsBefore;

    /// <summary>Of all cpus, since the last reset.</summary>
    public long SubBuffersConsumed => _relay.Sum(r => r.SubBuffersConsumed) - _consumedBefore;

    /// <summary>When tracing started, nanoseconds since boot.</summary>
    public long StartedNs => _startedNs;

    /// <summary>The driver and rings that METADATA tells of.</summary>
    public Func<(string Driver, string Gpu, IReadOnlyList<GrtRing> Rings)> Describe { get; set; } = () => ("", "", []);

    /// <summary>How many cpus record.</summary>
    public int Cpus => _relay.Length;

    /// <summary>A cpu's relay buffer.</summary>
    public RelayBuffer Relay(int cpu) => _relay[cpu];

    /// <summary>The number of a cpu's next event.</summary>
    public ulong NextCseq(int cpu) => _cseq[cpu];

    /// <summary>Starts tracing; a new session when it did not run.</summary>
    public void Start(long nowNs)
    {
        if (IsEnabled)
        {
            return;
        }

        IsEnabled = true;
        _startedNs = nowNs;
        _session++;
        _needsInfo = true;
        _jobs.Clear();
        Performance?.Started();
        Aggregator?.Started();
        WriteInfo(0);
    }

    /// <summary>Stops tracing; what is in the buffers can still be read.</summary>
    public void Stop()
    {
        if (!IsEnabled)
        {
            return;
        }

        for (var cpu = 0; cpu < _relay.Length; cpu++)
        {
            _ = TryTellLosses(cpu);
            _relay[cpu].Flush();
        }

        IsEnabled = false;
        _machine.DataTaken();
    }

    /// <summary>Sets the size of each cpu's buffer; what is unread in it is gone.</summary>
    /// <exception cref="Refusal">EBUSY while tracing, EINVAL for a size that is no multiple of 32 KiB in range.</exception>
    public void Resize(string text)
    {
        if (!KernelNumber.TryParse(text, MostBufferBytes, out var bytes) || bytes < LeastBufferBytes || bytes % LeastBufferBytes != 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (IsEnabled)
        {
            Refusal.Throw(Errno.EBUSY);
        }

        _overrunsBefore -= _relay.Sum(r => r.Overruns);
        _consumedBefore -= _relay.Sum(r => r.SubBuffersConsumed);
        BufferBytes = (int)bytes;
        _relay = MakeBuffers();
    }

    private RelayBuffer[] MakeBuffers() =>
    [
        .. Enumerable.Range(0, _machine.Options.Cpus).Select(_ => new RelayBuffer(BufferBytes, SubBuffers)
        {
            LosesSubBuffer = events =>
            {
                var isLost = Faults.TakeLostSubBuffer();
                Stats.LostAfterwards += isLost ? events : 0;
                return isLost;
            },
        }),
    ];

    private bool TryWrite(in GpuEvent item)
    {
        var cpu = item.Cpu;
        if (_needsInfo)
        {
            WriteInfo(cpu);
        }

        var (gseq, cseq) = (_gseq++, _cseq[cpu]++);
        var room = TryTellLosses(cpu) ? _relay[cpu].Reserve(GrtLayout.JobBytes) : default;
        if (room.IsEmpty)
        {
            Stats.ReserveFail++;
            Stats.BytesDropped += GrtLayout.JobBytes;
            _lost[cpu] = (_lost[cpu].Count + 1, _lost[cpu].Count == 0 ? gseq : _lost[cpu].First);
            return false;
        }

        var isSampled = Config.Sample < 100 || Sampling is { IsThinning: true };
        var job = isSampled ? item.Job with { Flags = item.Job.Flags | GrtJobFlags.Sampled } : item.Job;
        _ = GrtRecords.WriteJob(room, new GrtHeader(Types.Number(item.Kind), 0, (uint)cpu, Stamp(cpu, item.TimeNs), gseq, cseq), job);
        Faults.Damage(room);
        Committed(cpu, GrtLayout.JobBytes, 1);
        Stats.Written++;
        return true;
    }

    // A cpu's times do not go back but for a step of the clock.
    private ulong Stamp(int cpu, long nowNs)
    {
        _lastNs[cpu] = Math.Max(_lastNs[cpu], nowNs);
        return (ulong)Math.Max(0, _lastNs[cpu] + Faults.ClockStepNs);
    }

    private void Committed(int cpu, int bytes, int events)
    {
        _relay[cpu].Commit(bytes, events);
        Stats.BytesWritten += bytes;
    }

    private bool TryTellLosses(int cpu)
    {
        if (_lost[cpu].Count == 0)
        {
            return true;
        }

        var room = _relay[cpu].Reserve(GrtLayout.LostBytes);
        if (room.IsEmpty)
        {
            return false;
        }

        _ = GrtRecords.WriteLost(room, Header(cpu), _lost[cpu].Count, _lost[cpu].First);
        Committed(cpu, GrtLayout.LostBytes, 0);
        _lost[cpu] = default;
        return true;
    }

    private GrtHeader Header(int cpu) => new(0, 0, (uint)cpu, Stamp(cpu, _machine.Time.NowNs), _gseq, _cseq[cpu]);

    private void WriteInfo(int cpu)
    {
        var (driver, gpu, rings) = Describe();
        var metadata = new GrtMetadata
        {
            Driver = driver,
            Gpu = gpu,
            Types = Types.Table(),
            Engines = GrtMetadata.Default.Engines,
            Rings = rings,
        };
        var bytes = GrtLayout.StreamInfoBytes + metadata.RecordBytes;
        var room = _relay[cpu].Reserve(bytes);
        if (room.IsEmpty)
        {
            return;
        }

        _ = GrtRecords.WriteStreamInfo(room, Header(cpu), new GrtStreamInfo
        {
            SessionId = _session,
            Features = GrtFeatures.SizeSkip | GrtFeatures.TokenBucket | GrtFeatures.WatchList | GrtFeatures.SecondStats | GrtFeatures.LostRecords | GrtFeatures.Tasks,
            Cpus = (uint)_relay.Length,
            StartTimestamp = (ulong)_startedNs,
            StartRealTime = (ulong)((VirtualTime.BootTime.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick) + (ulong)_startedNs,
        });
        _ = GrtRecords.WriteMetadata(room[GrtLayout.StreamInfoBytes..], Header(cpu), metadata);
        Committed(cpu, bytes, 0);
        _needsInfo = false;
    }
}
