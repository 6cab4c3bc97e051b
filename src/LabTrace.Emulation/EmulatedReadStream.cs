using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation;

/// <summary>A stream over an emulated file or pipe: a read waits in virtual time until there is something.</summary>
/// <param name="machine">Where the file is.</param>
/// <param name="isReadable">Whether a read gives something now.</param>
/// <param name="read">One read(2).</param>
/// <param name="close">Called once.</param>
/// <param name="isDriving">Whether a waiting read lets time pass at once, as for a program that has to run to write something.</param>
internal sealed class EmulatedReadStream(Machine machine, Func<bool> isReadable, Func<Memory<byte>, int> read, Action close, bool isDriving) : Stream
{
    private readonly FollowingReader _reader = new(isReadable);
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
        bool Take()
        {
            if (!isReadable())
            {
                return false;
            }

            count = read(buffer);
            machine.DataTaken();
            return true;
        }

        await (isDriving ? machine.WaitUntilAsync(Take, cancellationToken) : machine.WaitForDataAsync(Take, _reader, cancellationToken));
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
            machine.ReaderHasLeft(_reader);
        }

        base.Dispose(disposing);
    }
}
