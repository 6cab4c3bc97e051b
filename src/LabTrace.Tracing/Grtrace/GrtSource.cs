using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>One stream of bytes, a file or what comes from a relay buffer, cut into records and these into runs of one cpu.</summary>
internal sealed class GrtSource : IDisposable
{
    /// <summary>A resynchronised record's time lies at most this far from the last one's.</summary>
    private const ulong PlausibleNs = 3_600_000_000_000;

    private readonly GrtReader _reader;
    private readonly GrtBlocks _blocks;
    private readonly string _name;
    private readonly Stream? _stream;
    private readonly List<GrtLane> _lanes = [];
    private GrtLane?[] _byCpu = new GrtLane?[16];
    private GrtTypeTable _types = new(GrtMetadata.Default);
    private GrtBlock? _block;
    private int _at;
    private int _end;
    private bool _isFinal;
    private bool _isInDamage;
    private bool _passesBarrier;
    private long _offset;
    private ulong _lastTime;
    private bool _hasLastTime;
    private ulong? _session;
    private bool _needsBytes = true;

    /// <summary>A source that reads a stream, or is fed when there is none.</summary>
    public GrtSource(GrtReader reader, GrtBlocks blocks, string name, Stream? stream)
    {
        (_reader, _blocks, _name, _stream) = (reader, blocks, name, stream);
        IsLive = stream is null;
    }

    /// <summary>A source whose bytes are in memory: they are read where they are.</summary>
    public GrtSource(GrtReader reader, GrtBlocks blocks, string name, byte[] bytes, int start, int length)
    {
        (_reader, _blocks, _name) = (reader, blocks, name);
        (_block, _at, _end, _isFinal) = (new GrtBlock(bytes, isReusable: false) { Users = 1 }, start, start + length, true);
        _offset = -start;
    }

    public bool IsLive { get; }

    /// <summary>Whether nothing more will come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether it goes on only when all before was given: the clock was set back by a reboot.</summary>
    public bool IsHeld { get; private set; }

    public IReadOnlyList<GrtLane> Lanes => _lanes;

    public bool HasPending => _lanes.Exists(l => !l.IsEmpty);

    /// <summary>Cuts more bytes into records.</summary>
    public void Fill()
    {
        if (IsHeld)
        {
            IsHeld = false;
            _passesBarrier = true;
        }
        else if (!_isFinal && (_block is null || _needsBytes || _at == _end))
        {
            ReadBlock();
        }

        Frame(Math.Min(_end, _at + GrtBlock.Size));
        if (_isFinal && _at >= _end && !IsHeld)
        {
            End();
        }
    }

