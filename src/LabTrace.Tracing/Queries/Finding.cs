using System.Text;

namespace LabTrace.Tracing.Queries;

/// <summary>What a query says of a trace: whether the expectation holds, what was found, and the events that decide it.</summary>
public sealed class Finding
{
    private const int NeighboursShown = 2;
    private const int DecidingShown = 3;
    private readonly Trace _trace;

    internal Finding(Trace trace, Answer answer, string expected, string found, params IReadOnlyList<int> deciding)
    {
        _trace = trace;
        (Answer, Expected, Found, Deciding) = (answer, expected, found, deciding);
    }

    /// <summary>What the trace says.</summary>
    public Answer Answer { get; }

    /// <summary>Whether the expectation holds.</summary>
    public bool Holds => Answer == Answer.Holds;

    /// <summary>The expectation, in words.</summary>
    public string Expected { get; }

    /// <summary>What was found, in words and numbers.</summary>
    public string Found { get; }

    /// <summary>Indices in <see cref="Trace.Events"/> of the events that decide it; empty when it is an absence.</summary>
    public IReadOnlyList<int> Deciding { get; }

    /// <summary>The times that were measured; null when the query measures none.</summary>
    public MeasuredTimes? Times { get; internal set; }

    /// <summary>Starts and ends that the query found no partner for.</summary>
    public long Unmatched { get; internal set; }

    /// <summary>What was lost, malformed, skipped and unmatched.</summary>
    public QueryCounters Counters => QueryCounters.Of(_trace.Tally, Unmatched);

    /// <summary>Expectation, what was found, and the first deciding events marked with <c>&gt;</c> among their neighbours on the same cpu.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"expected: {Expected}\nfound:    {Found}\n");
        foreach (var index in Deciding.Take(DecidingShown))
        {
            _ = text.Append('\n');
            AppendWithNeighbours(text, index);
        }

        if (Deciding.Count > DecidingShown)
        {
            _ = text.Append($"\n… and {Deciding.Count - DecidingShown:N0} more\n");
        }

        if (_trace.Tally.HasLost)
        {
            _ = text.Append($"\nnote: the kernel lost events of this trace: {_trace.Tally}\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private void AppendWithNeighbours(StringBuilder text, int index)
    {
        var events = _trace.Events;
        var cpu = events[index].Cpu;
        List<int> shown = [index];
        for (int i = index - 1, n = 0; i >= 0 && n < NeighboursShown; i--)
        {
            if (events[i].Cpu == cpu)
            {
                shown.Insert(0, i);
                n++;
            }
        }

        for (int i = index + 1, n = 0; i < events.Count && n < NeighboursShown; i++)
        {
            if (events[i].Cpu == cpu)
            {
                shown.Add(i);
                n++;
            }
        }

        foreach (var i in shown)
        {
            _ = text.Append(i == index ? "> " : "  ").Append(events[i].ToString().TrimEnd('\n')).Append('\n');
        }
    }
}

/// <summary>Times that a query measured, for a report to draw.</summary>
/// <param name="What">Between what.</param>
/// <param name="Nanoseconds">Each of them, at least one, in order of their ends.</param>
/// <param name="Bound">What they are held against.</param>
/// <param name="BoundInWords">For example <c>p99 at most 5 ms</c>.</param>
public sealed record MeasuredTimes(string What, IReadOnlyList<long> Nanoseconds, Duration Bound, string BoundInWords);

/// <summary>What a trace says of an expectation.</summary>
public enum Answer
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It does not.</summary>
    Refuted,

    /// <summary>It cannot be told from this trace, because events were lost that might have decided it.</summary>
    Undecided,
}
