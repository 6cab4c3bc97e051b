using System.Globalization;
using System.Text;

namespace LabTrace.Devices.Shell;

/// <summary>The kernel log of a target behind a shell: <c>/dev/kmsg</c>, which the shell keeps open, read without waiting.</summary>
internal sealed class ShellKernelLog(ShellTarget target) : IKernelLogSource
{
    private const string Path = "/dev/kmsg";
    private ulong? _next;

    public async ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken)
    {
        List<KernelLogRecord> records = [];
        var overwritten = 0L;
        while (true)
        {
            var (text, complaint) = await target.ReadKernelLogAsync(cancellationToken);
            foreach (var (begin, length) in Records(text))
            {
                if (KernelLogRecord.TryParse(text.AsSpan(begin, length), out var record))
                {
                    overwritten += _next is { } expected && record!.Sequence > expected ? (long)(record.Sequence - expected) : 0;
                    _next = record!.Sequence + 1;
                    records.Add(record);
                }
            }

            switch (ShellErrno.Find(complaint))
            {
                case null or Errno.EAGAIN:
                    return new KernelLogBatch(records, overwritten);
                case Errno.EPIPE:
                    // Some were overwritten; the next read goes on behind them.
                    break;
                case { } errno:
                    throw new TargetIOException(target.Name, "read", Path, errno, TargetIOException.HintFor(errno, Path));
            }
        }
    }

    public async ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken)
    {
        var text = Encoding.ASCII.GetString(await target.ReadAsync("/proc/sys/kernel/tainted", cancellationToken)).Trim();
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var taint) ? taint : 0;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A record is a line and the lines behind it that begin with a blank.
    private static IEnumerable<(int Begin, int Length)> Records(byte[] text)
    {
        for (var begin = 0; begin < text.Length;)
        {
            var end = begin;
            do
            {
                var line = text.AsSpan(end).IndexOf((byte)'\n');
                end = line < 0 ? text.Length : end + line + 1;
            }
            while (end < text.Length && text[end] == (byte)' ');

            yield return (begin, end - begin);
            begin = end;
        }
    }
}
