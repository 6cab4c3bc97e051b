using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Walks a trace in memory as if it were read from its capture.</summary>
internal sealed class TraceListReader : TraceReader
{
    private readonly Trace _trace;
    private readonly Dictionary<EventSchema, int> _ids = [];
    private int _next;
    private int _loss;

    public TraceListReader(string formatName, Trace trace)
    {
        _trace = trace;
        Info = new TraceInfo
        {
            FormatName = formatName,
            Cpus = trace.Cpus,
            ClockName = trace.ClockName,
            IsClockInNanoseconds = trace.IsClockInNanoseconds,
            Buffers = [new TraceBuffer("", trace.ClockName, 0, trace.Cpus)],
        };
    }

    public override TraceInfo Info { get; }

    private protected override ReadTally Counted => _trace.Tally with { Events = Count };

    public override TraceEvent Current => _trace.Events[_next - 1];

    internal override bool KeepsPayloads => true;

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd =>
        [.. _trace.Losses.Where(l => l.Index >= _trace.Events.Count).Select(l => (l.Cpu, l.Count))];

    public override bool Read()
    {
        if (_next == _trace.Events.Count)
        {
            return false;
        }

        var item = _trace.Events[_next];
        LostBefore = 0;
        for (; _loss < _trace.Losses.Count && _trace.Losses[_loss].Index <= _next; _loss++)
        {
            var count = _trace.Losses[_loss].Count;
            LostOnCpu = _trace.Losses[_loss].Cpu;
            LostBefore = count < 0 || LostBefore < 0 ? -1 : LostBefore + count;
        }

        _next++;
        Count = _next;
        CurrentTime = item.Time.Nanoseconds;
        Cpu = item.Cpu;
        Pid = item.Pid;
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, item.Schema, out var isKnown);
        EventId = id = isKnown ? id : _ids.Count;
        if (MemoryMarshal.TryGetArray(item.Payload, out var segment))
        {
            (Source, PayloadOffset, PayloadLength) = (segment.Array!, segment.Offset, segment.Count);
        }

        return true;
    }
}
