namespace LabTrace.Tracing;

/// <summary>Reads the sub-buffers of a binary recording.</summary>
internal sealed class PageTraceReader : TraceReader
{
    private readonly RawRecording _explanation;
    private readonly IReadOnlyList<PageLane> _lanes;
    private readonly TallyBuilder _tally;
    private readonly RecordLayout _layout;
    private readonly PrintContext _context;
    private readonly Dictionary<int, TaskOfEvent> _tasks = [];

    // For each ring buffer the schemas by type; null where no record of the type was met, or the capture does not explain it.
    private readonly EventSchema?[][] _schemas;
    private readonly Dictionary<(int Buffer, int Type), UnknownSchema> _unknown = [];
    private readonly List<string> _warnings;
    private readonly Func<TallyBuilder, IReadOnlyList<PageLane>> _openAgain;
    private TaskOfEvent _lastTask;
    private LaneHeap? _heap;
    private PageLane? _current;
    private bool _isAtEnd;
    private bool _mustOrder;
    private PageTimeOrder? _order;
    private long _given;

    /// <param name="info">What the capture says about itself.</param>
    /// <param name="explanation">What explains its records.</param>
    /// <param name="lanes">The cpus' pages.</param>
    /// <param name="openAgain">Opens them once more, for a tally of its own: when they must be looked through before the first event.</param>
    /// <param name="layout">Where records have their common fields.</param>
    /// <param name="tally">What opening found; reading adds to it.</param>
    /// <param name="warnings">What opening warned of; reading adds to it.</param>
    public PageTraceReader(
        TraceInfo info, RawRecording explanation, IReadOnlyList<PageLane> lanes, Func<TallyBuilder, IReadOnlyList<PageLane>> openAgain, RecordLayout layout,
        TallyBuilder tally, List<string>? warnings = null)
    {
        Info = info;
        _openAgain = openAgain;
        _warnings = warnings ?? [];
        _explanation = explanation;
        _lanes = lanes;
        KeepsPayloads = lanes.All(l => l.KeepsPages);
        _tally = tally;
        _layout = layout;
        _context = new PrintContext(explanation.Symbols, explanation.PrintkFormats);
        _schemas = [.. info.Buffers.Select(_ => Array.Empty<EventSchema?>())];
    }

    public override TraceInfo Info { get; }

    private protected override ReadTally Counted => _tally.ToTally(Count) with { PrintFallbacks = PrintFallback.Of(_schemas.SelectMany(s => s)) };

    public override TraceEvent Current
    {
        get
        {
            var task = Task(Pid);
            var payload = Source.AsMemory(PayloadOffset, PayloadLength);
            return new TraceEvent(Schema, Time, Cpu, Pid, task.Tgid, task.Comm, _layout.Flags(payload.Span), payload);
        }
    }

    public override EventFormat? Format => Schema.Format;

    public override ReadOnlySpan<NumericField> Numbers => Schema.Format is { } format ? format.Numbers : [];

    // Few events have less than 40 bytes; room that is not touched takes no memory.
    internal override long LikelyEvents => _lanes.Sum(l => l.Bytes) / 40;

    internal override bool KeepsPayloads { get; }

    public override int Passes => _mustOrder ? 2 : 1;

    internal override long StepsBack => _order?.StepsBack ?? 0;

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd => [.. _lanes.Where(l => l.Lost != 0).Select(l => (l.Cpu, l.Lost))];

    private EventSchema Schema => _schemas[BufferIndex] is var known && EventId < known.Length && known[EventId] is { } schema
        ? schema
        : _unknown[(BufferIndex, EventId)];

    /// <summary>A recording in memory.</summary>
    public static PageTraceReader Of(RawRecording recording)
    {
        var tally = new TallyBuilder();
        var layout = LayoutOf(recording);
        var cpus = recording.Cpus.OrderBy(c => c.Cpu).ToArray();
        foreach (var stats in recording.Stats)
        {
            tally.AddStats(stats);
        }

        PageLane[] Lanes(TallyBuilder counted) =>
            [.. cpus.Select(c => new PageLane(c.Cpu, 0, MemoryPages.Of(c.Pages), recording.Layout, layout.LeastBytes, toTime: null, counted))];
        int[] numbers = [.. cpus.Select(c => c.Cpu).Distinct()];
        var info = new TraceInfo
        {
            FormatName = "pages",
            Cpus = numbers,
            ClockName = recording.ClockName,
            IsClockInNanoseconds = EventSchema.IsNanosecondClock(recording.ClockName),
            Buffers = [new TraceBuffer("", recording.ClockName, recording.Layout.Size, numbers)],
            Explanation = recording,
        };
        return new PageTraceReader(info, recording, Lanes(tally), Lanes, layout, tally);
    }

