namespace LabTrace.Tracing.Queries;

/// <summary>Times as numbers to be kept and compared between runs, not judged by a bound.</summary>
public static partial class TraceQueries
{
    extension(Trace trace)
    {
        /// <summary>The times from one event to the next of another kind.</summary>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>.</param>
        /// <param name="key">What both must share (<c>cpu</c>, <c>pid</c>, <c>tgid</c>, <c>comm</c> or a field), or null for nothing.</param>
        /// <returns>Nanoseconds, in order of their ends; none when there is no such interval.</returns>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public IReadOnlyList<long> MeasureTimes(string from, string to, string? key = null)
        {
            RequireNanoseconds(trace, "a measured time");
            return Intervals.Find(trace, from, to, key).Lengths.Values;
        }

        /// <summary>The times from a task's wake-up to its first instruction: <c>sched_waking</c>, or <c>sched_wakeup</c>, to the <c>sched_switch</c> to it.</summary>
        /// <param name="comm">Only tasks of this name; null for all but the idle ones.</param>
        /// <returns>Nanoseconds, in order of their ends; none when no task that was woken then ran.</returns>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public IReadOnlyList<long> MeasureWakeUps(string? comm = null)
        {
            RequireNanoseconds(trace, "a wake-up latency");
            Dictionary<long, TraceTime> woken = [];
            List<long> times = [];
            foreach (var item in trace.Events)
            {
                switch (item.Name.Name)
                {
                    // The first to tell counts: waking comes before wakeup, on the cpu that wakes.
                    case "sched_waking" or "sched_wakeup" or "sched_wakeup_new"
                        when TryInteger(item, "pid", out var pid) && (comm is null || (item.TryGetField("comm", out var name) && name.ToString() == comm)):
                        _ = woken.TryAdd(pid, item.Time);
                        break;
                    case "sched_switch" when TryInteger(item, "next_pid", out var next) && woken.Remove(next, out var start):
                        times.Add((item.Time - start).Nanoseconds);
                        break;
                }
            }

            return times;
        }
    }

    private static bool TryInteger(in TraceEvent item, string field, out long number)
    {
        number = 0;
        if (!item.TryGetField(field, out var value) || !value.TryGetInteger(out var integer))
        {
            return false;
        }

        number = (long)integer;
        return true;
    }
}
