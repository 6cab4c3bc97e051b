namespace LabTrace.Devices;

/// <summary><c>trace_pipe</c> with an end: it is over when recording is off and every cpu's buffer is empty.</summary>
internal sealed class TracePipeStream(TraceInstance instance, Stream pipe, TimeProvider time) : Stream
{
    // The kernel gives no end of file to a reader that does not block, so a quiet pipe is asked why it is quiet.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(50);

    private bool _mayBeOver = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a target's stream is read with ReadAsync");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
