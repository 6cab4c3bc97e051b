namespace LabTrace.Tracing;

/// <summary>Walks the records of one ring-buffer page (sub-buffer).</summary>
/// <remarks>Format: RingBuffer/RingBuffer.md. Records are handed out as slices of the page, valid as long as the page is.</remarks>
public ref struct SubBufferReader
{
    private readonly ReadOnlySpan<byte> _page;
    private readonly SubBufferLayout _layout;
    private SubBufferWalk _walk;

    /// <summary>Starts before the page's first record.</summary>
    /// <param name="page">One sub-buffer; a short last page of a cut capture is read as far as it goes.</param>
    /// <param name="layout">The recording kernel's layout.</param>
    public SubBufferReader(ReadOnlySpan<byte> page, SubBufferLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _page = page;
        _layout = layout;
        _walk = new SubBufferWalk(page, layout);
        StartTime = _walk.Time;
    }

    /// <summary>Events the kernel overwrote before this page: 0 none, -1 some but it does not say how many.</summary>
    public readonly long Missed => _walk.Missed;

    /// <summary>The page's own timestamp, ticks of the trace clock.</summary>
    public ulong StartTime { get; }

    /// <summary>Why walking ended before the page's end, null when it did not.</summary>
    public readonly string? Fault => _walk.Fault;

    /// <summary>The current record's timestamp, ticks of the trace clock.</summary>
    public readonly ulong Timestamp => _walk.Time;

    /// <summary>The current record: the event with its common fields, padded to four bytes.</summary>
    public readonly ReadOnlySpan<byte> Payload => _page.Slice(_walk.PayloadOffset, _walk.PayloadLength);

    /// <summary>Where <see cref="Payload"/> starts in the page.</summary>
    public readonly int PayloadOffset => _walk.PayloadOffset;

    /// <summary>Bytes of <see cref="Payload"/>.</summary>
    public readonly int PayloadLength => _walk.PayloadLength;

    /// <summary>Advances to the next data record; false at the end of the page or at a broken record (see <see cref="Fault"/>).</summary>
    public bool Read() => _walk.Read(_page, _layout);
}
