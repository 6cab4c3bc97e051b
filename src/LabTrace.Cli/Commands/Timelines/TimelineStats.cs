using System.Globalization;
using LabTrace.Cli.Commands.Traces;

namespace LabTrace.Cli.Commands.Timelines;

/// <summary>What a merge comes to.</summary>
internal static class TimelineStats
{
    /// <summary>Tells it.</summary>
    public static void Tell(TimelineInput input, TextWriter writer, bool isJson)
    {
        if (isJson)
        {
            TellJson(input);
            return;
        }

        var merge = input.Merge;
        var seconds = (merge.Last - merge.First) / 1e9;
        var events = merge.CpuEvents + merge.GpuEvents;
        var tally = input.Gpu?.Tally;
        Line(writer, "cpu events", $"{merge.CpuEvents:N0}{Parts(merge.CpuCounts)}");
        Line(writer, "gpu events", $"{merge.GpuEvents:N0}{Parts(merge.GpuCounts)}");
        Line(writer, "duration", $"{seconds:0.000000} s");
        Line(writer, "rate", $"{(seconds > 0 ? events / seconds : 0):N0} events/s");
        Line(writer, "clock offset", $"{input.OffsetNs} ns added to the GPU's times{(input.Estimate is { } found ? string.Create(CultureInfo.InvariantCulture, $", estimated, ± {found.ErrorNs} ns") : "")}");
        Line(writer, "jobs", $"{merge.Jobs:N0}, {merge.Attributed:N0} with the process that submitted them{Parts(merge.Attributions.ToDictionary(a => a.Key.ToString(), a => a.Value, StringComparer.Ordinal))}");
        foreach (var (pid, comm, jobs) in merge.Processes.Take(20))
        {
            Line(writer, "", $"{jobs,12:N0}  {comm}({pid})");
        }

        Line(writer, "lost", $"{tally?.Lost ?? 0:N0}");
        Line(writer, "malformed", $"{(tally?.Malformed ?? 0) + (input.Cpu?.Tally.Malformed ?? 0) + input.GpuMalformedLines:N0}");
        Line(writer, "unknown", $"{tally?.UnknownEvents ?? 0:N0}");
    }

    private static void Line(TextWriter writer, string name, FormattableString value) => writer.WriteLine($"{name,-13} {value.ToString(CultureInfo.InvariantCulture)}");

    private static string Parts(IReadOnlyDictionary<string, long> counts) => counts.Count == 0 ? ""
        : $" ({string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")))})";

    private static void TellJson(TimelineInput input) => JsonReport.Write(json =>
    {
        var merge = input.Merge;
        json.WriteNumber("cpu_events", merge.CpuEvents);
        json.WriteNumber("gpu_events", merge.GpuEvents);
        json.WriteNumber("first_ns", merge.First);
        json.WriteNumber("last_ns", merge.Last);
        json.WriteNumber("clock_offset_ns", input.OffsetNs);
        if (input.Estimate is { } estimate)
        {
            json.WriteNumber("clock_offset_error_ns", estimate.ErrorNs);
            json.WriteNumber("clock_offset_share", Math.Round(estimate.Share, 4));
        }

        json.WriteNumber("jobs", merge.Jobs);
        json.WriteNumber("jobs_attributed", merge.Attributed);
        json.WriteStartObject("counts");
        foreach (var (name, count) in merge.CpuCounts)
        {
            json.WriteNumber("CPU " + name, count);
        }

        foreach (var (name, count) in merge.GpuCounts)
        {
            json.WriteNumber("GPU " + name, count);
        }

        json.WriteEndObject();
        json.WriteStartArray("processes");
        foreach (var (pid, comm, jobs) in merge.Processes)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", pid);
            json.WriteString("comm", comm);
            json.WriteNumber("jobs", jobs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("lost", input.Gpu?.Tally.Lost ?? 0);
        json.WriteNumber("malformed", (input.Gpu?.Tally.Malformed ?? 0) + (input.Cpu?.Tally.Malformed ?? 0) + input.GpuMalformedLines);
        json.WriteNumber("unknown_events", input.Gpu?.Tally.UnknownEvents ?? 0);
    });
}
