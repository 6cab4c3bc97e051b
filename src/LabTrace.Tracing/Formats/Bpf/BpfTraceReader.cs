using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Reads a BPF capture piece by piece, and puts records in order of time: those of different cpus come a little out of it.</summary>
internal sealed class BpfTraceReader : TraceReader
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Records that are held back until later ones are known, so that one that comes so much later still finds its place.</summary>
    private const int Window = 4096;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly ReadMode _mode;
    private readonly BpfTables _tables = new();
    private readonly TallyBuilder _tally = new();
    private readonly Dictionary<BpfLayout, BpfSchema> _schemas = [];
    private readonly Utf8Interner<string> _comms = new(FieldValue.TextOf);
    private readonly SortedSet<int> _cpus = [];
    private readonly Dictionary<int, long> _marked = [];
    private readonly long _monotonicNs;
    private readonly long _realtimeNs;
    private List<Slot> _slots = [];
    private byte[] _buffer = new byte[PieceBytes];
    private int _filled;
    private int _parsed;
    private long _offset;
    private int _next;
    private int _ready;
    private bool _isAtEnd;
    private bool _isTallied;
    private ulong _last;
    private long _late;
    private int _order;
    private Slot _current;
    private IReadOnlyList<(int Cpu, long Count)> _lostAtEnd = [];

    private BpfTraceReader(Stream stream, string name, ReadMode mode, long monotonicNs, long realtimeNs)
    {
        (_stream, _name, _mode, _monotonicNs, _realtimeNs, _offset) = (stream, name, mode, monotonicNs, realtimeNs, BpfFrame.FileHeaderBytes);
    }

    public override TraceInfo Info => new()
    {
        FormatName = BpfCaptureFormat.FormatName,
        Cpus = [.. _cpus],
        ClockName = "mono",
        Buffers = [new TraceBuffer("", "mono", 0, [.. _cpus])],
        Options = _realtimeNs == 0 ? _tables.About : [.. _tables.About, new("monotonic_ns", $"{_monotonicNs}"), new("realtime_ns", $"{_realtimeNs}")],
        Warnings = _late == 0 ? [] : [$"{_late:N0} records came more than {Window} records after later ones: their times step back"],
    };

    private protected override ReadTally Counted => _tally.ToTally(Count);

    public override TraceEvent Current => new(
        Schema(_current.Layout),
        new TraceTime(CurrentTime),
        Cpu,
        Pid,
        _current.Layout.Head.Tgid < 0 ? -1 : ReadInt32(_current.Layout.Head.Tgid),
        _comms.Get(Comm),
        default,
        Source.AsMemory(PayloadOffset, PayloadLength));

    public override ReadOnlySpan<NumericField> Numbers => _current.Layout.Numbers;

    /// <summary>What the capture tells beside its events; whole when everything was read.</summary>
    public BpfSummary Summary => new(_tables.About, _tables.Counters, _tables.Times, _tables.Missed, _tables.HasEnd);

    internal override IReadOnlyList<(int Cpu, long Count)> LostAtEnd => _lostAtEnd;

    private ReadOnlySpan<byte> Comm
    {
        get
        {
            var comm = Source.AsSpan(PayloadOffset + _current.Layout.Head.Comm, 16);
            var nul = comm.IndexOf((byte)0);
            return nul < 0 ? comm : comm[..nul];
        }
    }

    public static BpfTraceReader OpenCapture(Capture capture, ReadMode mode)
    {
        var stream = capture.OpenStream();
        Span<byte> header = stackalloc byte[BpfFrame.FileHeaderBytes];
        var got = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (BpfCaptureFormat.TryReadHeader(header[..got], out var monotonicNs, out var realtimeNs))
        {
            return new BpfTraceReader(stream, capture.Name, mode, monotonicNs, realtimeNs);
        }

        stream.Dispose();
        throw new TraceFormatException(
            $"capture '{capture.Name}': expected the header of a BPF capture of version {BpfFrame.FileVersion}, found {Convert.ToHexStringLower(header[..got])}",
            "it was cut short, or written by a later LabTrace",
            offset: 0);
    }

    public override bool Read()
    {
        while (_next == _ready)
        {
            if (_isAtEnd)
            {
                Finish();
                return false;
            }

            NextPiece();
        }

        _current = _slots[_next++];
        Count++;
        CurrentTime = _current.Time;
        Cpu = _current.Cpu;
        EventId = ((int)_current.Layout.Kind << 8) + Math.Max(0, _current.Layout.Type & 0xff);
        Source = _buffer;
        PayloadOffset = _current.Offset;
        PayloadLength = _current.Length;
        Pid = ReadInt32(_current.Layout.Head.Pid);
        LostBefore = _current.Lost;
        LostOnCpu = Cpu;
        if (CurrentTime < _last)
        {
            _late++;
        }

        _last = CurrentTime;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(Source.AsSpan(PayloadOffset + offset));

    private BpfSchema Schema(BpfLayout layout)
    {
        ref var schema = ref CollectionsMarshal.GetValueRefOrAddDefault(_schemas, layout, out _);
        return schema ??= new BpfSchema(layout, _tables);
    }

    /// <summary>Reads on; what was held back moves to the front.</summary>
    private void NextPiece()
    {
        var held = CollectionsMarshal.AsSpan(_slots)[_ready..];
        var heldBytes = 0;
        foreach (var slot in held)
        {
            heldBytes += slot.Length;
        }

        var left = _filled - _parsed;
        var next = new byte[Math.Max(PieceBytes, left * 2) + heldBytes];
        var slots = new List<Slot>(held.Length + (PieceBytes / 128));
        var at = 0;
        foreach (var slot in held)
        {
            _buffer.AsSpan(slot.Offset, slot.Length).CopyTo(next.AsSpan(at));
            slots.Add(slot with { Offset = at });
            at += slot.Length;
        }

        _buffer.AsSpan(_parsed, left).CopyTo(next.AsSpan(at));
        (_buffer, _parsed, _filled, _slots) = (next, at, at + left, slots);
        while (_filled < _buffer.Length)
        {
            var got = _stream.Read(_buffer, _filled, _buffer.Length - _filled);
            if (got == 0)
            {
                _isAtEnd = true;
                break;
            }

            _filled += got;
        }

        ParseFrames();
        Order();
        _next = 0;
        _ready = _isAtEnd ? _slots.Count : Math.Max(0, _slots.Count - Window);
    }

    private void ParseFrames()
    {
        while (_filled - _parsed >= BpfFrame.HeaderBytes)
        {
            var header = _buffer.AsSpan(_parsed, BpfFrame.HeaderBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
            if (length < 0 || length > (kind >= BpfFrame.FirstDescribing ? BpfFrame.MaxDescription : BpfFrame.MaxRecord))
            {
                Broken($"expected a frame and found one of {length} bytes and kind {kind}");
                return;
            }

            if (_filled - _parsed - BpfFrame.HeaderBytes < length)
            {
                break;
            }

            var start = _parsed + BpfFrame.HeaderBytes;
            if (kind >= BpfFrame.FirstDescribing)
            {
                Describe(kind, _buffer.AsMemory(start, length));
            }
            else
            {
                AddRecord((BpfRecordKind)kind, BinaryPrimitives.ReadUInt32LittleEndian(header[8..]), BinaryPrimitives.ReadUInt32LittleEndian(header[12..]), start, length);
            }

            _parsed = start + length;
            _offset += BpfFrame.HeaderBytes + length;
        }

        if (_isAtEnd && _parsed < _filled)
        {
            Broken($"the last frame is cut off after {_filled - _parsed} bytes");
        }
    }

    private void AddRecord(BpfRecordKind kind, uint cpu, uint lost, int start, int length)
    {
        var record = _buffer.AsSpan(start, length);
        if (BpfLayouts.Of(kind, record) is not { } layout || (cpu != BpfFrame.NoCpu && cpu >= BpfFrame.MaxCpus))
        {
            _tally.AddMalformed(_offset, $"no record of {kind} has this type and {length} bytes", record, isText: false);
            return;
        }

        var number = cpu == BpfFrame.NoCpu ? -1 : (int)cpu;
        if (number >= 0)
        {
            _ = _cpus.Add(number);
        }

        if (lost > 0)
        {
            _tally.AddLost(number, lost);
            _marked[number] = _marked.GetValueOrDefault(number) + lost;
        }

        _slots.Add(new Slot(BinaryPrimitives.ReadUInt64LittleEndian(record[layout.Head.Time..]), _order++, start, length, number, lost, layout));
    }

    private void Describe(int kind, ReadOnlyMemory<byte> json)
    {
        try
        {
            _tables.Take(kind, json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            _tally.AddMalformed(_offset, $"the description of kind 0x{kind:x} cannot be read: {e.Message}", json.Span, isText: true);
        }
    }

    private void Order()
    {
        var slots = CollectionsMarshal.AsSpan(_slots);
        for (var i = 1; i < slots.Length; i++)
        {
            if (slots[i].Time < slots[i - 1].Time)
            {
                slots.Sort(static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Order.CompareTo(b.Order));
                return;
            }
        }
    }

    private void Broken(string reason)
    {
        var message = $"capture '{_name}': {reason} at offset {_offset}";
        if (_mode == ReadMode.Strict)
        {
            TraceFormatException.Throw(message, "read it with --salvage; what stands before is whole", _offset);
        }

        _tally.AddMissing(message);
        (_isAtEnd, _parsed) = (true, _filled);
    }

    private void Finish()
    {
        if (_isTallied)
        {
            return;
        }

        _isTallied = true;
        if (!_tables.HasEnd)
        {
            _tally.AddMissing("the capture has no end: its program was killed, or the file was cut short; how much was lost at the end is not known");
        }

        var atEnd = new List<(int, long)>();
        foreach (var counters in _tables.Counters)
        {
            _ = _cpus.Add(counters.Cpu);
            _tally.AddStats(new CpuStats(counters.Cpu, 0, counters.Dropped, 0, 0, 0));
            if (counters.Dropped - _marked.GetValueOrDefault(counters.Cpu) is var rest and > 0)
            {
                atEnd.Add((counters.Cpu, rest));
            }
        }

        if (_tables.Missed > 0)
        {
            _tally.AddLost(-1, _tables.Missed);
        }

        _lostAtEnd = atEnd;
    }

    private readonly record struct Slot(ulong Time, int Order, int Offset, int Length, int Cpu, uint Lost, BpfLayout Layout);
}
