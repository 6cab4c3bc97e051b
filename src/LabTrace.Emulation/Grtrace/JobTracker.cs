namespace LabTrace.Emulation.Grtrace;

/// <summary>When each job that is under way was first heard of.</summary>
internal sealed class JobTracker
{
    private const int MostJobs = 1 << 16;
    private readonly Dictionary<(ulong, uint, ulong), long> _since = [];

    /// <summary>How long a job has been under way at one of its events, in nanoseconds; 0 at its first.</summary>
    public long LatencyOf(in GpuEvent item)
    {
        if (!item.IsOfJob)
        {
            return _since.TryGetValue(item.Key, out var began) ? item.TimeNs - began : 0;
        }

        if (item.Kind == Tracing.GrtEventKind.Submit || !_since.TryGetValue(item.Key, out var since))
        {
            if (item.Kind == Tracing.GrtEventKind.Complete)
            {
                return 0;
            }

            if (_since.Count >= MostJobs)
            {
                // Adapters that never tell of a job's completion leave them here; the oldest do not matter any more.
                _since.Clear();
            }

            _since[item.Key] = item.TimeNs;
            return 0;
        }

        if (item.Kind == Tracing.GrtEventKind.Complete)
        {
            _ = _since.Remove(item.Key);
        }

        return item.TimeNs - since;
    }

    public void Clear() => _since.Clear();
}
