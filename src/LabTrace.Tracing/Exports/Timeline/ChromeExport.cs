using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Chrome's trace event format: one JSON object with <c>traceEvents</c>, times in microseconds with three decimals.</summary>
internal sealed class ChromeExport : TimelineExport
{
    /// <summary>The cpus are the threads of a process that no real one can be: the idle task's number.</summary>
    private const int CpuProcess = 0;
    private const int CounterProcess = -1;

    private readonly Stream _output;
    private readonly ExportOptions _options;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 17);
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<int> _processes = [];

    public ChromeExport(Stream output, ExportOptions options)
        : base(options)
    {
        (_output, _options) = (output, options);
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit"u8, "ns"u8);
        _json.WriteStartArray("traceEvents"u8);
    }

    private protected override void Define(Track track)
    {
        var process = ProcessOf(track);
        if (_processes.Add(process))
        {
            Metadata("process_name", process, 0, track.Kind switch
            {
                TrackKind.Thread => track.Id == process ? track.Name : string.Create(CultureInfo.InvariantCulture, $"process {process}"),
                TrackKind.Counter => "counters",
                _ => "cpus",
            });
        }

        if (track.Kind != TrackKind.Counter)
        {
            Metadata("thread_name", process, ThreadOf(track), track.Name);
        }
    }

    private protected override void Instant(Track track, in TraceEvent item, ulong flow)
    {
        // An arrow needs a slice to start from; a point is none, a slice of no length is.
        Start(flow == 0 ? "i" : "X", track, item.Time);
        if (flow == 0)
        {
            _json.WriteString("s"u8, "t"u8);
        }
        else
        {
            _json.WriteNumber("dur"u8, 0);
        }

        Names(item.Name.Name, item);
        EndEvent();
        if (flow != 0)
        {
            Arrow("s", track, item.Time, flow);
        }
    }

    private protected override void Begin(Track track, string name, in TraceEvent item, ulong flow)
    {
        Start("B", track, item.Time);
        Names(name, item);
        EndEvent();
        if (flow != 0)
        {
            Arrow("f", track, item.Time, flow);
        }
    }

    private protected override void End(Track track, TraceTime time)
    {
        Start("E", track, time);
        EndEvent();
    }

    private protected override void Count(Track track, TraceTime time, long number)
    {
        Start("C", track, time);
        _json.WriteString("name"u8, track.Name);
        _json.WriteStartObject("args"u8);
        _json.WriteNumber("value"u8, number);
        _json.WriteEndObject();
        EndEvent();
    }

    private protected override void Loss(Track track, TraceTime time, long count)
    {
        Start("i", track, time);
        _json.WriteString("s"u8, "t"u8);
        _json.WriteString("name"u8, count < 0 ? "LOST EVENTS" : string.Create(CultureInfo.InvariantCulture, $"LOST {count} EVENTS"));
        EndEvent();
    }

    private protected override void Finish(ReadTally tally)
    {
        _json.WriteEndArray();
        _json.WriteStartObject("otherData"u8);
        _json.WriteString("clock"u8, _options.ClockName);
        _json.WriteNumber("events"u8, tally.Events);
        _json.WriteNumber("lost"u8, tally.LostTotal);
        _json.WriteNumber("malformed"u8, tally.Malformed);
        _json.WriteNumber("skipped"u8, tally.Skipped);
        _json.WriteEndObject();
        _json.WriteEndObject();
        HandOn();
        _output.Write("\n"u8);
        _output.Flush();
    }

    private protected override void Dispose(bool disposing)
    {
        // Disposing the writer would hand on what an interrupted export had begun.
        _json.Reset();
        _json.Dispose();
        base.Dispose(disposing);
    }

    private static int ProcessOf(Track track) => track.Kind switch
    {
        TrackKind.Thread => track.Process,
        TrackKind.Counter => CounterProcess,
        _ => CpuProcess,
    };

    private static int ThreadOf(Track track) => track.Kind switch
    {
        TrackKind.Cpu => track.Id * 2,
        TrackKind.Interrupts => (track.Id * 2) + 1,
        TrackKind.Thread => track.Id,
        _ => 0,
    };

    private void Metadata(string what, int process, int thread, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph"u8, "M"u8);
        _json.WriteString("name"u8, what);
        _json.WriteNumber("pid"u8, process);
        _json.WriteNumber("tid"u8, thread);
        _json.WriteStartObject("args"u8);
        _json.WriteString("name"u8, name);
        _json.WriteEndObject();
        EndEvent();
    }

    private void Start(string phase, Track track, TraceTime time)
    {
        _json.WriteStartObject();
        _json.WriteString("ph"u8, phase);
        _json.WriteNumber("pid"u8, ProcessOf(track));
        _json.WriteNumber("tid"u8, ThreadOf(track));
        _json.WritePropertyName("ts"u8);
        Span<char> text = stackalloc char[32];
        _ = text.TryWrite(CultureInfo.InvariantCulture, $"{time.Nanoseconds / 1000}.{time.Nanoseconds % 1000:D3}", out var length);
        _json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private void Names(string name, in TraceEvent item)
    {
        _json.WriteString("name"u8, name);
        _json.WriteString("cat"u8, item.Name.System.Length > 0 ? item.Name.System : "text");
        _json.WriteStartObject("args"u8);
        foreach (var (field, value) in item.Fields)
        {
            if (value.Label is { } label)
            {
                _json.WriteString(field, label);
            }
            else
            {
                _json.WritePropertyName(field);
                FieldJson.Write(_json, value);
            }
        }

        _json.WriteEndObject();
    }

    private void Arrow(string phase, Track track, TraceTime time, ulong flow)
    {
        Start(phase, track, time);
        _json.WriteString("name"u8, "waking"u8);
        _json.WriteString("cat"u8, "sched"u8);
        _json.WriteNumber("id"u8, flow);
        if (phase == "f")
        {
            _json.WriteString("bp"u8, "e"u8);
        }

        EndEvent();
    }

    private void EndEvent()
    {
        _json.WriteEndObject();
        if (_json.BytesPending > 1 << 16)
        {
            HandOn();
        }
    }

    private void HandOn()
    {
        _json.Flush();
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
