using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using LabTrace.Tracing.Timelines;

namespace LabTrace.Steps;

/// <summary>What reports draw of a scenario: its captures along time, the times it measured, and fields it asks to see plotted.</summary>
public sealed partial class TracingBench
{
    private const int EventsAtAFailure = 2000;

    public void PlotField(string field, string events)
    {
        var selector = EventSelector.Parse(events);
        var values = new List<(long Nanoseconds, double Value)>();
        foreach (var e in Trace.Events)
        {
            if (selector.Matches(e) && e.TryGetField(field, out var value) && value.TryGetInteger(out var number))
            {
                values.Add(((e.Time - Trace.Events[0].Time).Nanoseconds, (double)number));
            }
        }

        if (values.Count == 0)
        {
            throw new InvalidOperationException($"there is nothing to plot: no {events} event of the trace has a number in the field '{field}'");
        }

        Attach(PlotWriter.OverTime($"{field} of {events}", field, unit: "", values), ".plot.json");
    }

    private async Task DrawAsync(Trace drawn, string name, IReadOnlyList<int> deciding)
    {
        if (TimelineWriter.Write(drawn, new TimelineOptions(name) { Deciding = deciding }) is { } timeline)
        {
            await SaveAsync($"{name}.timeline.json", timeline);
        }
    }

    private void Draw(Trace asked, Finding finding)
    {
        var options = new TimelineOptions("the deciding events") { Deciding = finding.Deciding, MaxEvents = EventsAtAFailure };
        if (TimelineWriter.Write(asked, options) is { } timeline)
        {
            Attach(timeline, ".timeline.json");
        }
    }

    private void Draw(MeasuredTimes times) => Attach(
        PlotWriter.Histogram($"Times {times.What}", times.Nanoseconds, (times.Bound.Nanoseconds, times.BoundInWords)), ".plot.json");
}
