using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Reads text piece by piece and gives the events of each piece, in order of time.</summary>
internal sealed class TextTraceReader : TraceReader
{
    private readonly string _formatName;
    private readonly Capture _capture;
    private readonly Func<TextParser> _makeParser;
    private readonly TextParser _parser;
    private readonly List<(int Cpu, byte[] Array, int Offset)> _lanes = [];
    private bool _isAsWritten;
    private TextPieces? _pieces;
    private TextTimeOrder? _order;
    private TextTimeOrder.Held _held;
    private int _next;
    private int _loss;

    private TextTraceReader(string formatName, Capture capture, Func<TextParser> makeParser)
    {
        (_formatName, _capture, _makeParser) = (formatName, capture, makeParser);
        _parser = makeParser();
        _isAsWritten = capture.IsLive;
    }

    /// <summary>Text says about itself what was read of it so far; so that its clock is known, its first piece is read when this is asked for.</summary>
    public override TraceInfo Info
    {
        get
        {
            Begin();
            var cpus = _parser.Sink.Cpus;
            var clock = _parser.Sink.ClockName;
            return new TraceInfo
            {
                FormatName = _formatName,
                Cpus = cpus,
                ClockName = clock,
                IsClockInNanoseconds = !_parser.Sink.HasTicks,
                Buffers = [new TraceBuffer("", clock, 0, cpus)],
                Warnings = Warnings(),
            };
        }
    }

    private protected override ReadTally Counted => _parser.Sink.Tally.ToTally(Count);

    public override TraceEvent Current =>
        _order is null ? _parser.Sink.Tables.ToEvent(_parser.Sink[_next - 1]) : _parser.Sink.Tables.ToEvent(_held.Moved, _held.Lane);

    public override string BufferName => "";

    public override int Passes => _isAsWritten ? 1 : 2;

    internal override long StepsBack => _order?.StepsBack ?? 0;

    internal override bool KeepsPayloads => _pieces is { StayInMemory: true };

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd =>
        [.. _parser.Sink.Losses.Where(l => l.Index >= _parser.Sink.Count).Select(l => (l.Cpu, l.Count))];

    /// <summary>Opens text; nothing is read yet.</summary>
    /// <param name="formatName">What users call it.</param>
    /// <param name="capture">The text.</param>
    /// <param name="makeParser">Makes a parser that starts at the text's first byte; text is walked twice.</param>
    public static TextTraceReader Open(string formatName, Capture capture, Func<TextParser> makeParser)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return new TextTraceReader(formatName, capture, makeParser);
    }

    public override void KeepWrittenOrder() => _isAsWritten = true;

    public override bool Read()
    {
        var pieces = Begin();
        if (_order is not null)
        {
            return ReadInOrder(_order, pieces);
        }

        if (!Fill(pieces))
        {
            return false;
        }

        ref readonly var record = ref _parser.Sink[_next];
        LostBefore = 0;
        if (_loss < _parser.Sink.Losses.Count)
        {
            TakeLosses();
        }

        _next++;
        Count++;
        CurrentTime = record.Time;
        EventId = record.Schema;
        Pid = _parser.Sink.Tables.Pid(record);
        var (cpu, array, offset) = _lanes[record.Lane];
        Cpu = cpu;
        Source = array;
        PayloadOffset = offset + record.Offset;
        PayloadLength = record.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pieces?.Dispose();
        }

        base.Dispose(disposing);
    }

    private TextPieces Begin()
    {
        if (_pieces is not null)
        {
            return _pieces;
        }

        if (!_isAsWritten)
        {
            _capture.Keep();
            using var ahead = TextPieces.Of(_capture, _makeParser());
            _order = TextTimeOrder.Scan(ahead);
        }

        _pieces = TextPieces.Of(_capture, _parser);
        if (_order is null)
        {
            _ = Fill(_pieces);
        }
        else if (NextSink(_pieces))
        {
            _loss = _order.Take(_pieces);
        }

        return _pieces;
    }

    /// <summary>Parses on until there is an event that was not given yet.</summary>
    private bool Fill(TextPieces pieces)
    {
        while (_next == _parser.Sink.Count)
        {
            if (!NextPiece(pieces))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadInOrder(TextTimeOrder order, TextPieces pieces)
    {
        while (!order.TryNext(out _held))
        {
            if (!NextSink(pieces))
            {
                return false;
            }

            _loss = order.Take(pieces);
        }

        Count++;
        CurrentTime = _held.Record.Time;
        EventId = _held.Record.Schema;
        Pid = _parser.Sink.Tables.Pid(_held.Record);
        Cpu = _held.Cpu;
        (LostOnCpu, LostBefore) = (_held.LostOnCpu, _held.Lost);
        (Source, PayloadOffset, PayloadLength) = (_held.Payload.Array!, _held.Payload.Offset, _held.Payload.Count);
        return true;
    }

    private void TakeLosses()
    {
        var losses = _parser.Sink.Losses;
        for (; _loss < losses.Count && losses[_loss].Index <= _next; _loss++)
        {
            LostOnCpu = losses[_loss].Cpu;
            LostBefore = losses[_loss].Count < 0 || LostBefore < 0 ? -1 : LostBefore + losses[_loss].Count;
        }
    }

    /// <summary>Parses the next piece. Losses behind a piece's last event belong before the next piece's first.</summary>
    private bool NextSink(TextPieces pieces)
    {
        var sink = _parser.Sink;
        var carried = sink.Losses.Skip(_loss).ToArray();
        sink.Clear(pieces.StayInMemory);
        sink.Carry(carried);
        _loss = 0;
        return pieces.Next();
    }

    private bool NextPiece(TextPieces pieces)
    {
        _next = 0;
        var isThere = NextSink(pieces);
        _lanes.Clear();
        var sink = _parser.Sink;
        for (var lane = 0; lane < sink.Tables.LaneCount; lane++)
        {
            var (cpu, source, _) = sink.Tables.LaneAt(lane);
            _lanes.Add(MemoryMarshal.TryGetArray(source, out var segment) ? (cpu, segment.Array!, segment.Offset) : (cpu, source.ToArray(), 0));
        }

        return isThere;
    }

    private IReadOnlyList<string> Warnings()
    {
        if (_order is not null)
        {
            var (events, bytes) = _order.Most;
            return
            [
                $"{_order.OutOfOrder:N0} events were recorded before the event that stands before them in the text; they were put in order of time, "
                + $"for which up to {events:N0} events ({(bytes + (1 << 20) - 1) >> 20:N0} MiB) were held in memory",
            ];
        }

        return _parser.Sink.OutOfOrder == 0
            ? []
            : [$"{_parser.Sink.OutOfOrder:N0} events were recorded before the event that stands before them in the text; they are given in the text's order"];
    }
}
