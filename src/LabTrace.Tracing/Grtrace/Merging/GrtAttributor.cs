namespace LabTrace.Tracing;

/// <summary>Finds for each job the process whose ioctl submitted it.</summary>
internal sealed class GrtAttributor
{
    /// <summary>A driver may tell of a submission a moment after the ioctl has returned.</summary>
    private const ulong AfterNs = 1_000_000;

    private const int MaxThreads = 1 << 16;
    private const int MaxJobs = 1 << 20;

    private readonly Dictionary<int, Thread> _threads = [];
    private readonly List<Thread> _inside = [];
    private readonly Dictionary<ulong, Thread> _ofContext = [];
    private readonly Dictionary<(ulong Ctx, uint Ring, ulong Seqno), State> _jobs = [];
    private Thread? _lastLeft;
    private bool _hasSubmit;

    /// <summary>Jobs by how their process was found.</summary>
    public long[] Found { get; } = new long[6];

    /// <summary>Jobs by process.</summary>
    public Dictionary<(int Pid, string Comm), long> Processes { get; } = [];

    /// <summary>Times the table was full of jobs that never completed and was emptied.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Takes note of a cpu event.</summary>
    public void Cpu(GrtTimelineEvent item)
    {
        if (item.Tid < 0)
        {
            return;
        }

        if (!_threads.TryGetValue(item.Tid, out var thread))
        {
            if (_threads.Count == MaxThreads)
            {
                return;
            }

            _threads[item.Tid] = thread = new Thread { Tid = item.Tid };
        }

        (thread.Pid, thread.Comm) = (item.Pid, item.Comm.Length > 0 ? item.Comm : thread.Comm);
        switch (item.Event)
        {
            case "IOCTL_ENTER":
                _ = _inside.Remove(thread);
                _inside.Add(thread);
                thread.Entered = item.Time;
                break;
            case "IOCTL_EXIT":
                if (_inside.Remove(thread))
                {
                    item.SinceNs = unchecked((long)(item.Time - thread.Entered));
                }

                thread.Left = item.Time;
                _lastLeft = thread;
                break;
        }
    }

    /// <summary>Only counts whose job it is, without keeping it: told by SUBMIT where the adapter tells that.</summary>
    /// <returns>False when the event needs <see cref="Gpu"/>.</returns>
    public bool TryCount(GrtEventKind kind, ulong time, in GrtRecordView record)
    {
        if (kind != GrtEventKind.Submit)
        {
            return _hasSubmit;
        }

        _hasSubmit = true;
        Count(Owner(time, new GrtJob { CtxId = record.CtxId, Pid = record.Pid }));
        return true;
    }

    /// <summary>Finds a GPU event's process, and how long after its predecessor it came.</summary>
    public void Gpu(GrtTimelineEvent item)
    {
        if (item.Kind > GrtEventKind.SyncWaitExit || item.Kind is GrtEventKind.Irq or GrtEventKind.CtxSwitch)
        {
            return;
        }

        var job = item.Job;
        var key = (job.CtxId, job.RingId, job.Seqno);
        var isKnown = _jobs.TryGetValue(key, out var state);
        if (!isKnown || (item.Kind == GrtEventKind.Submit && state.Submit != 0))
        {
            state = Owner(item.Time, job);
            Count(state);
        }

        if (state.Thread is { } thread)
        {
            (item.Pid, item.Tid, item.Comm, item.Attribution) = (thread.Pid, thread.Tid, thread.Comm, state.Attribution);
        }
        else if (job.Pid > 0)
        {
            (item.Tid, item.Pid) = ((int)job.Pid, (int)job.Pid);
        }

        ulong since = 0;
        switch (item.Kind)
        {
            case GrtEventKind.Submit:
                since = state.Thread?.Entered ?? 0;
                state.Submit = item.Time;
                break;
            case GrtEventKind.Start:
                since = state.Submit;
                state.Start = item.Time;
                break;
            case GrtEventKind.End:
                since = state.Start;
                state.End = item.Time;
                break;
            case GrtEventKind.Complete:
                since = state.End;
                break;
        }

        item.SinceNs = since == 0 ? null : unchecked((long)(item.Time - since));
        if (item.Kind == GrtEventKind.Complete)
        {
            _ = _jobs.Remove(key);
            return;
        }

        if (!isKnown && _jobs.Count == MaxJobs)
        {
            Forgotten += _jobs.Count;
            _jobs.Clear();
        }

        _jobs[key] = state;
    }

    private void Count(in State state)
    {
        Found[(int)state.Attribution]++;
        if (state.Thread is { } owner)
        {
            ref var jobs = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Processes, (owner.Pid, owner.Comm), out _);
            jobs++;
        }
    }

    private State Owner(ulong time, in GrtJob job)
    {
        var state = default(State);
        (state.Thread, state.Attribution) = Find(time, job);
        if (state.Thread is not null && state.Attribution is GrtAttribution.Recorded or GrtAttribution.InIoctl)
        {
            _ofContext[job.CtxId] = state.Thread!;
            if (_ofContext.Count > MaxThreads)
            {
                _ofContext.Clear();
            }
        }

        return state;
    }

    private (Thread? Thread, GrtAttribution How) Find(ulong time, in GrtJob job)
    {
        if (job.Pid > 0)
        {
            return _threads.TryGetValue((int)job.Pid, out var told) ? (told, GrtAttribution.Recorded) : (null, GrtAttribution.None);
        }

        if (_inside.Count == 1)
        {
            return (_inside[0], GrtAttribution.InIoctl);
        }

        if (_inside.Count > 1)
        {
            return _ofContext.TryGetValue(job.CtxId, out var known) && _inside.Contains(known)
                ? (known, GrtAttribution.ByContext)
                : (_inside[^1], GrtAttribution.LastEntered);
        }

        return _lastLeft is { } last && time - last.Left <= AfterNs ? (last, GrtAttribution.AfterIoctl) : (null, GrtAttribution.None);
    }

    private struct State
    {
        public Thread? Thread;
        public GrtAttribution Attribution;
        public ulong Submit;
        public ulong Start;
        public ulong End;
    }

    /// <summary>A thread that called the GPU's driver.</summary>
    private sealed class Thread
    {
        public int Tid { get; init; }

        public int Pid { get; set; }

        public string Comm { get; set; } = "";

        public ulong Entered { get; set; }

        public ulong Left { get; set; }
    }
}
