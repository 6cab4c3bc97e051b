using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Tracing.Timelines;

/// <summary>Writes plots for reports to draw: small JSON documents, described in <c>Timeline.md</c>.</summary>
public static class PlotWriter
{
    /// <summary>The document's media type.</summary>
    public const string MediaType = "application/vnd.labtrace.plot+json";

    private const int Bins = 40;
    private const int MaxPoints = 2000;
    private const double RatioForLogarithms = 50;
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How often times of which length came, in bins of equal width, or of equal ratio when the times differ widely.</summary>
    /// <param name="title">What was measured.</param>
    /// <param name="nanoseconds">The times, at least one, zero or more each.</param>
    /// <param name="marks">Limits and the like, each in nanoseconds with its label.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Histogram(string title, IReadOnlyList<long> nanoseconds, params IReadOnlyList<(long At, string Label)> marks)
    {
        ArgumentNullException.ThrowIfNull(nanoseconds);
        ArgumentOutOfRangeException.ThrowIfZero(nanoseconds.Count);
        var (least, most) = (nanoseconds.Min(), nanoseconds.Max());
        var isLog = least > 0 && most / (double)least > RatioForLogarithms;
        var edges = Edges(least, Math.Max(most, least + 1), isLog);
        var counts = new int[edges.Length - 1];
        foreach (var value in nanoseconds)
        {
            var at = Array.BinarySearch(edges, value);
            counts[Math.Clamp(at >= 0 ? at : ~at - 1, 0, counts.Length - 1)]++;
        }

        return Write(title, "histogram", $"{nanoseconds.Count:N0} times", json =>
        {
            WriteAxis(json, "x"u8, "time", "ns", isLog);
            json.WriteStartArray("bins"u8);
            for (var i = 0; i < counts.Length; i++)
            {
                Row(json, edges[i], edges[i + 1], counts[i]);
            }

            json.WriteEndArray();
            json.WriteStartArray("marks"u8);
            foreach (var (at, label) in marks)
            {
                json.WriteStartObject();
                json.WriteNumber("x"u8, at);
                json.WriteString("label"u8, label);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>A quantity over time. Where there are more points than are drawn, evenly spaced ones are, and the others are counted.</summary>
    /// <param name="title">What was measured.</param>
    /// <param name="label">The quantity.</param>
    /// <param name="unit">Its unit: <c>ns</c> is shown as ns, µs, ms or s; empty for none.</param>
    /// <param name="points">Nanoseconds from the start, and the value; in order of time.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] OverTime(string title, string label, string unit, IReadOnlyList<(long Nanoseconds, double Value)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var step = (points.Count + MaxPoints - 1) / MaxPoints;
        return Write(title, "lines", $"{points.Count:N0} values", json =>
        {
            WriteAxis(json, "x"u8, "time", "ns", isLog: false);
            WriteAxis(json, "y"u8, label, unit, isLog: false);
            json.WriteStartArray("series"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, label);
            json.WriteStartArray("points"u8);
            var drawn = 0;
            for (var i = 0; i < points.Count; i += step)
            {
                json.WriteStartArray();
                json.WriteNumberValue(points[i].Nanoseconds);
                json.WriteNumberValue(points[i].Value);
                json.WriteEndArray();
                drawn++;
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteNumber("leftOut"u8, points.Count - drawn);
        });
    }

    private static long[] Edges(long least, long most, bool isLog)
    {
        List<long> edges = [least];
        for (var i = 1; i <= Bins; i++)
        {
            var part = i / (double)Bins;
            var edge = isLog ? (long)Math.Round(least * Math.Pow(most / (double)least, part)) : least + (long)Math.Round((most - least) * part);
            if (edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        edges[^1] = most;
        return [.. edges];
    }

    private static byte[] Write(string title, string kind, string note, Action<Utf8JsonWriter> writeRest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, 1);
            json.WriteString("kind"u8, kind);
            json.WriteString("title"u8, title);
            json.WriteString("note"u8, note);
            writeRest(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAxis(Utf8JsonWriter json, ReadOnlySpan<byte> name, string label, string unit, bool isLog)
    {
        json.WriteStartObject(name);
        json.WriteString("label"u8, label);
        json.WriteString("unit"u8, unit);
        json.WriteString("scale"u8, isLog ? "log"u8 : "linear"u8);
        json.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter json, params ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray();
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
