using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>The kernel log of any target, by its <c>/dev/kmsg</c>.</summary>
public sealed class KmsgSource : IKernelLogSource
{
    private const string Path = "/dev/kmsg";
    private const string TaintPath = "/proc/sys/kernel/tainted";
    private const int LongestRecord = 16 * 1024;

    private readonly ITarget _target;
    private readonly Stream _stream;
    private readonly TimeSpan _patience;
    private readonly byte[] _buffer = new byte[LongestRecord];
    private ulong? _next;

    /// <param name="target">The target, for its taint.</param>
    /// <param name="stream">Its open log, one record a read.</param>
    /// <param name="patience">How long a read may take when there is nothing: the way to the target and back.</param>
    internal KmsgSource(ITarget target, Stream stream, TimeSpan patience) => (_target, _stream, _patience) = (target, stream, patience);

    /// <summary>Opens the log, at its oldest record.</summary>
    /// <exception cref="TargetIOException">EPERM without the right to read it, ENOENT where the kernel has none.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<IKernelLogSource> OpenAsync(ITarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target is IKernelLogTarget own
            ? own.OpenKernelLog()
            : new KmsgSource(
                target, await target.OpenReadAsync(Path, cancellationToken), target.Kind == TargetKind.Local ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50));
    }

    /// <inheritdoc/>
    public async ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken)
    {
        List<KernelLogRecord> records = [];
        var overwritten = 0L;
        while (await ReadRecordsAsync(cancellationToken) is { Count: > 0 } read)
        {
            // The kernel gives no number of what it overwrote; the gap in the sequence is it.
            foreach (var bytes in read)
            {
                if (KernelLogRecord.TryParse(bytes, out var record))
                {
                    overwritten += _next is { } expected && record!.Sequence > expected ? (long)(record.Sequence - expected) : 0;
                    _next = record!.Sequence + 1;
                    records.Add(record);
                }
            }
        }

        return new KernelLogBatch(records, overwritten);
    }

    /// <inheritdoc/>
    public async ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken)
    {
        var text = Encoding.ASCII.GetString(await _target.ReadAsync(TaintPath, cancellationToken)).Trim();
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var taint) ? taint : 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    // Some records, one of them without bytes when the kernel says that it overwrote some; none when there is none now.
    private async ValueTask<IReadOnlyList<byte[]>> ReadRecordsAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            if (_stream is INowReader now)
            {
                return await now.ReadRecordsAsync(LongestRecord, cancellationToken);
            }

            var read = _stream.ReadAsync(_buffer, enough.Token);
            if (!read.IsCompleted)
            {
                enough.CancelAfter(_patience);
            }

            return [_buffer[..await read]];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        catch (TargetIOException e) when (e.Errno == Errno.EPIPE)
        {
            return [[]];
        }
    }
}
