using System.Text.Json;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Intervals as JSON.</summary>
internal static class IntervalJson
{
    /// <summary>Adds a list of intervals.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<Interval> intervals)
    {
        json.WriteStartArray(name);
        foreach (var interval in intervals)
        {
            json.WriteStartObject();
            json.WriteNumber("length_ns", interval.Length.Nanoseconds);
            json.WriteTime("start_ns", interval.Start);
            json.WriteTime("end_ns", interval.End);
            json.WriteNumber("start_cpu", interval.StartCpu);
            json.WriteNumber("end_cpu", interval.EndCpu);
            json.WriteString("key", interval.Key);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
