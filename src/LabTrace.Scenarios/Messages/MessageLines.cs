namespace LabTrace.Scenarios.Messages;

/// <summary>Messages as lines of NDJSON, each made once for all the files of a run that it goes to.</summary>
/// <remarks>For writers that are handed the same messages one after another, as the sinks of a run are; not for several threads at once.</remarks>
public sealed class MessageLines
{
    private const int UsualLine = 4096;

    private readonly JsonLines _line = new(UsualLine);
    private Envelope? _last;

    /// <summary>The message's line with its end; valid until the next is asked for.</summary>
    internal ReadOnlySpan<byte> Of(Envelope envelope)
    {
        if (!ReferenceEquals(envelope, _last))
        {
            _last = null;
            _line.Clear();
            EnvelopeJson.Write(_line, envelope);
            _last = envelope;
        }

        return _line.Written;
    }
}
