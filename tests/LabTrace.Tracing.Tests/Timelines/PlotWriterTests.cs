using System.Text.Json.Nodes;
using FluentAssertions;
using LabTrace.Tracing.Timelines;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Timelines;

public sealed class PlotWriterTests
{
    [FsCheck.NUnit.Property]
    public void Every_time_is_in_one_bin_and_bins_have_no_holes(long[] values)
    {
        long[] times = [.. values.Select(value => Math.Abs(value % 10_000_000_000)).Append(1)];

        var plot = JsonNode.Parse(PlotWriter.Histogram("t", times))!;

        var bins = plot["bins"]!.AsArray().Select(bin => (From: (long)bin![0]!, To: (long)bin[1]!, Count: (long)bin[2]!)).ToList();
        bins.Sum(bin => bin.Count).Should().Be(times.Length);
        bins.Zip(bins.Skip(1)).Should().NotContain(pair => pair.First.To != pair.Second.From);
        for (var i = 0; i < bins.Count; i++)
        {
            var (from, to, isLast) = (bins[i].From, bins[i].To, i == bins.Count - 1);
            bins[i].Count.Should().Be(times.Count(time => time >= from && (time < to || (isLast && time == to))));
        }
    }

    [Test]
    public void Marks_are_where_they_were_put()
    {
        var plot = JsonNode.Parse(PlotWriter.Histogram("t", [1, 2, 3], (2, "p99 at most 2 ns")))!;

        plot["marks"]!.ToJsonString().Should().Be("""[{"x":2,"label":"p99 at most 2 ns"}]""");
    }

    [Test]
    public void Times_that_differ_widely_are_binned_by_ratio()
    {
        ((string)JsonNode.Parse(PlotWriter.Histogram("t", [10, 10_000]))!["x"]!["scale"]!).Should().Be("log");
        ((string)JsonNode.Parse(PlotWriter.Histogram("t", [10, 100]))!["x"]!["scale"]!).Should().Be("linear");
    }

    [Test]
    public void Points_that_are_not_drawn_are_counted()
    {
        var plot = JsonNode.Parse(PlotWriter.OverTime("offset", "offset", "ns", [.. Enumerable.Range(0, 5000).Select(i => ((long)i, (double)i))]))!;

        var drawn = plot["series"]![0]!["points"]!.AsArray().Count;
        drawn.Should().BeInRange(1000, 2000);
        (drawn + (int)plot["leftOut"]!).Should().Be(5000);
    }
}
