using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Puts a binary capture's events in order of time where a cpu's clock stepped back, holding no more of them than that takes.</summary>
/// <remarks>The pages were looked through once, so that it is known behind each block of events how early those are that are still to come: what is not
/// later than these can be given. A clock that steps back by a second has about a second's events held.</remarks>
internal sealed class PageTimeOrder
{
    /// <summary>What an event takes beside its payload.</summary>
    private const int EventBytes = 80;

    private const int BlockEvents = 1024;

    private readonly List<ulong> _earliest;
    private readonly long _outOfOrder;
    private readonly PriorityQueue<Held, (ulong Time, long Number)> _held = new();
    private readonly KeptBytes _bytes = new();
    private long _taken;
    private ulong _limit;
    private long _heldBytes;
    private (long Events, long Bytes) _most;

    private PageTimeOrder(List<ulong> earliest, long outOfOrder, long stepsBack)
    {
        (_earliest, _outOfOrder, StepsBack) = (earliest, outOfOrder, stepsBack);
        _limit = earliest[0];
    }

    /// <summary>How many events are earlier than the one that the same cpu recorded before them.</summary>
    public long StepsBack { get; }

    /// <summary>Whether all events were taken.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What was done, for people.</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture,
        $"{_outOfOrder:N0} events are earlier than the event before them, because the clock of their cpu stepped back ({StepsBack:N0} times); they were put in "
        + $"order of time, for which up to {_most.Events:N0} events ({(_most.Bytes + (1 << 20) - 1) >> 20:N0} MiB) were held in memory");

    /// <summary>Looks through pages; null when no cpu's clock steps back.</summary>
    /// <param name="lanes">The cpus' pages, from their start.</param>
    public static PageTimeOrder? Scan(IReadOnlyList<PageLane> lanes)
    {
        var heap = new LaneHeap([.. lanes.Where(l => l.Advance())]);
        var earliest = new List<ulong>();
        var (lowest, count, outOfOrder, stepsBack, last) = (ulong.MaxValue, 0, 0L, 0L, 0UL);
        while (heap.Count > 0)
        {
            var lane = heap.Top;
            var hasMore = true;
            do
            {
                var time = lane.Time;
                outOfOrder += time < last ? 1 : 0;
                last = time;
                lowest = Math.Min(lowest, time);
                if (++count == BlockEvents)
                {
                    earliest.Add(lowest);
                    (lowest, count) = (ulong.MaxValue, 0);
                }

                hasMore = lane.Advance();
                stepsBack += hasMore && lane.Time < time ? 1 : 0;
            }
            while (hasMore && lane.Time <= heap.Limit);

            if (hasMore)
            {
                heap.ReplaceTop();
            }
            else
            {
                heap.RemoveTop();
            }
        }

        if (outOfOrder == 0)
        {
            return null;
        }

        earliest.Add(lowest);
        for (var i = earliest.Count - 2; i >= 0; i--)
        {
            earliest[i] = Math.Min(earliest[i], earliest[i + 1]);
        }

        return new PageTimeOrder(earliest, outOfOrder, stepsBack);
    }

    /// <summary>Takes over the event that a reader stands at.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="staysInMemory">Whether its payload stays where it is.</param>
    public void Take(TraceReader reader, bool staysInMemory)
    {
        var payload = staysInMemory ? reader.PayloadSegment : _bytes.Keep(reader.Payload);
        var held = new Held(reader.Time.Nanoseconds, reader.Cpu, reader.Pid, reader.EventId, reader.BufferIndex, reader.LostBefore, payload, staysInMemory);
        _held.Enqueue(held, (held.Time, _taken++));
        _heldBytes += held.Bytes;
        _most = _held.Count > _most.Events ? (_held.Count, _heldBytes) : _most;
        if (_taken % BlockEvents == 0)
        {
            _limit = _taken / BlockEvents is var block && block < _earliest.Count ? _earliest[(int)block] : ulong.MaxValue;
        }
    }

    /// <summary>No more events will come.</summary>
    public void End()
    {
        HasEnded = true;
        _limit = ulong.MaxValue;
    }

    /// <summary>Gives the next event, unless an earlier one may still come.</summary>
    public bool TryNext(out Held next)
    {
        if (!_held.TryPeek(out next, out var at) || at.Time > _limit)
        {
            return false;
        }

        _ = _held.Dequeue();
        _heldBytes -= next.Bytes;
        return true;
    }

    /// <summary>An event with bytes that stay.</summary>
    internal readonly record struct Held(ulong Time, int Cpu, int Pid, int EventId, int BufferIndex, long Lost, ArraySegment<byte> Payload, bool StaysInMemory)
    {
        /// <summary>What holding it takes.</summary>
        public long Bytes => EventBytes + (StaysInMemory ? 0 : Payload.Count);
    }
}

/// <summary>Copies of small pieces of bytes, many in one array.</summary>
internal sealed class KeptBytes
{
    private const int BlockBytes = 1 << 18;

    private byte[] _block = [];
    private int _used;

    /// <summary>A copy that stays as it is.</summary>
    public ArraySegment<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (_block.Length - _used < bytes.Length)
        {
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(BlockBytes, bytes.Length));
            _used = 0;
        }

        bytes.CopyTo(_block.AsSpan(_used));
        var kept = new ArraySegment<byte>(_block, _used, bytes.Length);
        _used += bytes.Length;
        return kept;
    }
}
