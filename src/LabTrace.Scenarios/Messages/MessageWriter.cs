namespace LabTrace.Scenarios.Messages;

/// <summary>
/// Writes the message stream as NDJSON, one object a line. What starts and ends a scenario is in the file at once, everything
/// else after a moment: a run that is killed leaves what it had done, and the mark of what it was at.
/// </summary>
public sealed class MessageWriter : IRunSink
{
    private const int FlushBytes = 32 * 1024;
    private static readonly TimeSpan MostDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly JsonLines _lines = new(FlushBytes);
    private readonly MessageLines? _shared;
    private readonly ITimer _timer;
    private bool _isTimerSet;
    private Exception? _late;

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Where to; nothing is read from it.</param>
    /// <param name="leaveOpen">The caller closes it.</param>
    /// <param name="time">What the moment is measured by, or null for the system's.</param>
    /// <param name="shared">The lines that another writer of the same messages makes too, or null when there is none.</param>
    public MessageWriter(Stream stream, bool leaveOpen = false, TimeProvider? time = null, MessageLines? shared = null)
    {
        _stream = stream;
        _shared = shared;
        _leaveOpen = leaveOpen;
        _timer = (time ?? TimeProvider.System).CreateTimer(
            static writer => ((MessageWriter)writer!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes to a file, made anew with its directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shared">The lines that another writer of the same messages makes too, or null when there is none.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static MessageWriter Create(string path, MessageLines? shared = null)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
        }

        return new MessageWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), shared: shared);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        lock (_gate)
        {
            ThrowIfLate();
            if (_shared is null)
            {
                EnvelopeJson.Write(_lines, envelope);
            }
            else
            {
                _lines.Append(_shared.Of(envelope));
            }

            if (_lines.Count >= FlushBytes || EndsABlock(envelope))
            {
                Flush();
            }
            else if (!_isTimerSet)
            {
                _isTimerSet = true;
                _timer.Change(MostDelay, Timeout.InfiniteTimeSpan);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what is left and closes the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        try
        {
            lock (_gate)
            {
                ThrowIfLate();
                Flush();
            }
        }
        finally
        {
            if (!_leaveOpen)
            {
                await _stream.DisposeAsync();
            }
        }
    }

    private static bool EndsABlock(Envelope envelope) =>
        envelope.TestCaseFinished is not null || envelope.TestCaseStarted is not null || envelope.TestRunStarted is not null || envelope.TestRunFinished is not null;

    private void OnTimer()
    {
        lock (_gate)
        {
            _isTimerSet = false;
            try
            {
                Flush();
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                _late = error;
            }
        }
    }

    // What went wrong on the timer's thread, the next to write is told.
    private void ThrowIfLate()
    {
        if (_late is { } error)
        {
            _late = null;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }

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
