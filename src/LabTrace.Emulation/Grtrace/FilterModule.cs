using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace_filter.ko: by process, user, latency and kind of event.</summary>
internal sealed class FilterModule
{
    private const int MostPids = 64;
    private SortedSet<uint> _pids = [];
    private bool _allowsPids = true;

    public bool IsEnabled { get; set; }

    /// <summary>The only user that passes, or -1.</summary>
    public long Uid { get; private set; } = -1;

    /// <summary>Events of jobs that are under way for no longer do not pass, in microseconds; 0 lets all pass.</summary>
    public long LatencyMicroseconds { get; private set; }

    /// <summary>A bit for each kind that passes.</summary>
    public uint Events { get; private set; } = uint.MaxValue;

    public string PidText => string.Join(',', _pids.Select(p => (_allowsPids ? "" : "!") + p.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Takes a list: <c>1234,5678</c> lets only these pass, <c>!1234</c> all but this; nothing ends the filtering.</summary>
    /// <exception cref="Refusal">EINVAL, ENOSPC.</exception>
    public void SetPids(string text)
    {
        var words = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var denied = words.Count(w => w.StartsWith('!'));
        SortedSet<uint> pids = [];
        foreach (var word in words)
        {
            if (!KernelNumber.TryParse(word.TrimStart('!'), int.MaxValue, out var pid) || (denied != 0 && denied != words.Length))
            {
                Refusal.Throw(Errno.EINVAL);
            }

            _ = pids.Add((uint)pid);
        }

        if (pids.Count > MostPids)
        {
            Refusal.Throw(Errno.ENOSPC);
        }

        (_pids, _allowsPids) = (pids, denied == 0);
    }

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetUid(string text) =>
        Uid = text is "-1" ? -1 : KernelNumber.TryParse(text, uint.MaxValue, out var uid) ? (long)uid : throw new Refusal(Errno.EINVAL);

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetLatency(string text) =>
        LatencyMicroseconds = KernelNumber.TryParse(text, 60_000_000, out var us) ? (long)us : throw new Refusal(Errno.EINVAL);

    /// <exception cref="Refusal">EINVAL.</exception>
    public void SetEvents(string text) =>
        Events = KernelNumber.TryParse(text, uint.MaxValue, out var mask) ? (uint)mask : throw new Refusal(Errno.EINVAL);

    /// <summary>Whether an event passes; what does not is counted.</summary>
    public bool Passes(in GpuEvent item, uint bit, long latencyNs, CoreStats stats)
    {
        if (_pids.Count > 0 && _pids.Contains(item.Job.Pid) != _allowsPids)
        {
            stats.FilteredPid++;
        }
        else if (Uid >= 0 && item.Job.Uid != Uid)
        {
            stats.FilteredUid++;
        }
        else if ((Events & bit) == 0)
        {
            stats.FilteredType++;
        }
        else if (LatencyMicroseconds > 0 && latencyNs <= LatencyMicroseconds * 1000)
        {
            stats.FilteredLatency++;
        }
        else
        {
            return true;
        }

        return false;
    }
}
