using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Draws events on lines: who runs on each cpu, interrupts, what each thread does, numbers, and arrows from a waking to the run it causes.</summary>
/// <remarks>Rules: Exports/Exports.md. Memory grows with the cpus, threads and counters, not with the trace.</remarks>
internal abstract class TimelineExport : ITraceExport
{
    private const string Entry = "_entry";
    private const string Exit = "_exit";

    private readonly ExportOptions _options;
    private readonly Dictionary<(TrackKind Kind, int Id), Track> _tracks = [];
    private readonly Dictionary<string, Track> _counters = new(StringComparer.Ordinal);
    private readonly ILookup<string, CounterRule> _rules;
    private readonly Dictionary<int, ulong> _wakings = [];
    private readonly HashSet<string> _everOpen = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _losses = [];
    private ulong _lastFlow;
    private long _endsWithoutBegin;

    private protected TimelineExport(ExportOptions options)
    {
        _options = options;
        _rules = options.Counters.Select(CounterRule.Parse).Concat(CounterRule.Usual).ToLookup(r => r.Event, StringComparer.Ordinal);
    }

    public void Write(in TraceEvent item, string buffer = "")
    {
        if (_losses.Count > 0 && _losses.Remove(item.Cpu, out var lost))
        {
            Loss(TrackOf(TrackKind.Cpu, item.Cpu, item), item.Time, lost);
        }

        var name = item.Name.Name;
        if (name == "sched_switch")
        {
            Switch(item);
        }
        else if (name is "sched_waking" or "sched_wakeup" or "sched_wakeup_new")
        {
            Waking(item);
        }
        else if (_rules.Contains(name))
        {
            Number(item);
        }
        else if (!TrySlice(item, name))
        {
            Instant(Home(item), item, flow: 0);
        }
    }

    public void WriteLoss(int cpu, long count, string buffer = "")
    {
        var before = _losses.GetValueOrDefault(cpu);
        _losses[cpu] = count < 0 || before < 0 ? -1 : before + count;
    }

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        Finish(tally);
        var notes = new List<string>();
        var open = _tracks.Values.Sum(t => t.Open.Count);
        if (open + _endsWithoutBegin > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{open:N0} slices have no end and {_endsWithoutBegin:N0} ends have no begin in the trace"));
        }

        if (!_options.IsClockInNanoseconds)
        {
            notes.Add($"the clock '{_options.ClockName}' counts ticks, which are drawn as if they were nanoseconds");
        }

        return notes;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Names a line before the first thing on it.</summary>
    private protected abstract void Define(Track track);

    /// <summary>Draws a point; with a flow other than 0, the beginning of an arrow.</summary>
    private protected abstract void Instant(Track track, in TraceEvent item, ulong flow);

    /// <summary>Opens a slice; with a flow other than 0, the end of an arrow.</summary>
    private protected abstract void Begin(Track track, string name, in TraceEvent item, ulong flow);

    private protected abstract void End(Track track, TraceTime time);

    private protected abstract void Count(Track track, TraceTime time, long number);

    private protected abstract void Loss(Track track, TraceTime time, long count);

    private protected abstract void Finish(ReadTally tally);

    /// <summary>Gives back what the writer holds.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }

    private void Switch(in TraceEvent item)
    {
        var track = TrackOf(TrackKind.Cpu, item.Cpu, item);
        if (track.Open.Count > 0)
        {
            track.Open.Clear();
            End(track, item.Time);
        }

        if (!item.TryGetField("next_pid", out var next) || !next.TryGetInteger(out var pid))
        {
            Instant(track, item, flow: 0);
            return;
        }

        _ = _wakings.Remove((int)pid, out var flow);
        if (pid != 0)
        {
            var comm = item.TryGetField("next_comm", out var name) ? name.ToString() : CommTable.Unknown;
            track.Open.Add(comm);
            Begin(track, string.Create(CultureInfo.InvariantCulture, $"{comm} ({pid})"), item, flow);
        }
    }

