using System.Text;

namespace LabTrace.Tracing.Queries;

/// <summary>What a query found: whether the expectation holds, and the events that decided it.</summary>
/// <param name="Trace">The trace that was asked.</param>
/// <param name="Holds">Whether it is as expected.</param>
/// <param name="Expected">What was expected, as a sentence without a full stop.</param>
/// <param name="Found">What is there instead, or the figure that fulfils it.</param>
/// <param name="Deciding">Indexes in the trace of the events that decided it, most telling first.</param>
/// <param name="Hint">What to try, or null.</param>
public sealed record Finding(
    Trace Trace, bool Holds, string Expected, string Found, IReadOnlyList<int> Deciding, string? Hint = null)
{
    private const int ShownEvents = 3;
    private const int Neighbours = 2;

    /// <summary>The expectation, what was found, the deciding events marked with <c>&gt;</c> among their neighbours on the same cpu, and the hint.</summary>
    public string ToText()
    {
        var text = new StringBuilder($"expected: {Expected}\n   found: {Found}\n");
        AppendEvents(text);
        if (Trace.Tally.HasLost || Trace.Tally.Malformed > 0)
        {
            _ = text.Append($"    note: the trace is not whole: {Trace.Tally}\n");
        }

        _ = Hint is null ? text : text.Append($"  try: {Hint}\n");
        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => ToText();

    /// <summary>The deciding events as one line each, marked, with their neighbours on the same cpu, in the order of the trace.</summary>
    public IReadOnlyList<string> EventLines()
    {
        var shown = new SortedDictionary<int, bool>();
        foreach (var index in Deciding.Take(ShownEvents))
        {
            foreach (var neighbour in NeighboursOf(index))
            {
                _ = shown.TryAdd(neighbour, false);
            }

            shown[index] = true;
        }

        var lines = new List<string>();
        var previous = -1;
        foreach (var (index, isDeciding) in shown)
        {
            if (previous >= 0 && index > previous + 1)
            {
                lines.Add("  …");
            }

            lines.Add($"{(isDeciding ? '>' : ' ')} {Trace.Events[index]}");
            previous = index;
        }

        return lines;
    }

    private void AppendEvents(StringBuilder text)
    {
        if (Deciding.Count == 0)
        {
            return;
        }

        _ = text.Append(Deciding.Count > ShownEvents ? $"  events: ({ShownEvents} of {Deciding.Count:N0} shown)\n" : "  events:\n");
        foreach (var line in EventLines())
        {
            _ = text.Append("    ").Append(line).Append('\n');
        }
    }

    private IEnumerable<int> NeighboursOf(int index)
    {
        var cpu = Trace.Events[index].Cpu;
        var left = Neighbours;
        for (var i = index - 1; i >= 0 && left > 0; i--)
        {
            if (Trace.Events[i].Cpu == cpu)
            {
                left--;
                yield return i;
            }
        }

        left = Neighbours;
        for (var i = index + 1; i < Trace.Events.Count && left > 0; i++)
        {
            if (Trace.Events[i].Cpu == cpu)
            {
                left--;
                yield return i;
            }
        }
    }
}
