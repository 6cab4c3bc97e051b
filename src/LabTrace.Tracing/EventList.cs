using System.Collections;
using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>The events of a trace, kept in 32 bytes each; a <see cref="TraceEvent"/> is made when one is asked for.</summary>
public sealed class EventList : IReadOnlyList<TraceEvent>
{
    private readonly EventRecord[] _records;

    internal EventList(EventRecord[] records, int count, EventTables tables)
    {
        _records = records;
        Count = count;
        Tables = tables;
    }

    /// <inheritdoc/>
    public int Count { get; }

    internal static EventList Empty { get; } = new([], 0, new EventTables());

    internal EventTables Tables { get; }

    internal ReadOnlySpan<EventRecord> Records => _records.AsSpan(0, Count);

    /// <summary>The event at a zero-based index.</summary>
    public TraceEvent this[int index] => Tables.ToEvent(Records[index]);

    /// <summary>Walks the events without allocating.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<TraceEvent> IEnumerable<TraceEvent>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A position before, at or behind an event.</summary>
    public struct Enumerator : IEnumerator<TraceEvent>
    {
        private readonly EventList _list;
        private int _index;

        internal Enumerator(EventList list)
        {
            _list = list;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly TraceEvent Current => _list[_index];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => ++_index < _list.Count;

        /// <inheritdoc/>
        public void Reset() => _index = -1;

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}

/// <summary>One event: everything that is the same for many is an index into <see cref="EventTables"/>.</summary>
internal readonly record struct EventRecord(ulong Time, int Offset, int Length, int Task, int Schema, ushort Lane, byte Irq, byte Preempt);

/// <summary>Who recorded an event.</summary>
internal readonly record struct TaskOfEvent(int Pid, int Tgid, string Comm);

/// <summary>Where an event was recorded and where its bytes are.</summary>
internal readonly record struct Lane(int Cpu, ReadOnlyMemory<byte> Source, bool HasFlags);

/// <summary>What the records of a trace refer to.</summary>
internal sealed class EventTables
{
    public const int MaxLanes = ushort.MaxValue;

    private readonly List<TaskOfEvent> _tasks = [];
    private readonly List<EventSchema> _schemas = [];
    private readonly List<Lane> _lanes = [];

    public int Add(TaskOfEvent task)
    {
        _tasks.Add(task);
        return _tasks.Count - 1;
    }

    public int Add(EventSchema schema)
    {
        _schemas.Add(schema);
        return _schemas.Count - 1;
    }

    public ushort Add(Lane lane)
    {
        _lanes.Add(lane);
        return checked((ushort)(_lanes.Count - 1));
    }

    public IReadOnlyList<EventSchema> Schemas => _schemas;

    public int LaneCount => _lanes.Count;

    public Lane LaneAt(int index) => _lanes[index];

    public int Pid(in EventRecord record) => CollectionsMarshal.AsSpan(_tasks)[record.Task].Pid;

    public void ClearLanes() => _lanes.Clear();

    public EventSchema Schema(in EventRecord record) => _schemas[record.Schema];

    public TraceEvent ToEvent(in EventRecord record) => ToEvent(record, CollectionsMarshal.AsSpan(_lanes)[record.Lane]);

    /// <summary>As <see cref="ToEvent(in EventRecord)"/>, for a record whose bytes were moved.</summary>
    public TraceEvent ToEvent(in EventRecord record, in Lane lane)
    {
        ref readonly var task = ref CollectionsMarshal.AsSpan(_tasks)[record.Task];
        return new TraceEvent(
            _schemas[record.Schema],
            new TraceTime(record.Time),
            lane.Cpu,
            task.Pid,
            task.Tgid,
            task.Comm,
            lane.HasFlags ? new EventFlags(record.Irq, record.Preempt, IsKnown: true) : default,
            lane.Source.Slice(record.Offset, record.Length));
    }

    /// <summary>Takes over what another trace's records refer to; gives those records as they refer to this.</summary>
    public EventRecord[] Adopt(EventList other)
    {
        var (tasks, schemas, lanes) = (_tasks.Count, _schemas.Count, _lanes.Count);
        if (lanes + other.Tables._lanes.Count > MaxLanes)
        {
            throw new InvalidOperationException($"merged traces have more than {MaxLanes} sources");
        }

        _tasks.AddRange(other.Tables._tasks);
        _schemas.AddRange(other.Tables._schemas);
        _lanes.AddRange(other.Tables._lanes);
        var records = other.Records.ToArray();
        for (var i = 0; i < records.Length; i++)
        {
            var record = records[i];
            records[i] = record with { Task = record.Task + tasks, Schema = record.Schema + schemas, Lane = (ushort)(record.Lane + lanes) };
        }

        return records;
    }
}
