using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>One JSON object on standard output.</summary>
internal static class JsonReport
{
    /// <summary>Writes an object.</summary>
    public static void Write(Action<Utf8JsonWriter> members)
    {
        using var stream = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Adds the four counters, and what a damaged capture lacks.</summary>
    public static void WriteCounters(this Utf8JsonWriter json, ReadTally tally, long unmatched = 0)
    {
        var counters = QueryCounters.Of(tally, unmatched);
        json.WriteNumber("lost", counters.Lost);
        if (!counters.IsLostExact)
        {
            json.WriteBoolean("lost_is_at_least", value: true);
        }

        json.WriteNumber("malformed", counters.Malformed);
        json.WriteNumber("skipped", counters.Skipped);
        json.WriteNumber("unmatched", counters.Unmatched);
        if (tally.Missing.Count > 0)
        {
            json.WriteStrings("missing", tally.Missing);
        }
    }

    /// <summary>Adds a list of texts.</summary>
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Adds a time, or null.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, TraceTime? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, known.Nanoseconds);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