    public static RecordLayout LayoutOf(RawRecording recording) =>
        recording.Formats.First?.Layout ?? RecordLayout.Linux(recording.Layout.IsBigEndian, recording.Layout.LongSize);

    public override void PutInOrder() => _mustOrder = true;

    public override bool Read() => _mustOrder ? ReadInOrder() : ReadMerged();

    private bool ReadInOrder()
    {
        if (_order is null)
        {
            _order = LookThrough();
            if (_order is null)
            {
                _mustOrder = false;
                return ReadMerged();
            }
        }

        PageTimeOrder.Held held;
        while (!_order.TryNext(out held))
        {
            if (ReadMerged())
            {
                _order.Take(this, _current!.KeepsPages);
            }
            else if (!_order.HasEnded)
            {
                _order.End();
                _warnings.Add(_order.Told);
            }
            else
            {
                return false;
            }
        }

        Count = ++_given;
        CurrentTime = held.Time;
        (Cpu, Pid, EventId, BufferIndex) = (held.Cpu, held.Pid, held.EventId, held.BufferIndex);
        (LostBefore, LostOnCpu) = (held.Lost, held.Cpu);
        (Source, PayloadOffset, PayloadLength) = (held.Payload.Array!, held.Payload.Offset, held.Payload.Count);
        return true;
    }

    /// <summary>Walks all pages for themselves; what it counts is counted again when they are read.</summary>
    private PageTimeOrder? LookThrough()
    {
        var lanes = _openAgain(new TallyBuilder());
        try
        {
            return PageTimeOrder.Scan(lanes);
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Dispose();
            }
        }
    }

    private bool ReadMerged()
    {
        var lane = _current;
        if (lane is not null && lane.Advance())
        {
            if (lane.Time > _heap!.Limit)
            {
                _heap.ReplaceTop();
                lane = _heap.Top;
            }
        }
        else
        {
            lane = Turn();
            if (lane is null)
            {
                return false;
            }
        }

        _current = lane;
        Show(lane);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var lane in _lanes)
            {
                lane.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>The lane to go on with at the start and when one has ended.</summary>
    private PageLane? Turn()
    {
        if (_heap is null)
        {
            _heap = new LaneHeap([.. _lanes.Where(l => l.Advance())]);
        }
        else if (_heap.Count > 0)
        {
            _heap.RemoveTop();
        }

        _current = null;
        if (_heap.Count > 0)
        {
            return _heap.Top;
        }

        if (!_isAtEnd)
        {
            _isAtEnd = true;
            _warnings.AddRange(ClockLabels.Doubts(Info.Buffers, _lanes));
        }

        return null;
    }

    private void Show(PageLane lane)
    {
        Count++;
        CurrentTime = lane.Time;
        Source = lane.Buffer;
        PayloadOffset = lane.PayloadOffset;
        PayloadLength = lane.PayloadLength;
        Cpu = lane.Cpu;
        BufferIndex = lane.BufferIndex;
        (LostBefore, LostOnCpu) = (lane.Lost, lane.Cpu);
        lane.Lost = 0;
        var payload = Payload;
        _ = _layout.TryPid(payload, out var pid);
        _ = _layout.TryType(payload, out var type);
        Pid = pid;
        EventId = type;
        var known = _schemas[lane.BufferIndex];
        if ((uint)type >= (uint)known.Length || known[type] is null)
        {
            Meet(lane, type);
        }
    }

    /// <summary>A type's first record, and every one of a type that the capture does not explain.</summary>
    private void Meet(PageLane lane, int type)
    {
        var buffer = Info.Buffers[lane.BufferIndex];
        var isInNanoseconds = EventSchema.IsNanosecondClock(buffer.ClockName);
        if (_explanation.Formats.TryGet(type, out var format))
        {
            ref var known = ref _schemas[lane.BufferIndex];
            if (type >= known.Length)
            {
                Array.Resize(ref known, Math.Max(type + 1, known.Length * 2));
            }

            known[type] = (EventSchema?)CarriedSchema.Of(format, isInNanoseconds) ?? new BinarySchema(format, _context, isInNanoseconds);
            return;
        }

        if (!_unknown.ContainsKey((lane.BufferIndex, type)))
        {
            _unknown[(lane.BufferIndex, type)] = new UnknownSchema(type, isInNanoseconds);
        }

        _tally.AddMalformed(lane.Position, $"the capture has no format for events of type {type}", Payload, isText: false);
    }

    private TaskOfEvent Task(int pid)
    {
        if (_lastTask.Pid == pid && _lastTask.Comm is not null)
        {
            return _lastTask;
        }

        if (!_tasks.TryGetValue(pid, out var task))
        {
            _tasks[pid] = task = new TaskOfEvent(pid, _explanation.Tgids?[pid] ?? -1, _explanation.Comms[pid]);
        }

        _lastTask = task;
        return task;
    }
}
