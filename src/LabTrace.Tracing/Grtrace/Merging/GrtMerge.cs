namespace LabTrace.Tracing;

/// <summary>Merges what cpus and a GPU told into one timeline, and says who submitted what.</summary>
/// <remarks>Memory is that of the readers' windows and of what is in flight.</remarks>
public sealed class GrtMerge
{
    private const int EventsBetween = 1 << 16;
    private const int MaxEngines = 1 << 10;

    private readonly GrtAnnotationReader? _cpu;
    private readonly GrtReader? _gpu;
    private readonly long _offsetNs;
    private readonly GrtAttributor _attributor = new();
    private readonly GrtTimelineEvent _event = new();
    private readonly Dictionary<(ulong, ulong), string> _engines = [];
    private readonly SortedDictionary<string, long> _cpuEvents = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _gpuEvents = new(StringComparer.Ordinal);
    private readonly long[] _gpuCounts = new long[256];
    private readonly string?[] _gpuNames = new string?[256];
    private byte[] _fields = new byte[512];
    private long _cpuEnters;
    private long _cpuExits;

    /// <summary>Makes a merge.</summary>
    /// <param name="cpu">Annotations of cpus; null for none.</param>
    /// <param name="gpu">The GPU's stream; null for none.</param>
    /// <param name="offsetNs">What is <em>added</em> to the GPU's times; negative when its clock is ahead of the cpus'.</param>
    public GrtMerge(GrtAnnotationReader? cpu, GrtReader? gpu, long offsetNs) => (_cpu, _gpu, _offsetNs) = (cpu, gpu, offsetNs);

    /// <summary>When the first event was; 0 before it.</summary>
    public ulong First { get; private set; }

    /// <summary>When the last event was.</summary>
    public ulong Last { get; private set; }

    /// <summary>Events of cpus.</summary>
    public long CpuEvents { get; private set; }

    /// <summary>Events of the GPU.</summary>
    public long GpuEvents { get; private set; }

    /// <summary>Jobs that were submitted while somebody was in an ioctl, or that say their thread.</summary>
    public long Attributed => _attributor.Found.Sum() - _attributor.Found[0];

    /// <summary>Jobs seen.</summary>
    public long Jobs => _attributor.Found.Sum();

    /// <summary>Jobs by how their process was found.</summary>
    public IReadOnlyList<KeyValuePair<GrtAttribution, long>> Attributions =>
        [.. Enum.GetValues<GrtAttribution>().Select(a => new KeyValuePair<GrtAttribution, long>(a, _attributor.Found[(int)a])).Where(a => a.Value > 0)];

    /// <summary>Jobs by process, most first.</summary>
    public IReadOnlyList<(int Pid, string Comm, long Jobs)> Processes =>
        [.. _attributor.Processes.OrderByDescending(p => p.Value).ThenBy(p => p.Key.Pid).Select(p => (p.Key.Pid, p.Key.Comm, p.Value))];

    /// <summary>Jobs that were forgotten in flight because too many never completed.</summary>
    public long Forgotten => _attributor.Forgotten;

    /// <summary>Events of cpus by name.</summary>
    public IReadOnlyDictionary<string, long> CpuCounts
    {
        get
        {
            var counts = new SortedDictionary<string, long>(_cpuEvents, StringComparer.Ordinal);
            foreach (var (name, count) in ((string, long)[])[("IOCTL_ENTER", _cpuEnters), ("IOCTL_EXIT", _cpuExits)])
            {
                if (count > 0)
                {
                    counts[name] = count;
                }
            }

            return counts;
        }
    }

