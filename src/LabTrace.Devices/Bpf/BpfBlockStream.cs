using System.Threading.Channels;

namespace LabTrace.Devices;

/// <summary>
/// What one thread writes and another reads, with a bound between them: the writer waits when the reader is so far behind. Reading
/// waits for data and ends when the writer has closed and all is read.
/// </summary>
/// <param name="waitingBlocks">How many written pieces may wait for the reader.</param>
public sealed class BpfBlockStream(int waitingBlocks) : Stream
{
    private readonly Channel<byte[]> _blocks = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(waitingBlocks) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _abandoned = new();
    private ReadOnlyMemory<byte> _left;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether the reader has gone: what is written is let go.</summary>
    public bool IsAbandoned => _abandoned.IsCancellationRequested;

    /// <summary>No more will be written; an error is the reader's behind what was written before.</summary>
    public void Complete(Exception? error = null) => _ = _blocks.Writer.TryComplete(error);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty || IsAbandoned)
        {
            return;
        }

        var block = buffer.ToArray();
        if (_blocks.Writer.TryWrite(block))
        {
            return;
        }

        try
        {
            _blocks.Writer.WriteAsync(block, _abandoned.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Nobody reads any more.
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.IsEmpty)
        {
            if (_blocks.Reader.TryRead(out var block))
            {
                _left = block;
            }
            else if (!await _blocks.Reader.WaitToReadAsync(cancellationToken))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _abandoned.Cancel();
        }

        base.Dispose(disposing);
    }
}
