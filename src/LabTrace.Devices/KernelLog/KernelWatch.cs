using System.Diagnostics.CodeAnalysis;
using System.Text;
using LabTrace.Tracing.KernelLog;

namespace LabTrace.Devices;

/// <summary>Watches a kernel from one moment on: what it reports, and whether it became tainted.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A MemoryStream over its own array holds nothing to give back.")]
public sealed class KernelWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int MostPauses = 25;

    private readonly KernelLogFeed _feed;
    private readonly TimeProvider? _time;
    private readonly MemoryStream _log = new();
    private long _position;
    private long _overwritten;
    private ulong _taint;

    private KernelWatch(KernelLogFeed feed, TimeProvider? time) => (_feed, _time) = (feed, time);

    /// <summary>Begins to watch; what the kernel said before is not looked at.</summary>
    /// <param name="feed">The kernel's log.</param>
    /// <param name="time">The clock to wait by while the kernel prints a report; null where it prints without taking time.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<KernelWatch> StartAsync(KernelLogFeed feed, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(feed);
        var position = await feed.CatchUpAsync(cancellationToken);
        return new KernelWatch(feed, time) { _position = position, _overwritten = feed.Overwritten, _taint = await feed.ReadTaintAsync(cancellationToken) };
    }

    /// <summary>Says what has happened since the last look.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<KernelFindings> LookAsync(CancellationToken cancellationToken)
    {
        var begin = (int)_log.Length;
        var reports = Array.Empty<KernelReport>();
        if (await ReadOnAsync(cancellationToken))
        {
            reports = ReportsFrom(begin);
            for (var pauses = 0; reports.Length > 0 && _time is not null && pauses < MostPauses; pauses++)
            {
                // A report is many records: wait until nothing more comes.
                await Task.Delay(Pause, _time, cancellationToken);
                if (!await ReadOnAsync(cancellationToken))
                {
                    break;
                }
            }

            reports = reports.Length > 0 ? ReportsFrom(begin) : reports;
        }

        var (taint, overwritten) = (await _feed.ReadTaintAsync(cancellationToken), _feed.Overwritten);
        KernelFindings findings = new(reports, taint & ~_taint, overwritten - _overwritten);
        (_taint, _overwritten) = (taint, overwritten);
        return findings;
    }

    /// <summary>Says whether the kernel has logged a text since the watch began.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<IReadOnlyList<string>> ReadLinesAsync(CancellationToken cancellationToken)
    {
        _ = await ReadOnAsync(cancellationToken);
        return Encoding.UTF8.GetString(_log.GetBuffer().AsSpan(0, (int)_log.Length)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private KernelReport[] ReportsFrom(int begin) => [.. KernelLogReader.Read(_log.GetBuffer().AsSpan(0, (int)_log.Length), bareTraces: true).Where(r => r.Offset >= begin)];

    private async Task<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        var position = await _feed.CatchUpAsync(cancellationToken);
        if (position == _position)
        {
            return false;
        }

        foreach (var record in await _feed.TakeAsync(_position, position, cancellationToken))
        {
            _log.Write(Encoding.UTF8.GetBytes(record.ToConsoleText()));
        }

        _position = position;
        return true;
    }
}

/// <summary>What a look at a watched kernel found.</summary>
/// <param name="Reports">Reports whose first line is new.</param>
/// <param name="NewTaint">Taint bits that were not set at the last look.</param>
/// <param name="Overwritten">Log records that the kernel overwrote before they were read: a report may have been among them.</param>
public sealed record KernelFindings(IReadOnlyList<KernelReport> Reports, ulong NewTaint, long Overwritten)
{
    /// <summary>Nothing at all.</summary>
    public bool IsNothing => Reports.Count == 0 && NewTaint == 0 && Overwritten == 0;
}
