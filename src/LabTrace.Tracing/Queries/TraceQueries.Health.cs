namespace LabTrace.Tracing.Queries;

/// <content>Whether the trace can be trusted.</content>
public static partial class TraceQueries
{
    /// <summary>Whether each cpu's timestamps rise or stay.</summary>
    public static Finding TimeNeverGoesBack(this Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var last = new Dictionary<int, int>();
        var steps = new List<int>();
        var found = "";
        for (var i = 0; i < trace.Events.Count; i++)
        {
            var item = trace.Events[i];
            if (last.TryGetValue(item.Cpu, out var before) && item.Time < trace.Events[before].Time)
            {
                steps.Add(i);
                found = found.Length == 0 ? $"on cpu {item.Cpu} {trace.Events[before].Time} is followed by {item.Time}" : found;
            }

            last[item.Cpu] = i;
        }

        found = steps.Count == 0 ? $"{trace.Events.Count:N0} events in order on {last.Count} cpu{(last.Count == 1 ? "" : "s")}"
            : steps.Count == 1 ? found : $"{found}, and {steps.Count - 1:N0} more steps back";
        return new Finding(trace, steps.Count == 0, "timestamps never go backwards on a cpu", found, steps);
    }

    /// <summary>Whether the kernel lost no events.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="bufferSizeKb">The buffer's size per cpu in KiB, for the hint; null when unknown.</param>
    public static Finding NothingLost(this Trace trace, long? bufferSizeKb = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var isWhole = !trace.Tally.HasLost;
        var now = bufferSizeKb is null ? "" : $" (now {bufferSizeKb})";
        return new Finding(
            trace,
            isWhole,
            "no events were lost",
            isWhole ? $"{trace.Tally.Events:N0} events, none lost" : LossText(trace),
            FirstAfterLoss(trace),
            isWhole ? null : $"raise buffer_size_kb{now} or enable fewer events");
    }

    /// <summary>Whether the kernel lost events.</summary>
    public static Finding SomethingLost(this Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var found = trace.Tally.HasLost ? LossText(trace) : $"{trace.Tally.Events:N0} events, none lost";
        return new Finding(trace, trace.Tally.HasLost, "events were lost", found, FirstAfterLoss(trace));
    }

    /// <summary>Whether every record could be read and nothing of the capture is missing.</summary>
    public static Finding NothingMalformed(this Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var tally = trace.Tally;
        var found = $"{tally.Malformed:N0} malformed" + (tally.Samples.Count == 0 ? "" : ": " + string.Join("; ", tally.Samples.Select(s =>
            $"at offset {s.Offset} {s.Reason}: {s.Excerpt}"))) + string.Concat(tally.Missing.Select(m => "; missing: " + m));
        return new Finding(trace, tally.Malformed == 0 && tally.Missing.Count == 0, "nothing in the trace was malformed", found, []);
    }

    private static string LossText(Trace trace) => string.Join("; ", trace.Tally.Lost.Select(l =>
        $"kernel overwrote {(l.IsExact ? "" : l.Count == 0 ? "some " : "at least ")}{(l.Count == 0 && !l.IsExact ? "" : $"{l.Count:N0} ")}events"
        + (l.Cpu < 0 ? "" : $" on cpu {l.Cpu}")));

    private static int[] FirstAfterLoss(Trace trace) =>
        [.. trace.Losses.Select(l => l.Index).Where(i => i < trace.Events.Count).Distinct()];
}