    /// <summary>Takes bytes that came.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        PassBarrier();
        while (!bytes.IsEmpty)
        {
            if (_block is null || _end == _block.Bytes.Length)
            {
                NextBlock();
            }

            var room = _block!.Bytes.AsSpan(_end);
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            _end += count;
            Frame(_end);
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete()
    {
        _isFinal = true;
        PassBarrier();
        if (_block is not null)
        {
            Frame(_end);
        }

        End();
    }

    /// <summary>What is fed cannot wait: it is put in order as well as may be.</summary>
    private void PassBarrier()
    {
        if (IsHeld)
        {
            (IsHeld, _passesBarrier) = (false, true);
            Frame(_end);
        }
    }

    public void Release(GrtRun run)
    {
        _reader.Given(run);
        Release(run.Block);
    }

    private void Release(GrtBlock block)
    {
        if (--block.Users == 0)
        {
            _blocks.Return(block);
        }
    }

    public void Dispose() => _stream?.Dispose();

    private void End()
    {
        HasEnded = true;
        if (_block is not null)
        {
            Release(_block);
            _block = null;
        }
    }

    private void ReadBlock()
    {
        NextBlock();
        var room = _block!.Bytes.AsSpan(_end);
        var read = _stream!.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
        _end += read;
        _isFinal = read < room.Length;
    }

    /// <summary>A new block that starts with the record that the last one cut.</summary>
    private void NextBlock()
    {
        var next = _blocks.Rent();
        var left = _end - _at;
        if (_block is not null)
        {
            _block.Bytes.AsSpan(_at, left).CopyTo(next.Bytes);
            _offset += _at;
            Release(_block);
        }

        next.Users++;
        (_block, _at, _end) = (next, 0, left);
    }

    /// <summary>Cuts records up to a place.</summary>
    private void Frame(int until)
    {
        var block = _block!;
        var data = block.Bytes.AsSpan(0, _end);
        var sizes = _types.Sizes;
        var (at, runStart, last, runEvents) = (_at, _at, _at, 0);
        GrtLane? lane = null;
        _needsBytes = false;
        while (at < until)
        {
            if (_end - at < GrtLayout.HeaderBytes)
            {
                _needsBytes = true;
                break;
            }

            var word = BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
            var type = word & 0xffff;
            var size = (int)(word >> 16);
            var cpu = BinaryPrimitives.ReadUInt32LittleEndian(data[(at + 4)..]);
            if (type < (uint)sizes.Length && sizes[type] == size && size <= _end - at && cpu < GrtLayout.MaxCpus && !_isInDamage)
            {
                if (lane is null || lane.Cpu != cpu)
                {
                    Close(block, lane, runStart, last, at, runEvents);
                    (lane, runStart, runEvents) = (LaneOf(cpu), at, 0);
                }

                runEvents++;
                last = at;
                at += size;
                continue;
            }

            // Everything that is not an event as METADATA describes it.
            Close(block, lane, runStart, last, at, runEvents);
            lane = null;
            runStart = at;
            var verdict = Judge(data, at);
            if (verdict == Verdict.Damaged)
            {
                at = Resynchronise(data, at);
                continue;
            }

            if (verdict != Verdict.Record)
            {
                (IsHeld, _needsBytes) = (verdict == Verdict.Held, verdict == Verdict.NeedsBytes);
                break;
            }

            sizes = _types.Sizes;
            last = at;
            at += size;
            Close(block, LaneOf(cpu), last, last, at, IsControl(type) ? 0 : 1);
        }

        Close(block, lane, runStart, last, at, runEvents);
        _at = at;
        if (_isFinal && _needsBytes)
        {
            // Less than a header.
            Skip(data, at, _end - at, _isInDamage ? null : $"the last {_end - at} bytes are no whole record: the capture was cut");
            _at = _end;
        }
    }

    private enum Verdict
    {
        Record,
        NeedsBytes,
        Held,
        Damaged,
    }

    private static bool IsControl(uint type) => type >= GrtLayout.FirstControlType;

    private Verdict Judge(ReadOnlySpan<byte> data, int at)
    {
        var rest = data[at..];
        var header = GrtHeader.Read(rest);
        var isPossible = GrtHeader.IsPossibleSize(header.Size) && header.Cpu < GrtLayout.MaxCpus;
        if (isPossible && header.Size > rest.Length && !_isFinal)
        {
            return Verdict.NeedsBytes;
        }

        if (!isPossible || header.Size > rest.Length)
        {
            return Verdict.Damaged;
        }

        var belief = Believe(rest, header);
        if (belief != Verdict.Record)
        {
            return belief;
        }

        var record = rest[..header.Size];
        if (header.Type == GrtLayout.StreamInfoType)
        {
            return TakeStreamInfo(record, header, _offset + at);
        }

        if (header.Type == GrtLayout.MetadataType)
        {
            if (!GrtMetadata.TryRead(record, out var metadata, out var problem))
            {
                _reader.Malformed(_offset + at, problem, record);
                return Verdict.Record;
            }

            _types = new GrtTypeTable(metadata);
            _reader.Framed(metadata, _types);
        }

        _isInDamage = false;
        return Verdict.Record;
    }

    private Verdict TakeStreamInfo(ReadOnlySpan<byte> record, in GrtHeader header, long offset)
    {
        if (!GrtStreamInfo.TryRead(record, out var info, out var problem))
        {
            if (_isInDamage)
            {
                return Verdict.Damaged;
            }

            _reader.Malformed(offset, problem, record);
            return Verdict.Record;
        }

        if (info.Major != GrtLayout.Major)
        {
            TraceFormatException.Throw(
                $"format mismatch: '{_name}' is a GRT stream of version {info.Major}.{info.Minor} at offset {offset}, and version {GrtLayout.Major} is read",
                "compare the driver's `version` with what this LabTrace reads, and take the one that fits",
                offset,
                "STREAM_INFO");
        }

        var isOther = _session is { } session && session != info.SessionId;
        if (isOther && !_passesBarrier && _hasLastTime && header.Timestamp < _lastTime && HasPending)
        {
            return Verdict.Held;
        }

        if (isOther && _hasLastTime && header.Timestamp < _lastTime)
        {
            _lastTime = header.Timestamp;
        }

        _passesBarrier = false;
        _isInDamage = false;
        _session = info.SessionId;
        _reader.Framed(info, isOther);
        return Verdict.Record;
    }

    /// <summary>Looks for the next place where a record may start.</summary>
    private int Resynchronise(ReadOnlySpan<byte> data, int at)
    {
        if (!_isInDamage)
        {
            var header = GrtHeader.Read(data[at..]);
            var reason = header.Size > data.Length - at && GrtHeader.IsPossibleSize(header.Size)
                ? $"Invalid event size {header.Size}: only {data.Length - at} bytes are left"
                : !GrtHeader.IsPossibleSize(header.Size) ? $"Invalid event size {header.Size}"
                : header.Cpu >= GrtLayout.MaxCpus ? $"Invalid event: cpu {header.Cpu}"
                : $"Invalid event: type {header.Type} at {header.Timestamp} ns, last event at {_lastTime} ns";
            _isInDamage = true;
            _reader.Malformed(_offset + at, reason, data[at..]);
        }

        _reader.BytesSkipped += GrtLayout.Alignment;
        return Math.Min(at + GrtLayout.Alignment, data.Length);
    }

    private void Skip(ReadOnlySpan<byte> data, int at, int count, string? reason)
    {
        _reader.BytesSkipped += count;
        if (reason is not null)
        {
            _reader.Malformed(_offset + at, reason, data[at..]);
        }
    }

    private bool IsNear(ulong time) => _hasLastTime && time != 0 && Distance(time, _lastTime) <= PlausibleNs;

    /// <summary>Whether what has a possible size is a record: one that METADATA does not describe is believed when it stands where one should.</summary>
    private Verdict Believe(ReadOnlySpan<byte> rest, in GrtHeader header)
    {
        if (!_isInDamage && (header.IsControl || !_hasLastTime || IsNear(header.Timestamp)))
        {
            return Verdict.Record;
        }

        if (_isInDamage && IsExact(header) && IsNear(header.Timestamp))
        {
            return Verdict.Record;
        }

        // Then what follows it must be a record.
        var next = rest[header.Size..];
        if (next.Length < GrtLayout.HeaderBytes)
        {
            return !_isFinal ? Verdict.NeedsBytes : next.IsEmpty && IsExact(header) ? Verdict.Record : Verdict.Damaged;
        }

        var following = GrtHeader.Read(next);
        return IsExact(following) && following.Cpu < GrtLayout.MaxCpus && header.Timestamp != 0 && Distance(following.Timestamp, header.Timestamp) <= PlausibleNs
            ? Verdict.Record
            : Verdict.Damaged;
    }

    /// <summary>Whether a record has the size that its type has.</summary>
    private bool IsExact(in GrtHeader header) => header.Type switch
    {
        GrtLayout.StreamInfoType => header.Size == GrtLayout.StreamInfoBytes,
        GrtLayout.MetadataType => header.Size >= GrtLayout.MetadataBytes && GrtHeader.IsPossibleSize(header.Size),
        GrtLayout.LostType => header.Size == GrtLayout.LostBytes,
        _ => _types.IsKnown(header.Type) && header.Size == _types.Sizes[header.Type],
    };

    private static ulong Distance(ulong a, ulong b) => a > b ? a - b : b - a;

    private void Close(GrtBlock block, GrtLane? lane, int start, int last, int end, int events)
    {
        if (lane is null || end == start)
        {
            return;
        }

        var header = GrtHeader.Read(block.Bytes.AsSpan(last));
        if (!header.IsControl || header.Timestamp > 0)
        {
            (_lastTime, _hasLastTime) = (header.Timestamp, true);
        }

        var run = new GrtRun(block, start, end, events, _reader.Round);
        lane.Add(run);
        _reader.Framed(run, events > 0 ? header.Gseq : 0);
    }

    private GrtLane LaneOf(uint cpu)
    {
        if (cpu >= (uint)_byCpu.Length)
        {
            Array.Resize(ref _byCpu, (int)System.Numerics.BitOperations.RoundUpToPowerOf2(cpu + 1));
        }

        if (_byCpu[cpu] is not { } lane)
        {
            _byCpu[cpu] = lane = _reader.NewLane(cpu, this);
            _lanes.Add(lane);
        }

        return lane;
    }
}

/// <summary>Blocks that are used again.</summary>
internal sealed class GrtBlocks
{
    private readonly Stack<GrtBlock> _free = new();

    public GrtBlock Rent() => _free.TryPop(out var block) ? block : new GrtBlock(GC.AllocateUninitializedArray<byte>(GrtBlock.Size), isReusable: true);

    public void Return(GrtBlock block)
    {
        if (block.IsReusable)
        {
            _free.Push(block);
        }
    }
}