    /// <summary>Events of the GPU by name.</summary>
    public IReadOnlyDictionary<string, long> GpuCounts
    {
        get
        {
            var counts = new SortedDictionary<string, long>(_gpuEvents, StringComparer.Ordinal);
            for (var type = 0; type < _gpuCounts.Length; type++)
            {
                if (_gpuCounts[type] > 0)
                {
                    counts[_gpuNames[type]!] = counts.GetValueOrDefault(_gpuNames[type]!) + _gpuCounts[type];
                }
            }

            return counts;
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="sink">Takes the events; null only counts.</param>
    /// <param name="onProgress">Told now and then how many events were read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void Run(IGrtTimelineSink? sink, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        var hasCpu = _cpu?.Read() ?? false;
        var hasGpu = _gpu?.Read() ?? false;
        while (hasCpu || hasGpu)
        {
            var gpuTime = hasGpu ? unchecked(_gpu!.CurrentTime + (ulong)_offsetNs) : ulong.MaxValue;
            if (hasCpu && _cpu!.Time <= gpuTime)
            {
                TakeCpu(_cpu, sink);
                hasCpu = _cpu.Read();
            }
            else
            {
                TakeGpu(_gpu!, gpuTime, sink);
                hasGpu = _gpu!.Read();
            }

            if ((CpuEvents + GpuEvents) % EventsBetween == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                onProgress?.Invoke(CpuEvents + GpuEvents);
            }
        }

        sink?.Complete();
    }

    private void TakeCpu(GrtAnnotationReader cpu, IGrtTimelineSink? sink)
    {
        CpuEvents++;
        Note(cpu.Time);
        var item = _event;
        item.IsGpu = false;
        item.Time = cpu.Time;
        item.Event = cpu.Event;
        item.SinceNs = null;
        item.Pid = cpu.TryGetNumber("pid="u8, out var pid) ? (int)pid : -1;
        item.Tid = cpu.TryGetNumber("tid="u8, out var tid) ? (int)tid : item.Pid;
        item.Comm = cpu.Comm;
        Count(item.Event);
        _attributor.Cpu(item);
        if (sink is not null)
        {
            var fields = cpu.Fields;
            if (_fields.Length < fields.Length)
            {
                _fields = new byte[fields.Length * 2];
            }

            fields.CopyTo(_fields);
            item.Fields = _fields.AsMemory(0, fields.Length);
            sink.Write(item);
        }
    }

    private void TakeGpu(GrtReader gpu, ulong time, IGrtTimelineSink? sink)
    {
        GpuEvents++;
        Note(time);
        var type = gpu.CurrentType;
        _gpuCounts[type]++;
        _gpuNames[type] ??= gpu.EventName;
        var item = _event;
        var record = gpu.Current;
        if (sink is null && _attributor.TryCount(gpu.Kind, time, record))
        {
            return;
        }

        item.IsGpu = true;
        item.Time = time;
        item.Event = _gpuNames[type]!;
        item.Kind = gpu.Kind;
        (item.Pid, item.Tid, item.Comm, item.SinceNs, item.Attribution) = (-1, -1, "", null, GrtAttribution.None);
        item.Fields = default;
        item.Job = new GrtJob
        {
            Engine = sink is null ? "" : EngineOf(record),
            EngineClass = record.EngineClass,
            Flags = record.Flags,
            RingId = record.RingId,
            CtxId = record.CtxId,
            Seqno = record.Seqno,
            Status = record.Status,
            Aux = record.Aux,
            Arg0 = record.Arg0,
            Pid = record.Pid,
            Uid = record.Uid,
        };
        _attributor.Gpu(item);
        sink?.Write(item);
    }

    private string EngineOf(in GrtRecordView record)
    {
        if (record.Bytes.Length < GrtLayout.JobBytes)
        {
            return "";
        }

        var key = (System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(record.Bytes[32..]), System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(record.Bytes[40..]));
        if (!_engines.TryGetValue(key, out var name))
        {
            name = record.Job.Engine;
            if (_engines.Count < MaxEngines)
            {
                _engines[key] = name;
            }
        }

        return name;
    }

    private void Note(ulong time)
    {
        if (First == 0)
        {
            First = time;
        }

        Last = Math.Max(Last, time);
    }

    private void Count(string name)
    {
        switch (name)
        {
            case "IOCTL_ENTER":
                _cpuEnters++;
                break;
            case "IOCTL_EXIT":
                _cpuExits++;
                break;
            default:
                if (_cpuEvents.Count < MaxEngines || _cpuEvents.ContainsKey(name))
                {
                    _cpuEvents[name] = _cpuEvents.GetValueOrDefault(name) + 1;
                }

                break;
        }
    }
}
