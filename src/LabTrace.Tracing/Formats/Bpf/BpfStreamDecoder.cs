using System.Buffers.Binary;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Decodes a BPF capture while it grows: bytes in, events out, in the order in which they come.</summary>
/// <remarks>For showing what happens now. Events of several cpus are not put in order; <see cref="TraceReader"/> does that. Not safe for use by several threads.</remarks>
public sealed class BpfStreamDecoder
{
    private readonly BpfTables _tables = new();
    private readonly Dictionary<BpfLayout, BpfSchema> _schemas = [];
    private readonly Utf8Interner<string> _comms = new(FieldValue.TextOf);
    private byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;
    private bool _hasHeader;

    /// <summary>Events decoded so far.</summary>
    public long Count { get; private set; }

    /// <summary>Records known to be lost so far, by gaps in the numbers of their cpus.</summary>
    public long Lost { get; private set; }

    /// <summary>Records that were none.</summary>
    public long Malformed { get; private set; }

    /// <summary>What the capture tells beside its events, so far.</summary>
    public BpfSummary Summary => new(_tables.About, _tables.Counters, _tables.Times, _tables.Missed, _tables.HasEnd);

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of them; they are copied.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _end < bytes.Length)
        {
            var left = _end - _start;
            var next = left + bytes.Length <= _buffer.Length ? _buffer : new byte[Math.Max(_buffer.Length * 2, left + bytes.Length)];
            _buffer.AsSpan(_start, left).CopyTo(next);
            (_buffer, _start, _end) = (next, 0, left);
        }

        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Gives the next event; false when more bytes are needed.</summary>
    /// <param name="current">The event; its payload is valid until the next <see cref="Append"/>.</param>
    /// <exception cref="TraceFormatException">What came is no BPF capture.</exception>
    public bool TryRead(out TraceEvent current)
    {
        current = default;
        if (!_hasHeader && !TryHeader())
        {
            return false;
        }

        while (_end - _start >= BpfFrame.HeaderBytes)
        {
            var header = _buffer.AsSpan(_start, BpfFrame.HeaderBytes);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            var kind = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
            if (length < 0 || length > BpfFrame.MaxDescription)
            {
                TraceFormatException.Throw($"BPF capture: expected a frame and found one of {length} bytes and kind {kind}", "the capture is damaged");
            }

            if (_end - _start - BpfFrame.HeaderBytes < length)
            {
                return false;
            }

            var start = _start + BpfFrame.HeaderBytes;
            var cpu = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
            Lost += BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
            _start = start + length;
            if (kind >= BpfFrame.FirstDescribing)
            {
                Describe(kind, start, length);
            }
            else if (BpfLayouts.Of((BpfRecordKind)kind, _buffer.AsSpan(start, length)) is { } layout)
            {
                current = Event(layout, cpu, _buffer.AsMemory(start, length));
                Count++;
                return true;
            }
            else
            {
                Malformed++;
            }
        }

        return false;
    }

    private bool TryHeader()
    {
        if (_end - _start < BpfFrame.FileHeaderBytes)
        {
            return false;
        }

        if (!BpfCaptureFormat.TryReadHeader(_buffer.AsSpan(_start, BpfFrame.FileHeaderBytes), out _, out _))
        {
            TraceFormatException.Throw("what comes is no BPF capture of a version that is known", "see that both ends are of one version");
        }

        _start += BpfFrame.FileHeaderBytes;
        _hasHeader = true;
        return true;
    }

    private void Describe(int kind, int start, int length)
    {
        try
        {
            _tables.Take(kind, _buffer.AsMemory(start, length));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            Malformed++;
        }
    }

    private TraceEvent Event(BpfLayout layout, uint cpu, ReadOnlyMemory<byte> record)
    {
        if (!_schemas.TryGetValue(layout, out var schema))
        {
            _schemas[layout] = schema = new BpfSchema(layout, _tables);
        }

        var bytes = record.Span;
        var comm = bytes.Slice(layout.Head.Comm, 16);
        var nul = comm.IndexOf((byte)0);
        return new TraceEvent(
            schema,
            new TraceTime(BinaryPrimitives.ReadUInt64LittleEndian(bytes[layout.Head.Time..])),
            cpu == BpfFrame.NoCpu ? -1 : (int)cpu,
            BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.Head.Pid..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.Head.Tgid..]),
            _comms.Get(nul < 0 ? comm : comm[..nul]),
            default,
            record);
    }
}
