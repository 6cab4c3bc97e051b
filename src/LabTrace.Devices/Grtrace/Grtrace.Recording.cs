namespace LabTrace.Devices;

/// <content>Recording: the relay buffers are read to where they are empty, and what is read is gone from them.</content>
public sealed partial class Grtrace
{
    /// <summary>Records while something is done: starts, does it, stops, and reads all there is.</summary>
    /// <param name="body">What is done meanwhile; it may call <see cref="CollectAsync"/> before a buffer fills.</param>
    /// <param name="cancellationToken">Gives it up; tracing is stopped then too.</param>
    /// <remarks>What the buffers held before is read first and let go.</remarks>
    public async Task<GrtraceCapture> RecordAsync(Func<GrtraceCapture, Task> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        await CollectAsync(new GrtraceCapture(), cancellationToken);
        var capture = new GrtraceCapture();
        await StartAsync(cancellationToken);
        try
        {
            await body(capture);
        }
        finally
        {
            await StopAsync(CancellationToken.None);
        }

        await CollectAsync(capture, cancellationToken);
        return capture;
    }

    /// <summary>Adds to a capture what the relay buffers hold now.</summary>
    /// <returns>Bytes that were read; 0 while tracing is on only means that there is nothing yet.</returns>
    /// <exception cref="TargetIOException">A buffer cannot be read.</exception>
    public async Task<long> CollectAsync(GrtraceCapture capture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var before = capture.Length;
        foreach (var read in await Target.ReadManyAsync(FindEventFiles(), cancellationToken))
        {
            capture.Add(read.Path, read.Content ?? throw new TargetIOException(Target.Name, "read", read.Path, read.Errno, "its events are still in the buffer: look at the kernel's log, then read again"));
        }

        return capture.Length - before;
    }
}
