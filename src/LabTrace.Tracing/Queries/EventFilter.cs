namespace LabTrace.Tracing.Queries;

/// <summary>Which events to keep: every part that is set must fit.</summary>
public sealed record EventFilter
{
    /// <summary>Everything.</summary>
    public static EventFilter None { get; } = new();

    /// <summary>Selectors, one of which must fit; empty for every event.</summary>
    public IReadOnlyList<EventSelector> Events { get; init; } = [];

    /// <summary>Selectors, none of which may fit.</summary>
    public IReadOnlyList<EventSelector> Without { get; init; } = [];

    /// <summary>Cpus, zero-based; empty for every cpu.</summary>
    public IReadOnlySet<int> Cpus { get; init; } = new HashSet<int>();

    /// <summary>Recording threads, or their processes; empty for every one.</summary>
    public IReadOnlySet<int> Pids { get; init; } = new HashSet<int>();

    /// <summary>Patterns of the recording thread's name; empty for every one.</summary>
    public IReadOnlyList<string> Comms { get; init; } = [];

    /// <summary>What the fields must be, null for anything.</summary>
    public FieldExpression? Fields { get; init; }

    /// <summary>The first time that is kept, null for the beginning.</summary>
    public TraceTime? From { get; init; }

    /// <summary>The last time that is kept, null for the end.</summary>
    public TraceTime? To { get; init; }

    /// <summary>Whether it keeps everything.</summary>
    public bool KeepsAll => this is
    {
        Events.Count: 0, Without.Count: 0, Cpus.Count: 0, Pids.Count: 0, Comms.Count: 0, Fields: null, From: null, To: null,
    };

    /// <summary>Whether a time lies in the window.</summary>
    public bool Covers(TraceTime time) => !(From is { } from && time < from) && !(To is { } to && time > to);

    /// <summary>Whether an event is kept.</summary>
    public bool Matches(in TraceEvent item)
    {
        if (!Covers(item.Time)
            || (Cpus.Count > 0 && !Cpus.Contains(item.Cpu))
            || (Pids.Count > 0 && !Pids.Contains(item.Pid) && !(item.Tgid >= 0 && Pids.Contains(item.Tgid)))
            || (Comms.Count > 0 && !FitsComm(item.Comm)))
        {
            return false;
        }

        return (Events.Count == 0 || FitsAny(Events, item)) && (Without.Count == 0 || !FitsAny(Without, item))
            && (Fields is null || Fields.IsSatisfiedBy(item));
    }

    private static bool FitsAny(IReadOnlyList<EventSelector> selectors, in TraceEvent item)
    {
        for (var i = 0; i < selectors.Count; i++)
        {
            if (selectors[i].Matches(item))
            {
                return true;
            }
        }

        return false;
    }

    private bool FitsComm(string comm)
    {
        for (var i = 0; i < Comms.Count; i++)
        {
            if (Glob.IsMatch(Comms[i], comm))
            {
                return true;
            }
        }

        return false;
    }
}