    private void Waking(in TraceEvent item)
    {
        // Waking comes first and wakeup follows it; one arrow leads from the first of them to the run.
        var flow = 0UL;
        if (item.TryGetField("pid", out var woken) && woken.TryGetInteger(out var pid) && pid > 0 && !_wakings.ContainsKey((int)pid))
        {
            _wakings[(int)pid] = flow = ++_lastFlow;
        }

        Instant(Home(item), item, flow);
    }

    private void Number(in TraceEvent item)
    {
        foreach (var rule in _rules[item.Name.Name])
        {
            if (!rule.TryGet(item, out var name, out var number))
            {
                continue;
            }

            if (!_counters.TryGetValue(name, out var track))
            {
                _counters[name] = track = new Track(TrackKind.Counter, _counters.Count, 0, name);
                Define(track);
            }

            Count(track, item.Time, number);
            return;
        }

        Instant(Home(item), item, flow: 0);
    }

    /// <summary>System calls, functions and whatever has <c>_entry</c> and <c>_exit</c> are slices.</summary>
    private bool TrySlice(in TraceEvent item, string name)
    {
        if (name.StartsWith("sys_enter", StringComparison.Ordinal))
        {
            Open(TrackOf(TrackKind.Thread, item.Pid, item), "sys" + SyscallName(name, "sys_enter", item), item);
            return true;
        }

        if (name.StartsWith("sys_exit", StringComparison.Ordinal))
        {
            return TryClose(TrackOf(TrackKind.Thread, item.Pid, item), "sys" + SyscallName(name, "sys_exit", item), item);
        }

        if (name.EndsWith(Entry, StringComparison.Ordinal))
        {
            Open(Context(item, name), name[..^Entry.Length], item);
            return true;
        }

        return name.EndsWith(Exit, StringComparison.Ordinal) && TryClose(Context(item, name), name[..^Exit.Length], item);
    }

    private static string SyscallName(string name, string prefix, in TraceEvent item) =>
        name.Length > prefix.Length ? name[prefix.Length..]
        : item.TryGetField("id", out var id) ? " " + id
        : item.TryGetField("nr", out var number) ? " " + number
        : "";

    private void Open(Track track, string name, in TraceEvent item)
    {
        _ = _everOpen.Add(name);
        track.Open.Add(name);
        var shown = name == "funcgraph" && item.TryGetField("func", out var function) ? function.ToString() : name;
        Begin(track, shown, item, flow: 0);
    }

    private bool TryClose(Track track, string name, in TraceEvent item)
    {
        var at = track.Open.LastIndexOf(name);
        if (at < 0)
        {
            _endsWithoutBegin += _everOpen.Contains(name) ? 1 : 0;
            return false;
        }

        // What is open above it lost its end.
        for (var i = track.Open.Count - 1; i >= at; i--)
        {
            End(track, item.Time);
        }

        _endsWithoutBegin += track.Open.Count - 1 - at;
        track.Open.RemoveRange(at, track.Open.Count - at);
        return true;
    }

    /// <summary>Where work that has an entry and an exit belongs: functions to their thread, the rest interrupts whatever the cpu was doing.</summary>
    private Track Context(in TraceEvent item, string name) => name.StartsWith("funcgraph", StringComparison.Ordinal)
        ? Home(item)
        : TrackOf(TrackKind.Interrupts, item.Cpu, item);

    /// <summary>The line of the thread that recorded the event; the idle task has none but its cpu's.</summary>
    private Track Home(in TraceEvent item) => item.Pid > 0 ? TrackOf(TrackKind.Thread, item.Pid, item) : TrackOf(TrackKind.Interrupts, item.Cpu, item);

    private Track TrackOf(TrackKind kind, int id, in TraceEvent item)
    {
        if (!_tracks.TryGetValue((kind, id), out var track))
        {
            var name = kind switch
            {
                TrackKind.Cpu => string.Create(CultureInfo.InvariantCulture, $"cpu {id}"),
                TrackKind.Interrupts => string.Create(CultureInfo.InvariantCulture, $"cpu {id} interrupts"),
                _ => item.Comm,
            };
            _tracks[(kind, id)] = track = new Track(kind, id, kind == TrackKind.Thread ? Math.Max(item.Tgid, 0) is var tgid and > 0 ? tgid : id : 0, name);
            Define(track);
        }

        return track;
    }
}
