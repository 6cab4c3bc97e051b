namespace LabTrace.Tracing;

/// <summary>Walks the records of one ring-buffer page (sub-buffer).</summary>
/// <remarks>Spec trace.dat §4. Records are handed out as slices of the page, valid as long as the page is.</remarks>
public ref struct SubBufferReader
{
    private const uint CommitMask = (1u << 27) - 1;
    private const uint MissedStored = 1u << 30;
    private const uint MissedFlag = 1u << 31;
    private const ulong AbsoluteTopBits = 0xf8UL << 56;

    private readonly ReadOnlySpan<byte> _page;
    private readonly SubBufferLayout _layout;
    private readonly int _end;
    private int _next;
    private int _payloadOffset;
    private int _payloadLength;
    private ulong _time;

    /// <summary>Starts before the page's first record.</summary>
    /// <param name="page">One sub-buffer; a short last page of a cut capture is read as far as it goes.</param>
    /// <param name="layout">The recording kernel's layout.</param>
    public SubBufferReader(ReadOnlySpan<byte> page, SubBufferLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _page = page;
        _layout = layout;
        _next = layout.DataOffset;
        if (page.Length < layout.DataOffset)
        {
            Fault = "a sub-buffer header is cut short";
            return;
        }

        _time = layout.U64(page[layout.TimestampOffset..]);
        var commit = layout.LongSize == 8 ? (uint)layout.U64(page[layout.CommitOffset..]) : layout.U32(page[layout.CommitOffset..]);
        var bytes = (int)(commit & CommitMask);
        _end = layout.DataOffset + bytes;
        if (_end > page.Length)
        {
            Fault = page.Length < layout.Size ? "a sub-buffer is cut short" : "the commit count is larger than the sub-buffer";
            _end = page.Length < layout.Size ? page.Length : layout.DataOffset;
        }

        Missed = (commit & MissedFlag) == 0 ? 0
            : (commit & MissedStored) != 0 && _end + layout.LongSize <= page.Length ? Math.Max((long)layout.Long(page[_end..]), 0)
            : -1;
        StartTime = _time;
    }

    /// <summary>Events the kernel overwrote before this page: 0 none, -1 some but it does not say how many.</summary>
    public long Missed { get; }

    /// <summary>The page's own timestamp, ticks of the trace clock.</summary>
    public ulong StartTime { get; }

    /// <summary>Why walking ended before the page's end, null when it did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>The current record's timestamp, ticks of the trace clock.</summary>
    public readonly ulong Timestamp => _time;

    /// <summary>The current record: the event with its common fields, padded to four bytes.</summary>
    public readonly ReadOnlySpan<byte> Payload => _page.Slice(_payloadOffset, _payloadLength);

    /// <summary>Where <see cref="Payload"/> starts in the page.</summary>
    public readonly int PayloadOffset => _payloadOffset;

    /// <summary>Bytes of <see cref="Payload"/>.</summary>
    public readonly int PayloadLength => _payloadLength;

    /// <summary>Advances to the next data record; false at the end of the page or at a broken record (see <see cref="Fault"/>).</summary>
    public bool Read()
    {
        while (_next + 4 <= _end)
        {
            var header = _layout.U32(_page[_next..]);
            var (type, delta) = _layout.IsBigEndian ? (header >> 27, header & CommitMask) : (header & 31, header >> 5);
            var start = _next;
            switch (type)
            {
                case 0:
                    if (!TryLength(start, out var stored) || stored < 4)
                    {
                        return Broken("a record's length");
                    }

                    _payloadOffset = start + 8;
                    _payloadLength = (int)((stored - 4 + 3) & ~3u);
                    break;
                case <= 28:
                    _payloadOffset = start + 4;
                    _payloadLength = (int)type * 4;
                    break;
                case 29:
                    // A discarded record or the page's tail; delta 0 says that nothing follows.
                    if (delta == 0)
                    {
                        _next = _end;
                        return false;
                    }

                    if (!TryLength(start, out var skip) || skip < 4)
                    {
                        return Broken("a padding's length");
                    }

                    _time += delta;
                    _next = (int)Math.Min(start + 4L + skip, _end);
                    continue;
                default:
                    if (start + 8 > _end)
                    {
                        return Broken("a time record");
                    }

                    var time = delta + ((ulong)_layout.U32(_page[(start + 4)..]) << 27);
                    _time = type == 30 ? _time + time : time | (_time & AbsoluteTopBits);
                    _next = start + 8;
                    continue;
            }

            if (_payloadOffset + (long)_payloadLength > _end)
            {
                return Broken("a record's end");
            }

            _time += delta;
            _next = _payloadOffset + _payloadLength;
            return true;
        }

        return false;
    }

    private readonly bool TryLength(int start, out uint length)
    {
        length = start + 8 <= _end ? _layout.U32(_page[(start + 4)..]) : 0;
        return length <= (uint)(_end - start);
    }

    private bool Broken(string what)
    {
        Fault ??= $"{what} lies outside the sub-buffer's {_end} bytes";
        _payloadLength = 0;
        _next = _end;
        return false;
    }
}
