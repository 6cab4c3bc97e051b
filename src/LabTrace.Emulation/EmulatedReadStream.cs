using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation;

/// <summary>A stream over an emulated file or pipe: a read waits in virtual time until there is something.</summary>
internal sealed class EmulatedReadStream(Machine machine, Func<bool> isReadable, Func<Memory<byte>, int> read, Action close) : Stream
{
    private bool _isClosed;

    public override bool CanRead => !_isClosed;

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
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var count = 0;
        await machine.WaitUntilAsync(
            () =>
            {
                if (!isReadable())
                {
                    return false;
                }

                count = read(buffer);
                machine.DataTaken();
                return true;
            },
            isReader: true,
            cancellationToken);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_isClosed)
        {
            _isClosed = true;
            close();
            machine.ReaderGone();
        }

        base.Dispose(disposing);
    }
}
