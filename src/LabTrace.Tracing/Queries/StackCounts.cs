namespace LabTrace.Tracing.Queries;

/// <summary>Counts kernel and user stacks while events come, each with the event that it was recorded for.</summary>
/// <remarks>ftrace records a stack right behind the event it belongs to, on the same cpu. Memory grows with the different stacks.</remarks>
public sealed class StackCounts
{
    private readonly Dictionary<int, TraceEvent> _lastOnCpu = [];
    private readonly Dictionary<(string Event, string Stack), long> _counts = [];

    /// <summary>Stacks without an event before them.</summary>
    public long Unmatched { get; private set; }

    /// <summary>Stacks that were counted.</summary>
    public long Total { get; private set; }

    /// <summary>The stacks, most frequent first.</summary>
    public IReadOnlyList<StackCount> All =>
        [.. _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Event, StringComparer.Ordinal).ThenBy(c => c.Key.Stack, StringComparer.Ordinal)
            .Select(c => new StackCount(c.Key.Event, c.Key.Stack.Length == 0 ? [] : c.Key.Stack.Split('\n'), c.Value))];

    /// <summary>Takes the next event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="isWanted">Whether stacks of this event are to be counted.</param>
    public void Add(in TraceEvent item, Predicate<TraceEvent> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        if (item.Name.Name is not ("kernel_stack" or "user_stack"))
        {
            _lastOnCpu[item.Cpu] = item.ToKept();
            return;
        }

        if (!_lastOnCpu.TryGetValue(item.Cpu, out var owner))
        {
            Unmatched++;
            return;
        }

        if (!isWanted(owner))
        {
            return;
        }

        var frames = item.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(f => f.StartsWith("=>", StringComparison.Ordinal) ? f[2..].Trim() : f)
            .Where(f => f.Length > 0 && !f.StartsWith('<'));
        var key = (owner.Name.ToString(), string.Join('\n', frames));
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
        Total++;
    }
}

/// <summary>A stack and how often it occurred.</summary>
/// <param name="Event">The event it was recorded for.</param>
/// <param name="Frames">Its functions, innermost first.</param>
/// <param name="Count">How often.</param>
public sealed record StackCount(string Event, IReadOnlyList<string> Frames, long Count);
