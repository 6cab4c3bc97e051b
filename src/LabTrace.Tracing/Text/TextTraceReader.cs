using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Reads text piece by piece and gives the events of each piece.</summary>
internal sealed class TextTraceReader : TraceReader
{
    private const int PieceBytes = 1 << 18;

    private readonly string _formatName;
    private readonly TextParser _parser;
    private readonly Stream? _stream;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly List<(int Cpu, byte[] Array, int Offset)> _lanes = [];
    private byte[] _buffer = [];
    private byte[] _spare = [];
    private int _filled;
    private long _offset;
    private int _next;
    private int _loss;
    private bool _isAtEnd;

    private TextTraceReader(string formatName, TextParser parser, Stream? stream, ReadOnlyMemory<byte> memory)
    {
        _formatName = formatName;
        _parser = parser;
        _stream = stream;
        _memory = memory;
    }

    /// <summary>Text says about itself what was read of it so far.</summary>
    public override TraceInfo Info
    {
        get
        {
            var cpus = _parser.Sink.Cpus;
            var clock = _parser.Sink.ClockName;
            return new TraceInfo
            {
                FormatName = _formatName,
                Cpus = cpus,
                ClockName = clock,
                IsClockInNanoseconds = !_parser.Sink.HasTicks,
                Buffers = [new TraceBuffer("", clock, 0, cpus)],
                Warnings = _parser.Warnings,
            };
        }
    }

    public override ReadTally Tally => _parser.Sink.Tally.ToTally(Count);

    public override TraceEvent Current => _parser.Sink.Tables.ToEvent(_parser.Sink[_next - 1]);

    internal override bool KeepsPayloads => _stream is null;

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd =>
        [.. _parser.Sink.Losses.Where(l => l.Index >= _parser.Sink.Count).Select(l => (l.Cpu, l.Count))];

    public static TextTraceReader Open(string formatName, Capture capture, TextParser parser)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return capture.IsInMemory
            ? new TextTraceReader(formatName, parser, null, capture.Bytes)
            : new TextTraceReader(formatName, parser, capture.OpenStream(), default);
    }

    public override bool Read()
    {
        while (_next == _parser.Sink.Count)
        {
            if (_isAtEnd)
            {
                return false;
            }

            NextPiece();
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
            _stream?.Dispose();
        }

        base.Dispose(disposing);
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

    private void NextPiece()
    {
        // Losses behind a piece's last event belong before the next piece's first.
        var sink = _parser.Sink;
        var carried = sink.Losses.Skip(_loss).ToArray();
        sink.Clear(KeepsPayloads);
        sink.Carry(carried);
        _next = 0;
        _loss = 0;
        _lanes.Clear();
        if (_stream is null)
        {
            var left = _memory[(int)_offset..];
            var piece = left[..Math.Min(left.Length, PieceBytes + _filled)];
            _isAtEnd = piece.Length == left.Length;
            var consumed = _parser.Parse(piece, _offset, _isAtEnd);
            _filled = piece.Length - consumed;
            _offset += consumed;
        }
        else
        {
            ReadPiece(_stream);
        }

        for (var lane = 0; lane < sink.Tables.LaneCount; lane++)
        {
            var (cpu, source, _) = sink.Tables.LaneAt(lane);
            _lanes.Add(MemoryMarshal.TryGetArray(source, out var segment) ? (cpu, segment.Array!, segment.Offset) : (cpu, source.ToArray(), 0));
        }
    }

    private void ReadPiece(Stream stream)
    {
        if (_buffer.Length - _filled < PieceBytes)
        {
            Array.Resize(ref _buffer, Math.Max(2 * PieceBytes, _buffer.Length * 2));
        }

        var read = stream.Read(_buffer, _filled, PieceBytes);
        _filled += read;
        _isAtEnd = read == 0;

        var consumed = _parser.Parse(_buffer.AsMemory(0, _filled), _offset, _isAtEnd);
        _offset += consumed;

        // What is left is copied to a buffer of its own: the events just read still refer to this one.
        var rest = _filled - consumed;
        if (rest > 0)
        {
            var next = _spare.Length >= _buffer.Length ? _spare : new byte[_buffer.Length];
            _buffer.AsSpan(consumed, rest).CopyTo(next);
            (_spare, _buffer) = (_buffer, next);
        }

        _filled = rest;
    }
}
