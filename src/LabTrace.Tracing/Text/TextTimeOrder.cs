using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Puts the events of text whose lines are not in order of time in order, holding no more of them than that takes.</summary>
/// <remarks>The text was looked through once, so that it is known behind each piece how early the events are that are still to come: what is not later
/// than these can be given. Lines that come a little late are held for a moment; a file that was put together of others is held for the most part.</remarks>
internal sealed class TextTimeOrder
{
    /// <summary>What an event takes beside its payload.</summary>
    private const int EventBytes = 80;

    private readonly List<(long End, ulong Earliest)> _pieces;
    private readonly PriorityQueue<Held, (ulong Time, long Number)> _held = new();
    private readonly Dictionary<int, ulong> _lastOfCpu = [];
    private readonly KeptBytes _bytes = new();
    private int _piece;
    private long _number;
    private ulong _limit;
    private long _heldBytes;

    private TextTimeOrder(List<(long End, ulong Earliest)> pieces, long outOfOrder) => (_pieces, OutOfOrder) = (pieces, outOfOrder);

    /// <summary>How many events are earlier than the one before them in the text.</summary>
    public long OutOfOrder { get; }

    /// <summary>How many events were earlier than the one of the same cpu that stands before them in the text.</summary>
    public long StepsBack { get; private set; }

    /// <summary>How many events were held at once, at most, and about how many bytes of memory they took.</summary>
    public (long Events, long Bytes) Most { get; private set; }

    /// <summary>Looks through text; null when it is in order.</summary>
    /// <param name="pieces">The text from its start, for a parser that nobody else uses.</param>
    public static TextTimeOrder? Scan(TextPieces pieces)
    {
        var sink = pieces.Parser.Sink;
        var earliest = new List<(long End, ulong Earliest)>();
        while (pieces.Next())
        {
            earliest.Add((pieces.Offset, sink.LowestTime));
            sink.Clear(keepsMade: false);
        }

        if (sink.OutOfOrder == 0)
        {
            return null;
        }

        for (var i = earliest.Count - 2; i >= 0; i--)
        {
            earliest[i] = (earliest[i].End, Math.Min(earliest[i].Earliest, earliest[i + 1].Earliest));
        }

        return new TextTimeOrder(earliest, sink.OutOfOrder);
    }

    /// <summary>Takes over the events of a piece, and the losses that stand before them.</summary>
    /// <param name="pieces">The piece that was just parsed.</param>
    /// <returns>How many of the sink's losses were taken; the others stand behind its last event.</returns>
    public int Take(TextPieces pieces)
    {
        var sink = pieces.Parser.Sink;
        var losses = sink.Losses;
        var loss = 0;
        for (var i = 0; i < sink.Count; i++)
        {
            ref readonly var record = ref sink[i];
            var (lostOn, lost) = (0, 0L);
            for (; loss < losses.Count && losses[loss].Index <= i; loss++)
            {
                lostOn = losses[loss].Cpu;
                lost = losses[loss].Count < 0 || lost < 0 ? -1 : lost + losses[loss].Count;
            }

            var lane = sink.Tables.LaneAt(record.Lane);
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOfCpu, lane.Cpu, out _);
            StepsBack += record.Time < last ? 1 : 0;
            last = record.Time;
            _held.Enqueue(new Held(record, Keep(lane.Source.Slice(record.Offset, record.Length), pieces.StayInMemory), lane.Cpu, lane.HasFlags, lostOn, lost, pieces.StayInMemory), (record.Time, _number++));
            _heldBytes += EventBytes + (pieces.StayInMemory ? 0 : record.Length);
        }

        Most = _held.Count > Most.Events ? (_held.Count, _heldBytes) : Most;
        while (_piece < _pieces.Count && _pieces[_piece].End <= pieces.Offset)
        {
            _piece++;
        }

        _limit = _piece < _pieces.Count ? _pieces[_piece].Earliest : ulong.MaxValue;
        return loss;
    }

    /// <summary>Gives the next event, unless an earlier one may still come.</summary>
    public bool TryNext(out Held next)
    {
        if (!_held.TryPeek(out next, out var at) || at.Time > _limit)
        {
            return false;
        }

        _ = _held.Dequeue();
        _heldBytes -= EventBytes + (next.StaysInMemory ? 0 : next.Record.Length);
        return true;
    }

    private ArraySegment<byte> Keep(ReadOnlyMemory<byte> payload, bool staysInMemory) =>
        staysInMemory && MemoryMarshal.TryGetArray(payload, out var segment) ? segment : _bytes.Keep(payload.Span);

    /// <summary>An event with bytes that stay.</summary>
    internal readonly record struct Held(EventRecord Record, ArraySegment<byte> Payload, int Cpu, bool HasFlags, int LostOnCpu, long Lost, bool StaysInMemory)
    {
        /// <summary>Where the bytes are.</summary>
        public Lane Lane => new(Cpu, Payload.Array, HasFlags);

        /// <summary>The record as it refers to <see cref="Lane"/>.</summary>
        public EventRecord Moved => Record with { Offset = Payload.Offset };
    }
}
