namespace LabTrace.Scenarios.Messages;

/// <summary>Writes the message stream as NDJSON, one object a line. Everything up to the last ended scenario is in the file.</summary>
public sealed class MessageWriter : IRunSink
{
    private const int FlushBytes = 32 * 1024;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly JsonLines _lines = new(FlushBytes);

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Where to; nothing is read from it.</param>
    /// <param name="leaveOpen">The caller closes it.</param>
    public MessageWriter(Stream stream, bool leaveOpen = false)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Writes to a file, made anew with its directory.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static MessageWriter Create(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }

        return new MessageWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        EnvelopeJson.Write(_lines, envelope);
        if (_lines.Count >= FlushBytes || EndsABlock(envelope))
        {
            Flush();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what is left and closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Flush();
        }
        finally
        {
            if (!_leaveOpen)
            {
                await _stream.DisposeAsync();
            }
        }
    }

    // A started scenario is in the file too: a run that is killed leaves the mark of what it was at.
    private static bool EndsABlock(Envelope envelope) =>
        envelope.TestCaseFinished is not null || envelope.TestCaseStarted is not null || envelope.TestRunStarted is not null || envelope.TestRunFinished is not null;

    private void Flush()
    {
        if (_lines.Count == 0)
        {
            return;
        }

        // Dropped even when the write fails, so that a full disk does not fill the memory as well.
        try
        {
            _stream.Write(_lines.Written);
            _stream.Flush();
        }
        finally
        {
            _lines.Clear();
        }
    }
}
