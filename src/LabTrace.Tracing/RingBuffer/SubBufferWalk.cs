namespace LabTrace.Tracing;

/// <summary>Where the walk over a sub-buffer's records stands. The sub-buffer's bytes are handed in at each step, so that a walk can rest between two.</summary>
/// <remarks>Format: RingBuffer/RingBuffer.md.</remarks>
internal struct SubBufferWalk
{
    private const uint CommitMask = (1u << 27) - 1;
    private const uint MissedStored = 1u << 30;
    private const uint MissedFlag = 1u << 31;
    private const ulong AbsoluteTopBits = 0xf8UL << 56;

    private readonly int _end;
    private int _next;

    /// <summary>Timestamp of the current record, of the sub-buffer before the first.</summary>
    public ulong Time;

    /// <summary>Where the current record's payload starts in the sub-buffer.</summary>
    public int PayloadOffset;

    /// <summary>Bytes of the current record's payload.</summary>
    public int PayloadLength;

    /// <summary>Why the walk ended before the sub-buffer's end, null when it did not.</summary>
    public string? Fault;

    /// <summary>Events overwritten before this sub-buffer: 0 none, -1 some.</summary>
    public long Missed;

    public SubBufferWalk(ReadOnlySpan<byte> page, SubBufferLayout layout)
    {
        _next = layout.DataOffset;
        if (page.Length < layout.DataOffset)
        {
            Fault = "a sub-buffer header is cut short";
            return;
        }

        Time = layout.U64(page[layout.TimestampOffset..]);
        var commit = layout.LongSize == 8 ? (uint)layout.U64(page[layout.CommitOffset..]) : layout.U32(page[layout.CommitOffset..]);
        _end = layout.DataOffset + (int)(commit & CommitMask);
        if (_end > page.Length)
        {
            Fault = page.Length < layout.Size ? "a sub-buffer is cut short" : "the commit count is larger than the sub-buffer";
            _end = page.Length < layout.Size ? page.Length : layout.DataOffset;
        }

        Missed = (commit & MissedFlag) == 0 ? 0
            : (commit & MissedStored) != 0 && _end + layout.LongSize <= page.Length ? Math.Max((long)layout.Long(page[_end..]), 0)
            : -1;
    }

    /// <summary>Advances to the next data record; false at the end of the page or at a broken record.</summary>
    public bool Read(ReadOnlySpan<byte> page, SubBufferLayout layout)
    {
        var next = _next;
        while (next + 4 <= _end)
        {
            var header = layout.U32(page[next..]);
            var (type, delta) = layout.IsBigEndian ? (header >> 27, header & CommitMask) : (header & 31, header >> 5);
            if (type - 1 < 28)
            {
                PayloadOffset = next + 4;
                PayloadLength = (int)type * 4;
            }
            else if (type == 0)
            {
                if (!TryLength(page, layout, next, out var stored) || stored < 4)
                {
                    return Broken("a record's length");
                }

                PayloadOffset = next + 8;
                PayloadLength = (int)((stored - 4 + 3) & ~3u);
            }
            else if (!TryTime(page, layout, type, delta, ref next))
            {
                return false;
            }
            else
            {
                continue;
            }

            if (PayloadOffset + PayloadLength > _end)
            {
                return Broken("a record's end");
            }

            Time += delta;
            _next = PayloadOffset + PayloadLength;
            return true;
        }

        return false;
    }

    /// <summary>Steps over padding and time records; false where the walk ends.</summary>
    private bool TryTime(ReadOnlySpan<byte> page, SubBufferLayout layout, uint type, uint delta, ref int next)
    {
        if (type == 29)
        {
            // A discarded record or the page's tail; delta 0 says that nothing follows.
            if (delta == 0)
            {
                _next = _end;
                return false;
            }

            if (!TryLength(page, layout, next, out var skip) || skip < 4)
            {
                return Broken("a padding's length");
            }

            Time += delta;
            next = (int)Math.Min(next + 4L + skip, _end);
            return true;
        }

        if (next + 8 > _end)
        {
            return Broken("a time record");
        }

        var time = delta + ((ulong)layout.U32(page[(next + 4)..]) << 27);
        Time = type == 30 ? Time + time : time | (Time & AbsoluteTopBits);
        next += 8;
        return true;
    }

    private readonly bool TryLength(ReadOnlySpan<byte> page, SubBufferLayout layout, int start, out uint length)
    {
        length = start + 8 <= _end ? layout.U32(page[(start + 4)..]) : 0;
        return length <= (uint)(_end - start);
    }

    private bool Broken(string what)
    {
        Fault ??= $"{what} lies outside the sub-buffer's {_end} bytes";
        PayloadLength = 0;
        _next = _end;
        return false;
    }
}
