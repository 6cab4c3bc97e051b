namespace LabTrace.Tracing;

/// <summary>Reads <c>trace_pipe</c> as it comes, in pieces of any size.</summary>
public sealed class FtraceTextStream
{
    private readonly TallyBuilder _tally = new();
    private readonly FtraceTextParser _parser;
    private byte[] _rest = [];
    private long _offset;
    private long _events;

    /// <summary>Starts before the first byte.</summary>
    public FtraceTextStream() => _parser = new FtraceTextParser(_tally, 0);

    /// <summary>What was read so far.</summary>
    public ReadTally Tally => _tally.ToTally(_events);

    /// <summary>Takes the next bytes and gives the events that are whole; a marker or stack is whole when the line behind it has come.</summary>
    /// <param name="bytes">The bytes; they are copied.</param>
    public IReadOnlyList<TraceEvent> Feed(ReadOnlySpan<byte> bytes) => Read([.. _rest, .. bytes], isFinal: false);

    /// <summary>Ends the stream and gives what is left; a line without an end is counted as malformed.</summary>
    public IReadOnlyList<TraceEvent> Complete() => Read(_rest, isFinal: true);

    private TraceEvent[] Read(byte[] text, bool isFinal)
    {
        var consumed = _parser.Parse(text, _offset, isFinal);
        _rest = text[consumed..];
        _offset += consumed;
        var events = _parser.TakeEvents();
        _events += events.Length;
        return events;
    }
}
