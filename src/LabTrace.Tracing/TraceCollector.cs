using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Keeps what a reader gives.</summary>
internal sealed class TraceCollector
{
    /// <summary>Payloads are copied into blocks of this size.</summary>
    private const int BlockBytes = 1 << 20;

    private readonly EventTables _tables = new();
    private readonly Dictionary<(int Cpu, bool HasFlags, byte[] Source), ushort> _lanes = [];
    private readonly Dictionary<EventSchema, int> _schemas = [];
    private readonly Dictionary<TaskOfEvent, int> _tasks = [];
    private readonly Dictionary<int, (string Comm, int Tgid, int Index)> _lastOfPid = [];
    private readonly List<LostMarker> _losses = [];
    private (EventSchema? Schema, int Index) _lastSchema;
    private EventRecord[] _records = GC.AllocateUninitializedArray<EventRecord>(1024);
    private int _count;
    private byte[] _block = [];
    private int _blockUsed;
    private (int Cpu, bool HasFlags, byte[] Source, ushort Lane) _last = (-2, false, [], 0);

    public static Trace Collect(TraceReader reader)
    {
        var collector = new TraceCollector();
        if (reader.LikelyEvents is > 1024 and < (1 << 26) and var likely)
        {
            collector._records = GC.AllocateUninitializedArray<EventRecord>((int)likely);
        }

        while (reader.Read(out var item))
        {
            collector.Add(reader, item);
        }

        foreach (var (cpu, count) in reader.LostAtEnd)
        {
            collector._losses.Add(new LostMarker(cpu, count, collector._count));
        }

        var info = reader.Info;
        info.Explanation?.Symbols?.Load();
        return new Trace(new EventList(collector._records, collector._count, collector._tables), info.Cpus, info.ClockName, reader.Tally, collector._losses) { StepsBack = reader.StepsBack };
    }

    private void Add(TraceReader reader, in TraceEvent item)
    {
        if (reader.LostBefore != 0)
        {
            _losses.Add(new LostMarker(reader.LostOnCpu, reader.LostBefore, _count));
        }

        if (_count == _records.Length)
        {
            Array.Resize(ref _records, checked(_count * 2));
        }

        var (source, offset) = Keep(reader, item.Payload);
        _records[_count++] = new EventRecord(
            item.Time.Nanoseconds, offset, item.Payload.Length, Task(item), Schema(item.Schema), Lane(item.Cpu, item.Flags.IsKnown, source), item.Flags.Irq, item.Flags.Preempt);
    }

    private (byte[] Source, int Offset) Keep(TraceReader reader, ReadOnlyMemory<byte> payload)
    {
        if (reader.KeepsPayloads && MemoryMarshal.TryGetArray(payload, out var segment))
        {
            return (segment.Array!, segment.Offset);
        }

        if (_block.Length - _blockUsed < payload.Length)
        {
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, payload.Length));
            _blockUsed = 0;
        }

        var offset = _blockUsed;
        payload.Span.CopyTo(_block.AsSpan(offset));
        _blockUsed += payload.Length;
        return (_block, offset);
    }

    private int Task(in TraceEvent item)
    {
        // A thread seldom changes its name, and then the reader hands out another string.
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOfPid, item.Pid, out var isKnown);
        if (isKnown && known.Tgid == item.Tgid && ReferenceEquals(known.Comm, item.Comm))
        {
            return known.Index;
        }

        var task = new TaskOfEvent(item.Pid, item.Tgid, item.Comm);
        if (!_tasks.TryGetValue(task, out var index))
        {
            _tasks[task] = index = _tables.Add(task);
        }

        known = (item.Comm, item.Tgid, index);
        return index;
    }

    private int Schema(EventSchema schema)
    {
        if (ReferenceEquals(schema, _lastSchema.Schema))
        {
            return _lastSchema.Index;
        }

        if (!_schemas.TryGetValue(schema, out var index))
        {
            _schemas[schema] = index = _tables.Add(schema);
        }

        _lastSchema = (schema, index);
        return index;
    }

    private ushort Lane(int cpu, bool hasFlags, byte[] source)
    {
        if (_last.Cpu == cpu && _last.HasFlags == hasFlags && ReferenceEquals(_last.Source, source))
        {
            return _last.Lane;
        }

        if (!_lanes.TryGetValue((cpu, hasFlags, source), out var lane))
        {
            if (_lanes.Count == EventTables.MaxLanes)
            {
                throw new TraceFormatException(
                    $"the capture is too large to be kept in memory: {_count:N0} events were read", "read it with TraceReader, event by event");
            }

            _lanes[(cpu, hasFlags, source)] = lane = _tables.Add(new Lane(cpu, source, hasFlags));
        }

        _last = (cpu, hasFlags, source, lane);
        return lane;
    }
}
