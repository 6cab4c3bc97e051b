namespace LabTrace.Tracing;

/// <summary>The records of one cpu of one ring buffer, in the order they were recorded.</summary>
internal sealed class PageLane : IDisposable
{
    private readonly PageSource _source;
    private readonly SubBufferLayout _layout;
    private readonly TallyBuilder _tally;
    private readonly int _leastPayload;
    private readonly Func<ulong, ulong>? _toTime;
    private ArraySegment<byte> _window;
    private int _pageInWindow;
    private int _pageLength;
    private long _windowOffset;
    private bool _hasPage;
    private SubBufferWalk _walk;

    /// <param name="cpu">The cpu, zero-based.</param>
    /// <param name="bufferIndex">Which of the capture's ring buffers it belongs to.</param>
    /// <param name="source">Its sub-buffers; disposed with the lane.</param>
    /// <param name="layout">How they are laid out.</param>
    /// <param name="leastPayload">Shorter records cannot hold the common fields; they are counted as malformed.</param>
    /// <param name="toTime">Makes times of stamps, null when they are the same.</param>
    /// <param name="tally">Where losses and damage are counted.</param>
    public PageLane(int cpu, int bufferIndex, PageSource source, SubBufferLayout layout, int leastPayload, Func<ulong, ulong>? toTime, TallyBuilder tally)
    {
        Cpu = cpu;
        BufferIndex = bufferIndex;
        _source = source;
        _layout = layout;
        _leastPayload = leastPayload;
        _toTime = toTime;
        _tally = tally;
    }

    public int Cpu { get; }

    public int BufferIndex { get; }

    /// <summary>Bytes of its sub-buffers; 0 when it is not known.</summary>
    public long Bytes => _source.Bytes;

    public bool KeepsPages => _source.KeepsPages;

    /// <summary>Time of the current record.</summary>
    public ulong Time { get; private set; }

    /// <summary>Time of the first record; null when there was none.</summary>
    public ulong? FirstTime { get; private set; }

    /// <summary>The array the current record is in.</summary>
    public byte[] Buffer { get; private set; } = [];

    public int PayloadOffset { get; private set; }

    public int PayloadLength => _walk.PayloadLength;

    /// <summary>Where the current record stands in the cpu's pages.</summary>
    public long Position => _windowOffset + _pageInWindow + _walk.PayloadOffset;

    /// <summary>Events that are missing before the current record, -1 when it is not known how many; taking it clears it.</summary>
    public long Lost { get; set; }

    /// <summary>Advances to the next record; false at the end.</summary>
    public bool Advance()
    {
        while (true)
        {
            if (!_hasPage && !NextPage())
            {
                return false;
            }

            var page = Buffer.AsSpan(_window.Offset + _pageInWindow, _pageLength);
            if (!_walk.Read(page, _layout))
            {
                if (_walk.Fault is { } fault)
                {
                    _tally.AddMalformed(_windowOffset + _pageInWindow, fault, page, isText: false);
                }

                _hasPage = false;
                _pageInWindow += _pageLength;
                continue;
            }

            if (_walk.PayloadLength < _leastPayload)
            {
                _tally.AddMalformed(
                    Position, "the record is shorter than its common fields", page.Slice(_walk.PayloadOffset, _walk.PayloadLength), isText: false);
                continue;
            }

            PayloadOffset = _window.Offset + _pageInWindow + _walk.PayloadOffset;
            Time = _toTime is null ? _walk.Time : _toTime(_walk.Time);
            FirstTime ??= Time;
            return true;
        }
    }

    public void Dispose() => _source.Dispose();

    private bool NextPage()
    {
        if (_pageInWindow == _window.Count)
        {
            _windowOffset += _window.Count;
            _window = _source.Next();
            _pageInWindow = 0;
            Buffer = _window.Array ?? [];
            if (_window.Count == 0)
            {
                return false;
            }
        }

        _pageLength = Math.Min(_layout.Size, _window.Count - _pageInWindow);
        _walk = new SubBufferWalk(_window.AsSpan(_pageInWindow, _pageLength), _layout);
        _hasPage = true;
        if (_walk.Missed != 0)
        {
            _tally.AddLost(Cpu, _walk.Missed, BufferIndex);
            Lost = _walk.Missed < 0 || Lost < 0 ? -1 : Lost + _walk.Missed;
        }

        return true;
    }
}
