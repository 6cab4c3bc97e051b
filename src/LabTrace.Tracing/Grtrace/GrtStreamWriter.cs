using System.Buffers;

namespace LabTrace.Tracing;

/// <summary>Writes a GRT stream of one session as grtrace does: numbers events over all cpus and on each, tells losses.</summary>
/// <remarks>One file takes the records of all cpus in the order of the calls; readers put them in order by time.</remarks>
public sealed class GrtStreamWriter : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly Stream _output;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private readonly Dictionary<uint, ulong> _cseq = [];
    private ulong _gseq;
    private int _filled;
    private bool _isDisposed;

    /// <summary>Starts a session.</summary>
    /// <param name="output">Where the bytes go; it is not closed.</param>
    /// <param name="firstGseq">The number of the first event.</param>
    public GrtStreamWriter(Stream output, ulong firstGseq = 1)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _gseq = firstGseq;
    }

    /// <summary>The number that the next event gets.</summary>
    public ulong NextGseq => _gseq;

    /// <summary>How many bytes were written.</summary>
    public long Length { get; private set; }

    /// <summary>Writes STREAM_INFO and METADATA.</summary>
    public void WriteStart(uint cpu, GrtStreamInfo info, GrtMetadata? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        Written(GrtRecords.WriteStreamInfo(Room(GrtLayout.StreamInfoBytes), Control(cpu, info.StartTimestamp), info));
        if (metadata is not null)
        {
            Written(GrtRecords.WriteMetadata(Room(metadata.RecordBytes), Control(cpu, info.StartTimestamp), metadata));
        }
    }

    /// <summary>Writes an event.</summary>
    /// <param name="kind">What it says; <see cref="GrtEventKind.Custom"/> gets the first of the custom types.</param>
    /// <param name="cpu">Where.</param>
    /// <param name="timestamp">When, nanoseconds.</param>
    /// <param name="job">What it says.</param>
    public void Write(GrtEventKind kind, uint cpu, ulong timestamp, in GrtJob job) =>
        Write(kind == GrtEventKind.Custom ? GrtLayout.FirstCustomType : (ushort)kind, cpu, timestamp, job);

    /// <summary>Writes an event by its type number.</summary>
    public void Write(ushort type, uint cpu, ulong timestamp, in GrtJob job) =>
        Written(GrtRecords.WriteJob(Room(GrtLayout.JobBytes), Next(type, cpu, timestamp), job));

    /// <summary>Writes an event with a payload of the caller's.</summary>
    public void WriteRaw(ushort type, uint cpu, ulong timestamp, ReadOnlySpan<byte> payload) =>
        Written(GrtRecords.WriteRaw(Room(GrtLayout.HeaderBytes + payload.Length + GrtLayout.Alignment), Next(type, cpu, timestamp), payload));

    /// <summary>Loses events of a cpu: they take numbers and leave nothing.</summary>
    /// <param name="cpu">Where.</param>
    /// <param name="count">How many.</param>
    /// <param name="timestamp">When a LOST record tells of it; null tells nothing.</param>
    public void Lose(uint cpu, ulong count, ulong? timestamp)
    {
        var first = _gseq;
        _gseq += count;
        _cseq[cpu] = _cseq.GetValueOrDefault(cpu) + count;
        if (timestamp is { } time)
        {
            Written(GrtRecords.WriteLost(Room(GrtLayout.LostBytes), Control(cpu, time), count, first));
        }
    }

    /// <summary>Hands on what was written.</summary>
    public void Flush()
    {
        _output.Write(_buffer, 0, _filled);
        _filled = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Flush();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private GrtHeader Control(uint cpu, ulong timestamp) => new(0, 0, cpu, timestamp, _gseq, _cseq.GetValueOrDefault(cpu));

    private GrtHeader Next(ushort type, uint cpu, ulong timestamp)
    {
        var cseq = _cseq.GetValueOrDefault(cpu);
        _cseq[cpu] = cseq + 1;
        return new GrtHeader(type, 0, cpu, timestamp, _gseq++, cseq);
    }

    private Span<byte> Room(int bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_buffer.Length - _filled < bytes)
        {
            Flush();
        }

        return _buffer.AsSpan(_filled);
    }

    private void Written(int bytes)
    {
        _filled += bytes;
        Length += bytes;
    }
}
