namespace LabTrace.Devices;

/// <summary><c>trace_pipe</c> with an end: it is over when recording is off and every cpu's buffer is empty.</summary>
internal sealed class TracePipeStream(TraceInstance instance, Stream pipe, TimeProvider time) : TargetStream
{
    // The kernel gives no end of file to a reader that does not block, so a quiet pipe is asked why it is quiet.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(50);

    private bool _mayBeOver = true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_mayBeOver && await IsOverAsync(cancellationToken))
            {
                return 0;
            }

            using var quiet = new CancellationTokenSource(QuietTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, cancellationToken);
            try
            {
                var got = await pipe.ReadAsync(buffer, either.Token);
                _mayBeOver = got < buffer.Length / 2;
                return got;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _mayBeOver = true;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await pipe.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipe.Dispose();
        }

        base.Dispose(disposing);
    }

    // In this order: what is recorded between the two looks is still there at the second.
    private async ValueTask<bool> IsOverAsync(CancellationToken cancellationToken) =>
        !await instance.IsOnAsync(cancellationToken) && (await instance.ReadStatsAsync(cancellationToken)).Entries == 0;
}
