namespace LabTrace.Emulation.Grtrace;

/// <summary>One cpu's relay buffer in no-overwrite mode: sub-buffers that fill, are read once, and refuse what finds no room.</summary>
/// <remarks>
/// kernel/relay.c: a record never straddles two sub-buffers; a read takes what is there, also of the sub-buffer being written, and
/// consumes it; poll(2) tells only of sub-buffers that are finished.
/// </remarks>
internal sealed class RelayBuffer
{
    private readonly byte[]?[] _subBuffers;
    private readonly int[] _used;
    private readonly int[] _events;
    private long _produced;
    private long _consumed;
    private int _consumedBytes;
    private int _offset;
    private bool _isFull;
    private bool _isDropping;

    /// <param name="bytes">Bytes in all.</param>
    /// <param name="subBuffers">How many sub-buffers they make.</param>
    public RelayBuffer(int bytes, int subBuffers)
    {
        SubBufferBytes = bytes / subBuffers;
        _subBuffers = new byte[]?[subBuffers];
        _used = new int[subBuffers];
        _events = new int[subBuffers];
    }

    /// <summary>Bytes of a sub-buffer, the most a record can have.</summary>
    public int SubBufferBytes { get; }

    /// <summary>Sub-buffers that were read to their end.</summary>
    public long SubBuffersConsumed => _consumed;

    /// <summary>How often the buffer became full.</summary>
    public long Overruns { get; private set; }

    /// <summary>Asked for each finished sub-buffer that has events: whether it is to vanish. A fault.</summary>
    public Func<int, bool>? LosesSubBuffer { get; set; }

    /// <summary>Whether poll(2) says that there is something to read: a finished sub-buffer.</summary>
    public bool IsReadable => _produced != _consumed;

    /// <summary>How much of the buffer is not read yet, 0 to 100 %.</summary>
    public int FillPercent
    {
        get
        {
            var pending = ((_produced - _consumed) * SubBufferBytes) + (_isFull ? 0 : _offset) - _consumedBytes;
            return (int)(pending * 100 / ((long)SubBufferBytes * _subBuffers.Length));
        }
    }

    private int WriteIndex => (int)(_produced % _subBuffers.Length);

    /// <summary>Room for a record in one piece, or nothing when the buffer is full.</summary>
    public Span<byte> Reserve(int size)
    {
        if (_isFull || _offset + size > SubBufferBytes)
        {
            if (!_isFull)
            {
                Finish();
            }

            if (_produced - _consumed >= _subBuffers.Length)
            {
                Overruns += _isDropping ? 0 : 1;
                (_isFull, _isDropping) = (true, true);
                return default;
            }

            _isFull = false;
        }

        _isDropping = false;

        return (_subBuffers[WriteIndex] ??= new byte[SubBufferBytes]).AsSpan(_offset, size);
    }

    /// <summary>Keeps what was written into the room that <see cref="Reserve"/> gave.</summary>
    public void Commit(int size, int events)
    {
        _offset += size;
        _events[WriteIndex] += events;
    }

    /// <summary>relay_flush: finishes the sub-buffer that is being written, so that poll tells of it.</summary>
    public void Flush()
    {
        if (!_isFull && _offset > 0)
        {
            Finish();
            _isFull = _produced - _consumed >= _subBuffers.Length;
        }
    }

    /// <summary>read(2): takes what is there; 0 when nothing is.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length)
        {
            var isFinished = _consumed < _produced;
            if (!isFinished && _isFull)
            {
                break;
            }

            var index = (int)(_consumed % _subBuffers.Length);
            var there = (isFinished ? _used[index] : _offset) - _consumedBytes;
            var count = Math.Min(there, buffer.Length - read);
            if (count > 0)
            {
                _subBuffers[index].AsSpan(_consumedBytes, count).CopyTo(buffer[read..]);
                _consumedBytes += count;
                read += count;
            }

            if (isFinished && _consumedBytes >= _used[index])
            {
                _consumed++;
                _consumedBytes = 0;
                _events[index] = 0;
            }
            else if (count <= 0)
            {
                break;
            }
        }

        return read;
    }

    private void Finish()
    {
        var index = WriteIndex;
        _used[index] = _offset;
        if (_events[index] > 0 && LosesSubBuffer?.Invoke(_events[index]) == true)
        {
            // What was read of it already has been read.
            _used[index] = _produced == _consumed ? _consumedBytes : 0;
        }

        _produced++;
        _offset = 0;
        if (_produced - _consumed < _subBuffers.Length)
        {
            _events[WriteIndex] = 0;
        }
    }
}
