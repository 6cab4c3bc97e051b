namespace LabTrace.Tracing;

/// <summary>Several captures of one clock as if they were one: events by time, each capture a ring buffer of its own.</summary>
/// <remarks>At equal times the earlier capture's event comes first. The readers are closed with it.</remarks>
public sealed class MergedReader : TraceReader
{
    private readonly Input[] _sources;
    private readonly TraceInfo _info;
    private readonly List<(int Cpu, long Count)> _lostAtEnd = [];
    private Input? _current;
    private bool _hasStarted;

    /// <summary>Joins captures.</summary>
    /// <param name="captures">Each with a name that tells its buffers apart, and what to add to its times.</param>
    /// <exception cref="TraceFormatException">Their clocks differ: their times cannot be compared.</exception>
    public MergedReader(params IReadOnlyList<MergedCapture> captures)
    {
        ArgumentNullException.ThrowIfNull(captures);
        ArgumentOutOfRangeException.ThrowIfZero(captures.Count, nameof(captures));
        var buffers = new List<TraceBuffer>();
        _sources = new Input[captures.Count];
        for (var i = 0; i < captures.Count; i++)
        {
            var (name, reader, shift) = captures[i];
            _sources[i] = new Input(reader, shift, buffers.Count);
            foreach (var buffer in reader.Info.Buffers)
            {
                var label = (i, buffer.Name) switch
                {
                    (0, _) => buffer.Name,
                    (_, "") => name,
                    _ => $"{name}.{buffer.Name}",
                };
                for (var n = 2; buffers.Exists(b => b.Name == label); n++)
                {
                    label = $"{name}{(buffer.Name.Length == 0 ? "" : "." + buffer.Name)}-{n}";
                }

                buffers.Add(buffer with { Name = label });
            }
        }

        var first = captures[0].Reader.Info;
        foreach (var (name, reader, _) in captures.Skip(1))
        {
            if (!string.Equals(reader.Info.ClockName, first.ClockName, StringComparison.Ordinal))
            {
                TraceFormatException.Throw(
                    $"capture '{name}' was recorded with the clock '{reader.Info.ClockName}' and '{captures[0].Name}' with '{first.ClockName}': their times cannot be compared",
                    "record both with one clock, for example mono");
            }
        }

        _info = first with
        {
            Buffers = buffers,
            Explanation = captures.Select(c => c.Reader.Info.Explanation).FirstOrDefault(e => e is not null),
        };
    }

    /// <inheritdoc/>
    public override TraceInfo Info => _info with
    {
        Cpus = [.. _sources.SelectMany(s => s.Reader.Info.Cpus).Distinct().Order()],
        Warnings = [.. _sources.SelectMany(s => s.Reader.Info.Warnings)],
    };

    /// <inheritdoc/>
    public override string BufferName => _info.Buffers[BufferIndex].Name;

    /// <inheritdoc/>
    private protected override ReadTally Counted => _sources.Aggregate(ReadTally.Empty, (sum, source) => sum.Add(source.Reader.Tally)) with { Events = Count };

    /// <inheritdoc/>
    public override TraceEvent Current
    {
        get
        {
            var item = _current!.Reader.Current;
            return new TraceEvent(item.Schema, Time, item.Cpu, item.Pid, item.Tgid, item.Comm, item.Flags, item.Payload);
        }
    }

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd => _lostAtEnd;

    internal override long StepsBack => _sources.Sum(s => s.Reader.StepsBack);

    /// <inheritdoc/>
    public override void PutInOrder()
    {
        foreach (var source in _sources)
        {
            source.Reader.PutInOrder();
        }
    }

    /// <inheritdoc/>
    public override bool Read()
    {
        // Only the source whose event was given moves on: the events of the others must stay valid.
        if (_hasStarted)
        {
            Advance(_current);
        }
        else
        {
            _hasStarted = true;
            foreach (var source in _sources)
            {
                Advance(source);
            }
        }

        _current = null;
        foreach (var source in _sources)
        {
            if (source.HasEvent && (_current is null || source.Time < _current.Time))
            {
                _current = source;
            }
        }

        if (_current is null)
        {
            return false;
        }

        Count++;
        CurrentTime = _current.Time;
        (Cpu, Pid, EventId) = (_current.Reader.Cpu, _current.Reader.Pid, _current.Reader.EventId);
        (LostBefore, LostOnCpu) = (_current.Reader.LostBefore, _current.Reader.LostOnCpu);
        BufferIndex = _current.FirstBuffer + _current.Reader.BufferIndex;
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(_current.Reader.Current.Payload, out var payload))
        {
            (Source, PayloadOffset, PayloadLength) = (payload.Array!, payload.Offset, payload.Count);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var source in _sources)
            {
                source.Reader.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Advance(Input? source)
    {
        if (source is not null && !source.Advance())
        {
            _lostAtEnd.AddRange(source.Reader.LostAtEnd);
        }
    }

    private sealed class Input(TraceReader reader, Duration shift, int firstBuffer)
    {
        public TraceReader Reader { get; } = reader;

        public int FirstBuffer { get; } = firstBuffer;

        public bool HasEvent { get; private set; }

        public ulong Time => unchecked(Reader.Time.Nanoseconds + (ulong)shift.Nanoseconds);

        public bool Advance() => HasEvent = Reader.Read();
    }
}

/// <summary>A capture to be merged.</summary>
/// <param name="Name">What tells its buffers apart.</param>
/// <param name="Reader">Its events.</param>
/// <param name="Shift">What to add to its times.</param>
public readonly record struct MergedCapture(string Name, TraceReader Reader, Duration Shift);
