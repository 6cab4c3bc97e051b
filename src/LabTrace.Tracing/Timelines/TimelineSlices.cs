namespace LabTrace.Tracing.Timelines;

/// <summary>Finds spans in a trace's events: tasks on cpus, calls and handlers, jobs on rings.</summary>
internal sealed class TimelineSlices(TimelineTables tables)
{
    private readonly Dictionary<EventName, Role> _roles = [];
    private readonly Dictionary<int, (ulong Start, int Task)> _running = [];
    private readonly Dictionary<(int Lane, long Key, string Label), (ulong Start, int Task)> _open = [];
    private readonly List<Slice> _slices = [];

    private enum Kind
    {
        None,
        Switch,
        SyscallEnter,
        SyscallExit,
        Entry,
        Exit,
        JobStart,
        JobEnd,
        OnRing,
    }

    /// <summary>The spans found, in order of their start.</summary>
    public IReadOnlyList<Slice> Ordered
    {
        get
        {
            _slices.Sort((left, right) => left.Start.CompareTo(right.Start));
            return _slices;
        }
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="traceEvent">The event.</param>
    /// <param name="task">Its task's index.</param>
    /// <param name="rangeStart">When the range of neighbours began that it is in.</param>
    /// <returns>The index of the ring's lane the event is on, or -1.</returns>
    public int Add(in TraceEvent traceEvent, int task, ulong rangeStart)
    {
        if (!_roles.TryGetValue(traceEvent.Name, out var role))
        {
            _roles[traceEvent.Name] = role = RoleOf(traceEvent);
        }

        var time = traceEvent.Time.Nanoseconds;
        switch (role.Kind)
        {
            case Kind.Switch:
                Switch(traceEvent, time, rangeStart);
                return -1;
            case Kind.SyscallEnter or Kind.Entry:
                _open[(CpuLane(traceEvent), KeyOf(traceEvent, role), role.Label)] = (time, task);
                return -1;
            case Kind.SyscallExit or Kind.Exit:
                Close((CpuLane(traceEvent), KeyOf(traceEvent, role), role.Label), time, kind: 1);
                return -1;
            case Kind.JobStart or Kind.JobEnd or Kind.OnRing:
                return OnRing(traceEvent, role, time, task);
            default:
                return -1;
        }
    }

    /// <summary>A range of neighbours ends: what runs is shown up to there, what is open has no end.</summary>
    public void EndRange(ulong time)
    {
        foreach (var (cpu, (start, task)) in _running)
        {
            AddRun(cpu, start, time, task);
        }

        _running.Clear();
        _open.Clear();
    }

    private void Switch(in TraceEvent traceEvent, ulong time, ulong rangeStart)
    {
        if (_running.Remove(traceEvent.Cpu, out var running))
        {
            AddRun(traceEvent.Cpu, running.Start, time, running.Task);
        }
        else if (TaskOf(traceEvent, "prev_pid", "prev_comm") is var before and >= 0)
        {
            AddRun(traceEvent.Cpu, rangeStart, time, before);
        }

        _running[traceEvent.Cpu] = (time, TaskOf(traceEvent, "next_pid", "next_comm"));
    }

    /// <summary>The task that an event names, or -1 for the idle one.</summary>
    private int TaskOf(in TraceEvent traceEvent, string pidField, string commField) =>
        traceEvent.TryGetField(pidField, out var pid) && pid.TryGetInteger(out var number) && number > 0 && traceEvent.TryGetField(commField, out var comm)
            ? tables.Task(comm.ToRawText(), (int)number)
            : -1;

    private void AddRun(int cpu, ulong start, ulong end, int task)
    {
        if (task >= 0 && end > start)
        {
            _slices.Add(new Slice(start, end - start, tables.CpuLane(cpu), task, tables.Comm(task), Kind: 0));
        }
    }

    private void Close((int Lane, long Key, string Label) key, ulong end, int kind)
    {
        if (_open.Remove(key, out var open) && end >= open.Start)
        {
            _slices.Add(new Slice(open.Start, end - open.Start, key.Lane, open.Task, key.Label, kind));
        }
    }

    private int OnRing(in TraceEvent traceEvent, Role role, ulong time, int task)
    {
        if (!traceEvent.TryGetField(role.RingField!, out var ring))
        {
            return -1;
        }

        var lane = tables.RingLane(ring.ToString());
        var seqno = traceEvent.TryGetField("seqno", out var value) && value.TryGetInteger(out var number) ? (long)number : 0;
        var key = (lane, seqno, $"seqno {seqno}");
        if (role.Kind == Kind.JobStart)
        {
            _open[key] = (time, task);
        }
        else if (role.Kind == Kind.JobEnd)
        {
            Close(key, time, kind: 2);
        }

        return lane;
    }

    private int CpuLane(in TraceEvent traceEvent) => tables.CpuLane(traceEvent.Cpu);

    private static long KeyOf(in TraceEvent traceEvent, Role role) => role.Kind is Kind.SyscallEnter or Kind.SyscallExit ? traceEvent.Pid : -1 - traceEvent.Cpu;

    private static Role RoleOf(in TraceEvent traceEvent)
    {
        var name = traceEvent.Name.Name;
        var ringField = traceEvent.TryGetField("ring", out _) ? "ring" : traceEvent.TryGetField("ring_id", out _) ? "ring_id" : null;
        return name switch
        {
            "sched_switch" => new Role(Kind.Switch, ""),
            _ when ringField is not null && name.EndsWith("start", StringComparison.OrdinalIgnoreCase) => new Role(Kind.JobStart, "", ringField),
            _ when ringField is not null && name.EndsWith("end", StringComparison.OrdinalIgnoreCase) => new Role(Kind.JobEnd, "", ringField),
            _ when ringField is not null => new Role(Kind.OnRing, "", ringField),
            _ when name.StartsWith("sys_enter_", StringComparison.Ordinal) => new Role(Kind.SyscallEnter, name["sys_enter_".Length..]),
            _ when name.StartsWith("sys_exit_", StringComparison.Ordinal) => new Role(Kind.SyscallExit, name["sys_exit_".Length..]),
            _ when name.EndsWith("_entry", StringComparison.Ordinal) => new Role(Kind.Entry, name[..^"_entry".Length]),
            _ when name.EndsWith("_exit", StringComparison.Ordinal) => new Role(Kind.Exit, name[..^"_exit".Length]),
            _ => new Role(Kind.None, ""),
        };
    }

    private sealed record Role(Kind Kind, string Label, string? RingField = null);
}

/// <summary>A span on a lane.</summary>
/// <param name="Start">Nanoseconds on the trace clock.</param>
/// <param name="Length">Nanoseconds.</param>
/// <param name="Lane">Index of its lane.</param>
/// <param name="Task">Index of its task, or -1.</param>
/// <param name="Label">What it is.</param>
/// <param name="Kind">0 a task on a cpu, 1 a call or handler, 2 a job on a ring.</param>
internal readonly record struct Slice(ulong Start, ulong Length, int Lane, int Task, string Label, int Kind);
