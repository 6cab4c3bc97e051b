namespace LabTrace.Tracing;

/// <summary>Gathers the events that a reader of text finds. Events keep slices of the text, or of bytes that the reader made.</summary>
internal sealed class TextSink
{
    /// <summary>More cpus than any machine has; also keeps the lanes of one piece of text in an index of 16 bits.</summary>
    public const int MaxCpus = 1 << 12;

    /// <summary>The cpu of events whose text does not tell it.</summary>
    public const int NoCpu = -1;

    private const int FirstMadeBytes = 1 << 12;
    private const int MaxMadeBytes = 1 << 24;

    private readonly EventTables _tables = new();
    private readonly SortedSet<int> _cpus = [];
    private readonly List<LostMarker> _losses = [];
    private readonly Dictionary<int, ushort> _lanes = [];
    private readonly Dictionary<int, ushort> _madeLanes = [];
    private EventRecord[] _events;
    private ReadOnlyMemory<byte> _text;
    private byte[] _made = [];
    private int _madeCount;
    private ushort _lane;
    private int _lastLane = -1;
    private ushort _madeLane;
    private int _lastMadeLane = -1;
    private ulong _lastTime;
    private bool _isFirst = true;

    public TextSink(TallyBuilder tally, long expectedBytes)
    {
        Tally = tally;
        _events = GC.AllocateUninitializedArray<EventRecord>((int)Math.Clamp(expectedBytes / 100, 16, 1 << 24));
    }

    public TallyBuilder Tally { get; }

    public int Count { get; private set; }

    /// <summary>Makes the following events slices of <paramref name="text"/>.</summary>
    public void Use(ReadOnlyMemory<byte> text)
    {
        if (!_text.Equals(text))
        {
            _text = text;
            _lanes.Clear();
            _lastLane = -1;
        }
    }

    public int Add(TaskOfEvent task) => _tables.Add(task);

    public int Add(EventSchema schema) => _tables.Add(schema);

    /// <summary>Adds an event whose payload is a slice of the text.</summary>
    public void Add(ulong time, int cpu, EventFlags flags, int task, int schema, int start, int length)
    {
        var key = ((cpu + 1) * 2) + (flags.IsKnown ? 1 : 0);
        if (key != _lastLane)
        {
            _lane = Lane(_lanes, key, cpu, _text, flags.IsKnown);
            _lastLane = key;
        }

        Append(new EventRecord(time, start, length, task, schema, _lane, flags.Irq, flags.Preempt));
    }

    /// <summary>Adds an event whose payload is made by the reader; the bytes are copied.</summary>
    public void AddMade(ulong time, int cpu, EventFlags flags, int task, int schema, ReadOnlySpan<byte> payload)
    {
        if (_made.Length - _madeCount < payload.Length)
        {
            _made = new byte[Math.Max(payload.Length, Math.Clamp(_made.Length * 2, FirstMadeBytes, MaxMadeBytes))];
            _madeCount = 0;
            _madeLanes.Clear();
            _lastMadeLane = -1;
        }

        payload.CopyTo(_made.AsSpan(_madeCount));
        var key = ((cpu + 1) * 2) + (flags.IsKnown ? 1 : 0);
        if (key != _lastMadeLane)
        {
            _madeLane = Lane(_madeLanes, key, cpu, _made, flags.IsKnown);
            _lastMadeLane = key;
        }

        Append(new EventRecord(time, _madeCount, payload.Length, task, schema, _madeLane, flags.Irq, flags.Preempt));
        _madeCount += payload.Length;
    }

    /// <summary>Lets the last event's slice of the text end at <paramref name="end"/>.</summary>
    public void ExtendLast(int end)
    {
        ref var last = ref _events[Count - 1];
        last = last with { Length = end - last.Offset };
    }

    /// <summary>As <see cref="ExtendLast(int)"/>, for an event that only now is known to be of another kind.</summary>
    public void ExtendLast(int end, int schema)
    {
        ref var last = ref _events[Count - 1];
        last = last with { Length = end - last.Offset, Schema = schema };
    }

    public void RemoveLast() => Count--;

    /// <summary>Puts losses before the first event that will come.</summary>
    public void Carry(IEnumerable<LostMarker> losses) => _losses.AddRange(losses.Select(l => l with { Index = 0 }));

    public void AddCpu(int cpu) => _ = _cpus.Add(cpu);

    public void AddLoss(int cpu, long count)
    {
        _losses.Add(new LostMarker(cpu, count, Count));
        Tally.AddLost(cpu, count);
        if (cpu >= 0)
        {
            _ = _cpus.Add(cpu);
        }
    }

    /// <summary>What the events refer to.</summary>
    public EventTables Tables => _tables;

    public IReadOnlyList<LostMarker> Losses => _losses;

    public IReadOnlyList<int> Cpus => [.. _cpus];

    /// <summary>How many events were recorded before the one that stands before them in the text.</summary>
    public long OutOfOrder { get; private set; }

    public ref readonly EventRecord this[int index] => ref _events[index];

    /// <summary>The time of the earliest of the events gathered so far, the greatest there is when there are none.</summary>
    public ulong LowestTime
    {
        get
        {
            var lowest = ulong.MaxValue;
            foreach (ref readonly var record in _events.AsSpan(0, Count))
            {
                lowest = Math.Min(lowest, record.Time);
            }

            return lowest;
        }
    }

    /// <summary>The events gathered so far, in the text's order: the kernel's own text is in order of time, and where it is not, that tells something
    /// of the clock. The sink must not be used afterwards.</summary>
    public Trace ToTrace(string? clock) =>
        new(new EventList(_events, Count, _tables), Cpus, clock ?? ClockName, Tally.ToTally(Count), _losses);

    /// <summary>Takes the events gathered so far away.</summary>
    public TraceEvent[] TakeEvents()
    {
        var taken = new EventList(_events, Count, _tables).ToArray();
        Clear(keepsMade: true);
        return taken;
    }

    /// <summary>Forgets the events gathered so far.</summary>
    /// <param name="keepsMade">Whether somebody still holds bytes that <see cref="AddMade"/> took.</param>
    public void Clear(bool keepsMade)
    {
        Count = 0;
        _losses.Clear();

        // A stream's tables must not hold on to every piece of text that came.
        _tables.ClearLanes();
        _lanes.Clear();
        _madeLanes.Clear();

        // What somebody holds stays where it is; further bytes are put behind.
        _madeCount = keepsMade ? _madeCount : 0;
        _lastLane = -1;
        _lastMadeLane = -1;
    }

    /// <summary>What text tells of its clock: whether it counts nanoseconds.</summary>
    public string ClockName => HasTicks ? "unknown ticks" : "unknown";

    /// <summary>Whether the first event's time is in ticks.</summary>
    public bool HasTicks { get; private set; }

    private void Append(in EventRecord record)
    {
        if (Count == _events.Length)
        {
            Array.Resize(ref _events, Count * 2);
        }

        OutOfOrder += record.Time < _lastTime ? 1 : 0;
        _lastTime = record.Time;
        HasTicks = _isFirst ? !_tables.Schema(record).IsClockInNanoseconds : HasTicks;
        _isFirst = false;
        _events[Count++] = record;
    }

    private ushort Lane(Dictionary<int, ushort> lanes, int key, int cpu, ReadOnlyMemory<byte> source, bool hasFlags)
    {
        if (!lanes.TryGetValue(key, out var lane))
        {
            lanes[key] = lane = _tables.Add(new Lane(cpu, source, hasFlags));
            if (cpu >= 0)
            {
                _ = _cpus.Add(cpu);
            }
        }

        return lane;
    }
}
