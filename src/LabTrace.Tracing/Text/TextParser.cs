namespace LabTrace.Tracing;

/// <summary>Walks text line by line. Feed it whole files or pieces as they come.</summary>
internal abstract class TextParser(TextSink sink)
{
    /// <summary>A record longer than this is ended where it is, so that a stream's memory stays bounded.</summary>
    public const int MaxRecordBytes = 1 << 20;

    private int _recordStart;
    private bool _isSkippingLine;

    /// <summary>Where the events are gathered.</summary>
    public TextSink Sink => sink;

    protected TallyBuilder Tally => sink.Tally;

    /// <summary>Where the text that is being parsed stands in the capture.</summary>
    protected long TextOffset { get; private set; }

    /// <summary>Whether the last event may take further lines.</summary>
    protected bool IsRecordOpen { get; set; }

    /// <summary>Reads whole lines.</summary>
    /// <param name="text">The bytes; events keep slices of them.</param>
    /// <param name="offset">Where the bytes stand in the capture, for error samples.</param>
    /// <param name="isFinal">Whether nothing follows; a last line without an end is then counted as malformed.</param>
    /// <returns>How many bytes were consumed; the rest is the start of a record that may go on.</returns>
    public int Parse(ReadOnlyMemory<byte> text, long offset, bool isFinal)
    {
        sink.Use(text);
        TextOffset = offset;
        var span = text.Span;
        var at = 0;
        _recordStart = 0;
        while (at < span.Length)
        {
            if (MayTurnBinary && TryRecords(span, ref at, isFinal) is { } isDone)
            {
                if (isDone)
                {
                    break;
                }

                continue;
            }

            var length = span[at..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            var line = span.Slice(at, length);
            if (line.Length > 0 && line[^1] == '\r')
            {
                line = line[..^1];
            }

            if (_isSkippingLine)
            {
                _isSkippingLine = false;
            }
            else if (ReadLine(line, at))
            {
                _recordStart = at;
            }

            at += length + 1;
        }

        if (isFinal)
        {
            if (at < span.Length && !_isSkippingLine)
            {
                ReadTail(span[at..], at);
            }

            EndOfText();
            return span.Length;
        }

        return Rest(span, at);
    }

    public TraceEvent[] TakeEvents() => sink.TakeEvents();

    /// <summary>Whether what follows may be no lines.</summary>
    protected bool MayTurnBinary { get; set; }

    /// <summary>Reads records that are no lines, where there are such.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to begin; moved behind what was read.</param>
    /// <param name="isFinal">Whether nothing follows.</param>
    /// <returns>Null when lines follow, true when more must come before it goes on, false when something was read.</returns>
    protected virtual bool? TryRecords(ReadOnlySpan<byte> text, ref int at, bool isFinal) => null;

    /// <summary>Reads one line, without its end.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where it stands in the text.</param>
    /// <returns>Whether it starts a record.</returns>
    protected abstract bool ReadLine(ReadOnlySpan<byte> line, int start);

    /// <summary>Reads what stands behind the last line end.</summary>
    protected virtual void ReadTail(ReadOnlySpan<byte> tail, int start) =>
        Malformed(tail, start, "the last line has no end: the capture was cut");

    /// <summary>Ends what is still open and counts what only the whole text tells.</summary>
    protected virtual void EndOfText()
    {
    }

    /// <summary>Forgets the open record; its lines will be read again with those that follow.</summary>
    protected virtual void UndoRecord() => sink.RemoveLast();

    protected void Malformed(ReadOnlySpan<byte> line, int start, string reason) => Tally.AddMalformed(TextOffset + start, reason, line, isText: true);

    private int Rest(ReadOnlySpan<byte> span, int at)
    {
        // A record that may go on is read again when more has come, unless it is absurdly long.
        if (IsRecordOpen && span.Length - _recordStart < MaxRecordBytes)
        {
            UndoRecord();
            IsRecordOpen = false;
            return _recordStart;
        }

        IsRecordOpen = false;
        if (span.Length - at >= MaxRecordBytes)
        {
            if (!_isSkippingLine)
            {
                Malformed(span[at..], at, $"the line has more than {MaxRecordBytes} bytes");
            }

            _isSkippingLine = true;
            return span.Length;
        }

        return at;
    }
}
