using LabTrace.Tracing;

namespace LabTrace.Devices.TimeCards;

/// <summary>Makes calls out of events at entries and returns: each return belongs to the last entry of its function on its thread.</summary>
/// <param name="functions">The function of each event's name.</param>
internal sealed class CallPairs(IReadOnlyDictionary<string, string> functions)
{
    // Entries without a return: lost, or running since; more than this on one thread are none that still run.
    private const int Deepest = 64;
    private readonly Dictionary<(int Pid, string Function), Stack<TraceTime>> _open = [];

    /// <summary>Returns whose entry was not seen, and entries that were given up.</summary>
    public long Unmatched { get; private set; }

    /// <summary>Pairs the next events.</summary>
    /// <param name="events">In order of time.</param>
    /// <param name="isEntry">Says of an event's name whether it is an entry.</param>
    /// <returns>Calls that returned, in order of their returns.</returns>
    public IReadOnlyList<DriverCall> Pair(IEnumerable<TraceEvent> events, Func<string, bool> isEntry)
    {
        var calls = new List<DriverCall>();
        foreach (var each in events)
        {
            if (!functions.TryGetValue(each.Name.Name, out var function))
            {
                continue;
            }

            var key = (each.Pid, function);
            var isOpen = _open.TryGetValue(key, out var entries);
            if (isEntry(each.Name.Name))
            {
                if (!isOpen)
                {
                    _open[key] = entries = new Stack<TraceTime>();
                }

                if (entries!.Count == Deepest)
                {
                    Unmatched += entries.Count;
                    entries.Clear();
                }

                entries.Push(each.Time);
            }
            else if (isOpen && entries!.TryPop(out var since))
            {
                calls.Add(new DriverCall((long)each.Time.Nanoseconds, each.Comm, each.Pid, each.Cpu, function, (long)(each.Time.Nanoseconds - since.Nanoseconds)));
            }
            else
            {
                Unmatched++;
            }
        }

        return calls;
    }
}
