using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Tracing.Timelines;

/// <summary>Writes what a report draws of a trace: a small JSON document, described in <c>Timeline.md</c>.</summary>
public static class TimelineWriter
{
    /// <summary>The document's media type.</summary>
    public const string MediaType = "application/vnd.labtrace.timeline+json";

    private const int TextCharacters = 400;
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The timeline of a trace.</summary>
    /// <returns>UTF-8 JSON; null for a trace without events.</returns>
    public static byte[]? Write(Trace trace, TimelineOptions options)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(options);
        if (trace.Events.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            Write(json, trace, options);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Trace trace, TimelineOptions options)
    {
        var events = trace.Events;
        var ranges = TimelineSelection.Choose(events.Count, options.Deciding, options.MaxEvents);
        var kept = Keep(trace, ranges);
        json.WriteStartObject();
        json.WriteNumber("version"u8, 1);
        json.WriteString("name"u8, options.Name);
        json.WriteString("clock"u8, trace.ClockName);
        json.WriteString("unit"u8, trace.IsClockInNanoseconds ? "ns" : "ticks");
        json.WriteString("start"u8, events[0].Time.Nanoseconds.ToString());
        json.WriteNumber("total"u8, events.Count);
        json.WriteNumber("lost"u8, trace.Tally.LostTotal);
        Numbers(json, "t"u8, kept.Times);
        Numbers(json, "n"u8, kept.Names);
        Numbers(json, "c"u8, kept.Cpus);
        Numbers(json, "k"u8, kept.Tasks);
        if (kept.Rings.Exists(ring => ring >= 0))
        {
            Numbers(json, "r"u8, kept.Rings);
        }

        WriteTexts(json, events, ranges);
        WritePlaces(json, trace, options.Deciding, ranges);
        WriteTables(json, kept);
        WriteSlices(json, kept.Slices.Ordered, events[0].Time.Nanoseconds);
        json.WriteEndObject();
    }

    private static Kept Keep(Trace trace, List<(int From, int To)> ranges)
    {
        var kept = new Kept();
        var before = trace.Events[0].Time.Nanoseconds;
        foreach (var (from, to) in ranges)
        {
            var rangeStart = trace.Events[from].Time.Nanoseconds;
            for (var i = from; i < to; i++)
            {
                var e = trace.Events[i];
                var time = e.Time.Nanoseconds;
                var task = kept.Tables.Task(e.Comm, e.Pid);
                kept.Times.Add(unchecked((long)(time - before)));
                kept.Names.Add(kept.Tables.Name(e.Name));
                kept.Cpus.Add(e.Cpu);
                kept.Tasks.Add(task);
                kept.Rings.Add(kept.Slices.Add(e, task, rangeStart));
                before = time;
            }

            kept.Slices.EndRange(before);
        }

        return kept;
    }

    private static void WriteTexts(Utf8JsonWriter json, EventList events, List<(int From, int To)> ranges)
    {
        json.WriteStartArray("x"u8);
        foreach (var (from, to) in ranges)
        {
            for (var i = from; i < to; i++)
            {
                var text = events[i].Text.AsSpan().Trim();
                json.WriteStringValue(text.Length <= TextCharacters ? text : string.Concat(text[..TextCharacters], "…"));
            }
        }

        json.WriteEndArray();
    }

    /// <summary>Indices of the trace become those of what is kept.</summary>
    private static void WritePlaces(Utf8JsonWriter json, Trace trace, IReadOnlyList<int> deciding, List<(int From, int To)> ranges)
    {
        json.WriteStartArray("deciding"u8);
        foreach (var index in deciding.Select(index => PlaceOf(index, ranges)).OfType<int>().Order())
        {
            json.WriteNumberValue(index);
        }

        json.WriteEndArray();
        json.WriteStartArray("gaps"u8);
        var (end, kept) = (0, 0);
        foreach (var (from, to) in ranges)
        {
            WriteGap(json, kept, from - end);
            kept += to - from;
            end = to;
        }

        WriteGap(json, kept, trace.Events.Count - end);
        json.WriteEndArray();
        json.WriteStartArray("losses"u8);
        foreach (var loss in trace.Losses)
        {
            if (PlaceOf(loss.Index, ranges) is { } place)
            {
                Row(json, place, loss.Cpu, loss.Count);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteGap(Utf8JsonWriter json, int place, int count)
    {
        if (count > 0)
        {
            Row(json, place, count);
        }
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

    private static int? PlaceOf(int index, List<(int From, int To)> ranges)
    {
        var before = 0;
        foreach (var (from, to) in ranges)
        {
            if (index >= from && index < to)
            {
                return before + index - from;
            }

            before += to - from;
        }

        return null;
    }

    private static void WriteTables(Utf8JsonWriter json, Kept kept)
    {
        json.WriteStartArray("names"u8);
        foreach (var name in kept.Tables.Names)
        {
            json.WriteStringValue(name.ToString());
        }

        json.WriteEndArray();
        json.WriteStartArray("tasks"u8);
        foreach (var (comm, pid) in kept.Tables.Tasks)
        {
            json.WriteStartArray();
            json.WriteStringValue(comm);
            json.WriteNumberValue(pid);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("lanes"u8);
        foreach (var (isRing, name) in kept.Tables.Lanes)
        {
            json.WriteStartArray();
            json.WriteStringValue(isRing ? "ring"u8 : "cpu"u8);
            json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteSlices(Utf8JsonWriter json, IReadOnlyList<Slice> slices, ulong start)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        json.WriteStartObject("slices"u8);
        Numbers(json, "t"u8, Starts(slices, start));
        Numbers(json, "d"u8, slices.Select(slice => (long)slice.Length));
        Numbers(json, "l"u8, slices.Select(slice => slice.Lane));
        Numbers(json, "k"u8, slices.Select(slice => slice.Task));
        Numbers(json, "y"u8, slices.Select(slice => slice.Kind));
        Numbers(json, "n"u8, slices.Select(slice => labels.TryAdd(slice.Label, labels.Count) ? labels.Count - 1 : labels[slice.Label]));
        json.WriteStartArray("labels"u8);
        foreach (var label in labels.Keys)
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<long> Starts(IReadOnlyList<Slice> slices, ulong start)
    {
        foreach (var slice in slices)
        {
            yield return unchecked((long)(slice.Start - start));
            start = slice.Start;
        }
    }

    private static void Numbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<int> numbers) =>
        Numbers(json, name, numbers.Select(number => (long)number));

    /// <summary>What is kept of the events, a list for each key of the document.</summary>
    private sealed class Kept
    {
        public Kept() => Slices = new TimelineSlices(Tables);

        public TimelineTables Tables { get; } = new();

        public TimelineSlices Slices { get; }

        public List<long> Times { get; } = [];

        public List<int> Names { get; } = [];

        public List<int> Cpus { get; } = [];

        public List<int> Tasks { get; } = [];

        public List<int> Rings { get; } = [];
    }
}
