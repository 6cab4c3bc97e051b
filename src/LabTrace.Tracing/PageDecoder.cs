namespace LabTrace.Tracing;

/// <summary>Turns the pages of a recording into events.</summary>
internal sealed class PageDecoder
{
    private readonly RawRecording _recording;
    private readonly Dictionary<int, int> _schemas = [];
    private readonly Dictionary<int, int> _tasks = [];
    private readonly HashSet<int> _unknownTypes = [];
    private readonly EventTables _tables = new();
    private readonly TallyBuilder _tally;
    private readonly PrintContext _context;
    private readonly RecordLayout _layout;
    private readonly bool _isClockInNanoseconds;
    private int _lastType = -1;
    private int _lastSchema;
    private int _lastPid = int.MinValue;
    private int _lastTask;

    private PageDecoder(RawRecording recording, TallyBuilder tally)
    {
        _recording = recording;
        _tally = tally;
        _context = new PrintContext(recording.Symbols, recording.PrintkFormats);
        _isClockInNanoseconds = EventSchema.IsNanosecondClock(recording.ClockName);
        _layout = recording.Formats.All.FirstOrDefault()?.Layout ?? RecordLayout.Linux(recording.Layout.IsBigEndian, recording.Layout.LongSize);
    }

    public static Trace Decode(RawRecording recording, TallyBuilder? tally = null, Func<ulong, ulong>? toTime = null)
    {
        tally ??= new TallyBuilder();
        var decoder = new PageDecoder(recording, tally);
        var cpus = recording.Cpus.OrderBy(c => c.Cpu).ToArray();
        var events = new ArraySegment<EventRecord>[cpus.Length];
        var losses = new IReadOnlyList<LostMarker>[cpus.Length];
        for (var i = 0; i < cpus.Length; i++)
        {
            (events[i], losses[i]) = decoder.DecodeCpu(cpus[i], toTime);
        }

        foreach (var stats in recording.Stats)
        {
            tally.AddStats(stats);
        }

        var (merged, allLosses) = TimeMerge.Merge(events, losses);
        return new Trace(new EventList(merged, merged.Length, decoder._tables), [.. cpus.Select(c => c.Cpu).Distinct()], recording.ClockName, tally.ToTally(merged.Length), allLosses);
    }

    private (ArraySegment<EventRecord> Events, IReadOnlyList<LostMarker> Losses) DecodeCpu(RawCpu cpu, Func<ulong, ulong>? toTime)
    {
        var layout = _recording.Layout;
        var events = GC.AllocateUninitializedArray<EventRecord>((int)Math.Clamp(cpu.Pages.Length / 48L, 16, 1 << 24));
        var count = 0;
        var lane = _tables.Add(new Lane(cpu.Cpu, cpu.Pages, HasFlags: _layout.FlagsOffset >= 0));
        var losses = new List<LostMarker>();
        for (var start = 0; start < cpu.Pages.Length; start += layout.Size)
        {
            var page = cpu.Pages.Slice(start, Math.Min(layout.Size, cpu.Pages.Length - start));
            var reader = new SubBufferReader(page.Span, layout);
            if (reader.Missed != 0)
            {
                losses.Add(new LostMarker(cpu.Cpu, reader.Missed, count));
                _tally.AddLost(cpu.Cpu, reader.Missed);
            }

            while (reader.Read())
            {
                var time = toTime is null ? reader.Timestamp : toTime(reader.Timestamp);
                if (TryDecode(reader.Payload, time, lane, start + reader.PayloadOffset, out var decoded))
                {
                    if (count == events.Length)
                    {
                        Array.Resize(ref events, count * 2);
                    }

                    events[count++] = decoded;
                }
                else
                {
                    _tally.AddMalformed(start + reader.PayloadOffset, "the record is shorter than its common fields", reader.Payload, isText: false);
                }
            }

            if (reader.Fault is not null)
            {
                _tally.AddMalformed(start, reader.Fault, page.Span, isText: false);
            }
        }

        return (new ArraySegment<EventRecord>(events, 0, count), losses);
    }

    private bool TryDecode(ReadOnlySpan<byte> payload, ulong time, ushort lane, int offset, out EventRecord decoded)
    {
        if (!_layout.TryType(payload, out var type) || !_layout.TryPid(payload, out var pid))
        {
            decoded = default;
            return false;
        }

        if (type != _lastType)
        {
            _lastSchema = _schemas.TryGetValue(type, out var found) ? found : AddSchema(type);
            _lastType = type;
        }

        if (_unknownTypes.Count > 0 && _unknownTypes.Contains(type))
        {
            _tally.AddMalformed(offset, $"the capture has no format for events of type {type}", payload, isText: false);
        }

        if (pid != _lastPid && !_tasks.TryGetValue(pid, out _lastTask))
        {
            _tasks[pid] = _lastTask = _tables.Add(new TaskOfEvent(pid, _recording.Tgids?[pid] ?? -1, _recording.Comms[pid]));
        }

        _lastPid = pid;
        var flags = _layout.Flags(payload);
        decoded = new EventRecord(time, offset, payload.Length, _lastTask, _lastSchema, lane, flags.Irq, flags.Preempt);
        return true;
    }

    private int AddSchema(int type)
    {
        if (_recording.Formats.TryGet(type, out var format))
        {
            return _schemas[type] = _tables.Add(new BinarySchema(format, _context, _isClockInNanoseconds));
        }

        _ = _unknownTypes.Add(type);
        return _schemas[type] = _tables.Add(new UnknownSchema(type, _isClockInNanoseconds));
    }
}
