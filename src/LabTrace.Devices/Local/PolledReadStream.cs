using Microsoft.Win32.SafeHandles;

namespace LabTrace.Devices;

/// <summary>A file read as it grows: O_NONBLOCK reads, and a short wait on the clock where there is nothing yet.</summary>
/// <remarks>
/// Waiting by clock, not by poll(2): a tracefs file is readable long before poll says so (poll waits for
/// <c>buffer_percent</c> of a ring buffer), a wait can be cancelled between two reads without losing a byte, and no thread
/// waits in the kernel. The wait doubles from 1 ms to 16 ms while nothing comes.
/// </remarks>
internal sealed class PolledReadStream(string target, string path, SafeFileHandle file, TimeProvider time) : TargetStream, INowReader
{
    private const int MostBytesOfRecords = 64 * 1024;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(16);

    private TargetIOException? _refused;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        var wait = ShortestWait;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var got = TryRead(buffer.Span);
            if (got >= 0)
            {
                return got;
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = wait < LongestWait ? wait * 2 : LongestWait;
        }
    }

    public ValueTask<IReadOnlyList<byte[]>> ReadRecordsAsync(int longest, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(file.IsClosed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_refused is { } refused)
        {
            _refused = null;
            throw refused;
        }

        List<byte[]> records = [];
        var record = new byte[longest];
        for (var bytes = 0; bytes < MostBytesOfRecords;)
        {
            int got;
            try
            {
                got = TryRead(record);
            }
            catch (TargetIOException e) when (records.Count > 0)
            {
                _refused = e;
                break;
            }

            if (got < 0)
            {
                break;
            }

            records.Add(record[..got]);
            bytes += got;
            if (got == 0)
            {
                break;
            }
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]>>(records);
    }

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }

    // -1: nothing to read now.
    private int TryRead(Span<byte> buffer)
    {
        while (true)
        {
            var got = (int)Libc.Read(file, buffer, buffer.Length);
            if (got >= 0)
            {
                return got;
            }

            var errno = Libc.LastErrno;
            if (errno == Errno.EAGAIN)
            {
                return -1;
            }

            if (errno != Errno.EINTR)
            {
                throw new TargetIOException(target, "read", path, errno);
            }
        }
    }
}
