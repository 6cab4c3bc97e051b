namespace LabTrace.Tracing;

/// <summary>A GRT stream as a trace: events <c>gpu:SUBMIT</c>, <c>gpu:START</c>… as in the text of grtrace's tools.</summary>
internal sealed class GrtTraceReader : TraceReader
{
    private readonly GrtReader _reader;
    private readonly bool _ownsReader;
    private GrtSchemas _schemas = new();
    private GrtMetadata? _metadata;

    public GrtTraceReader(GrtReader reader, bool keepsPayloads, bool ownsReader)
    {
        _reader = reader;
        _ownsReader = ownsReader;
        KeepsPayloads = keepsPayloads;
    }

    public override TraceInfo Info
    {
        get
        {
            var tally = _reader.Tally;
            var session = _reader.Session;
            var clock = session.Info.Clock switch { GrtClock.Monotonic => "mono", GrtClock.BootTime => "boot", _ => "unknown" };
            List<KeyValuePair<string, string>> options = [new("version", $"{session.Info.Major}.{session.Info.Minor}"), new("session", $"0x{session.Info.SessionId:x}")];
            if (session.HasMetadata)
            {
                options.Add(new("driver", session.Metadata.Driver));
                options.Add(new("gpu", session.Metadata.Gpu));
                options.AddRange(session.Metadata.Rings.Select(r => new KeyValuePair<string, string>("ring", $"{r.RingId} {r.Name}")));
            }

            return new TraceInfo
            {
                FormatName = GrtFormat.FormatName,
                Cpus = tally.Cpus,
                ClockName = clock,
                Buffers = [new TraceBuffer("", clock, 0, tally.Cpus)],
                Options = options,
                Warnings = tally.Warnings,
            };
        }
    }

    private protected override ReadTally Counted
    {
        get
        {
            var tally = _reader.Tally;
            return new ReadTally { Events = Count, Malformed = tally.Malformed, Samples = tally.Samples, Lost = tally.LostByCpu };
        }
    }

    public override TraceEvent Current
    {
        get
        {
            var schema = _schemas.Of(_reader.CurrentType, _reader.Kind, _reader.EventName, PayloadLength);
            return new TraceEvent(schema, Time, Cpu, Pid, tgid: -1, CommTable.Unknown, default, Source.AsMemory(PayloadOffset, PayloadLength));
        }
    }

    internal override bool KeepsPayloads { get; }

    public override bool Read()
    {
        if (!_reader.Read())
        {
            return false;
        }

        Count++;
        Source = _reader.CurrentBytes;
        PayloadOffset = _reader.CurrentAt;
        PayloadLength = _reader.CurrentSize;
        CurrentTime = _reader.CurrentTime;
        Cpu = (int)_reader.CurrentCpu;
        EventId = _reader.CurrentType;
        Pid = _reader.Current.Pid is var pid and > 0 ? (int)pid : -1;
        (LostBefore, LostOnCpu) = ((long)_reader.LostBefore, Cpu);
        if (!ReferenceEquals(_metadata, _reader.Session.Metadata))
        {
            _metadata = _reader.Session.Metadata;
            _schemas = new GrtSchemas();
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsReader)
        {
            _reader.Dispose();
        }

        base.Dispose(disposing);
    }
}
