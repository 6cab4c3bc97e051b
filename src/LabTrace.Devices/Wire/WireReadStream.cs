namespace LabTrace.Devices.Wire;

/// <summary>
/// A stream at the other end of a wire: one message each way a read. Where reading ahead takes nothing from anybody (a file
/// of known length, a program's output), a few reads are under way at once, so that the wire stays full.
/// </summary>
internal sealed class WireReadStream : TargetStream, INowReader
{
    private const int ReadsAhead = 16;

    // Of what is read ahead: small enough that neither end makes room for large objects all the time.
    private const int LongestAhead = 72 * 1024;

    private readonly WireLink _link;
    private readonly Task _opened;
    private readonly int _handle;
    private readonly bool _readsAhead;
    private readonly Queue<Task<byte[]>> _underWay = [];
    private readonly SemaphoreSlim _reading = new(1, 1);
    private ReadOnlyMemory<byte> _left;
    private bool _isFlowing;
    private bool _isDisposed;

    public WireReadStream(WireLink link, int handle, bool readsAhead)
        : this(link, Task.CompletedTask, handle, readsAhead)
    {
    }

    /// <summary>A stream that is being opened, by a call that was sent before any read of it.</summary>
    public WireReadStream(WireLink link, Task opened, int handle, bool readsAhead) =>
        (_link, _opened, _handle, _readsAhead) = (link, opened, handle, readsAhead);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await _opened;
            var isAskedNow = false;
            while (_left.IsEmpty && !buffer.IsEmpty)
            {
                isAskedNow |= _underWay.Count == 0;
                Ask(buffer.Length);

                // A read that is given up stays under way: what it brings is the next reader's.
                _left = (await _underWay.Peek().WaitAsync(cancellationToken)).AsMemory(1);
                _ = _underWay.Dequeue();
                _isFlowing = !_left.IsEmpty;

                // An end of file that was read ahead says nothing of now: the last read is asked anew.
                if (_left.IsEmpty && _underWay.Count == 0 && isAskedNow)
                {
                    return 0;
                }
            }

            var got = Math.Min(buffer.Length, _left.Length);
            _left[..got].CopyTo(buffer);
            _left = _left[got..];
            return got;
        }
        finally
        {
            _ = _reading.Release();
        }
    }

    public async ValueTask<IReadOnlyList<byte[]>> ReadRecordsAsync(int longest, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            await _opened;
            if (_left.IsEmpty && _underWay.Count == 0)
            {
                return ReadRecords(await _link.CallAsync(
                    WireCall.StreamRecords, message => message.Int32(_handle).Int32(longest), null, toEnd: true, cancellationToken));
            }
        }
        finally
        {
            _ = _reading.Release();
        }

        var record = new byte[longest];
        return [record[..await ReadAsync(record, cancellationToken)]];
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            try
            {
                _ = await _link.CallAsync(WireCall.StreamClose, message => message.Int32(_handle), null, toEnd: true, CancellationToken.None);
            }
            catch (TargetUnreachableException)
            {
                // The agent closed it when the wire broke.
            }
        }

        await base.DisposeAsync();
    }

    private static List<byte[]> ReadRecords(byte[] body)
    {
        var answer = new WireReader(body.AsSpan(1));
        List<byte[]> records = [];
        while (answer.Left > 0)
        {
            records.Add(answer.Bytes() ?? []);
        }

        return records;
    }

    private void Ask(int length)
    {
        var wanted = _readsAhead && _isFlowing ? ReadsAhead : 1;
        var most = Math.Min(length, wanted > 1 ? LongestAhead : WireProtocol.MaxBody - 1);
        while (_underWay.Count < wanted)
        {
            _underWay.Enqueue(_link.CallAsync(
                WireCall.StreamRead, message => message.Int32(_handle).Int32(most), null, toEnd: true, CancellationToken.None));
        }
    }
}
