namespace LabTrace.Tracing;

/// <summary>Turns the pages of a recording into events.</summary>
internal sealed class PageDecoder
{
    private readonly RawRecording _recording;
    private readonly Dictionary<int, EventSchema> _schemas = [];
    private readonly TallyBuilder _tally;
    private readonly PrintContext _context;
    private readonly RecordLayout _layout;
    private readonly bool _isClockInNanoseconds;

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
        var events = new TraceEvent[cpus.Length][];
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
        return new Trace(merged, [.. cpus.Select(c => c.Cpu).Distinct()], recording.ClockName, tally.ToTally(merged.Length), allLosses);
    }

    private (TraceEvent[] Events, IReadOnlyList<LostMarker> Losses) DecodeCpu(RawCpu cpu, Func<ulong, ulong>? toTime)
    {
        var layout = _recording.Layout;
        var events = new List<TraceEvent>();
        var losses = new List<LostMarker>();
        for (var start = 0; start < cpu.Pages.Length; start += layout.Size)
        {
            var page = cpu.Pages.Slice(start, Math.Min(layout.Size, cpu.Pages.Length - start));
            var reader = new SubBufferReader(page.Span, layout);
            if (reader.Missed != 0)
            {
                losses.Add(new LostMarker(cpu.Cpu, reader.Missed, events.Count));
                _tally.AddLost(cpu.Cpu, reader.Missed);
            }

            while (reader.Read())
            {
                var payload = page.Slice(reader.PayloadOffset, reader.PayloadLength);
                var time = toTime is null ? reader.Timestamp : toTime(reader.Timestamp);
                if (TryDecode(payload, time, cpu.Cpu, out var decoded))
                {
                    events.Add(decoded);
                }
                else
                {
                    _tally.AddMalformed(start + reader.PayloadOffset, "the record is shorter than its common fields", payload.Span, isText: false);
                }
            }

            if (reader.Fault is not null)
            {
                _tally.AddMalformed(start, reader.Fault, page.Span, isText: false);
            }
        }

        return ([.. events], losses);
    }

    private bool TryDecode(ReadOnlyMemory<byte> payload, ulong time, int cpu, out TraceEvent decoded)
    {
        var bytes = payload.Span;
        if (!_layout.TryType(bytes, out var type) || !_layout.TryPid(bytes, out var pid))
        {
            decoded = default;
            return false;
        }

        if (!_schemas.TryGetValue(type, out var schema))
        {
            _schemas[type] = schema = _recording.Formats.TryGet(type, out var format)
                ? new BinarySchema(format, _context, _isClockInNanoseconds)
                : new UnknownSchema(type, _isClockInNanoseconds);
        }

        if (schema is UnknownSchema)
        {
            _tally.AddMalformed(-1, $"the capture has no format for events of type {type}", bytes, isText: false);
        }

        var tgid = _recording.Tgids?[pid] ?? -1;
        decoded = new TraceEvent(schema, new TraceTime(time), cpu, pid, tgid, _recording.Comms[pid], _layout.Flags(bytes), payload);
        return true;
    }
}
