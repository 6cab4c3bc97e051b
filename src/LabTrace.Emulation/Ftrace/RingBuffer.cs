using LabTrace.Tracing;

namespace LabTrace.Emulation.Ftrace;

/// <summary>
/// One cpu's ring buffer with the kernel's mechanics: sub-buffers in a ring, one more that the reader owns, the oldest
/// overwritten or the newest dropped when all are full, and lost events told to the reader with the next page it takes.
/// </summary>
internal sealed class RingBuffer
{
    private const int HeaderSize = 16;
    private readonly LinkedList<SubBuffer> _ring = new();
    private readonly SubBufferLayout _layout;
    private readonly int _capacity;
    private SubBuffer? _reader;
    private int _readerAt;
    private ulong _lastTime;
    private ulong _lastReadTime;
    private long _bytes;
    private long _overrunTold;

    public RingBuffer(int subBufferSize, int pages)
    {
        _layout = SubBufferLayout.Linux64.WithSize(subBufferSize);
        _capacity = subBufferSize - HeaderSize;
        Pages = pages;
    }

    /// <summary>Records that will be lost as if they had been overwritten, for a scenario that wants that.</summary>
    public int ToLose { get; set; }

    /// <summary>Sub-buffers in the ring, the reader's not counted.</summary>
    public int Pages { get; private set; }

    public long Overrun { get; private set; }

    public long Dropped { get; private set; }

    public long ReadEvents { get; private set; }

    /// <summary>Records in the buffer, not yet read.</summary>
    public long Entries { get; private set; }

    public long Bytes => _bytes;

    /// <summary>Whether a consuming reader would get something.</summary>
    public bool IsEmpty => Entries == 0;

    /// <summary>The time of the oldest record or, when all are read, of the page that was read last.</summary>
    public ulong OldestTime => _reader is not null && _readerAt < _reader.Count ? _reader.FirstTime
        : _ring.First is { } first && first.Value.Count > 0 ? first.Value.FirstTime : _lastReadTime;

    /// <summary>Adds a record; when there is no room, the oldest sub-buffer goes or the record is dropped.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool Write(ulong time, ReadOnlySpan<byte> record, bool overwrite)
    {
        if (ToLose > 0)
        {
            ToLose--;
            Overrun++;
            return true;
        }

        var page = _ring.Last?.Value ?? (_reader is { IsFull: false } ? _reader : null);
        time = Math.Max(time, page is null ? 0 : _lastTime);
        var before = page?.Used ?? 0;
        if (page is null || !page.TryAppend(time, record))
        {
            if (page is not null && _ring.Count >= Pages)
            {
                if (!overwrite)
                {
                    Dropped++;
                    return false;
                }

                DropOldest();
            }

            if (page is not null)
            {
                // The rest of a sub-buffer counts as used, unless its reader is through with it already.
                _bytes += page == _reader && _readerAt == page.Count ? 0 : _capacity - page.Used;
                page.IsFull = true;
            }

            page = new SubBuffer(_capacity);
            _ = _ring.AddLast(page);
            before = 0;
            if (!page.TryAppend(time, record))
            {
                return false;
            }
        }

        _bytes += page.Used - before;
        Entries++;
        _lastTime = time;
        return true;
    }

    /// <summary>The next record to be consumed, and how many were lost before it.</summary>
    public bool TryPeek(out ulong time, out ReadOnlyMemory<byte> record, out long lost)
    {
        lost = 0;
        if (!TakePage())
        {
            (time, record) = (0, default);
            return false;
        }

        (time, record) = _reader!.At(_readerAt);
        lost = _readerAt == 0 ? _reader.Missed : 0;
        return true;
    }

    /// <summary>Consumes the record that <see cref="TryPeek"/> showed.</summary>
    public void Skip()
    {
        _bytes -= _reader!.SizeAt(_readerAt);
        _readerAt++;
        _bytes -= _reader.IsFull && _readerAt == _reader.Count ? _capacity - _reader.Used : 0;
        Entries--;
        ReadEvents++;
        _lastReadTime = _reader.FirstTime;
    }

    /// <summary>Consumes a page as <c>trace_pipe_raw</c> gives it; null when there is nothing.</summary>
    public byte[]? TakeRawPage()
    {
        if (!TakePage())
        {
            return null;
        }

        var writer = new SubBufferWriter(_layout, _layout.Size);
        for (var i = _readerAt; i < _reader!.Count; i++)
        {
            var (time, record) = _reader.At(i);
            _ = writer.TryAppend(time, record.Span);
        }

        if (_readerAt == 0 && _reader.Missed > 0)
        {
            writer.SetMissed(_reader.Missed);
        }

        var count = _reader.Count - _readerAt;
        _bytes -= (_reader.IsFull ? _capacity : _reader.Used) - _reader.OffsetOf(_readerAt);
        Entries -= count;
        ReadEvents += count;
        _readerAt = _reader.Count;
        _lastReadTime = _reader.FirstTime;
        return writer.ToPage();
    }

    /// <summary>All records in order, nothing consumed.</summary>
    public IEnumerable<(ulong Time, ReadOnlyMemory<byte> Record)> Iterate()
    {
        for (var i = _readerAt; _reader is not null && i < _reader.Count; i++)
        {
            yield return _reader.At(i);
        }

        foreach (var page in _ring)
        {
            for (var i = 0; i < page.Count; i++)
            {
                yield return page.At(i);
            }
        }
    }

    /// <summary>Changes the number of sub-buffers; what no longer fits is overrun.</summary>
    public void Resize(int pages)
    {
        Pages = pages;
        while (_ring.Count > pages)
        {
            DropOldest();
        }
    }

    /// <summary>Empties the buffer and its counters.</summary>
    public void Reset()
    {
        _ring.Clear();
        _reader = null;
        _readerAt = 0;
        (Overrun, Dropped, ReadEvents, Entries, _bytes, _overrunTold) = (0, 0, 0, 0, 0, 0);
        _lastTime = 0;
    }

    private void DropOldest()
    {
        var oldest = _ring.First!.Value;
        _ring.RemoveFirst();
        Overrun += oldest.Count;
        Entries -= oldest.Count;
        _bytes -= _capacity;
    }

    private bool TakePage()
    {
        if (_reader is not null && _readerAt < _reader.Count)
        {
            return true;
        }

        if (_ring.First is not { } first || first.Value.Count == 0)
        {
            return false;
        }

        _ring.RemoveFirst();
        _reader = first.Value;
        _readerAt = 0;
        _reader.Missed = Overrun - _overrunTold;
        _overrunTold = Overrun;
        return true;
    }
}
