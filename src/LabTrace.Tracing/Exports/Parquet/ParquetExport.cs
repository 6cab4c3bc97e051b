using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace LabTrace.Tracing;

/// <summary>Apache Parquet: a column for each thing an event has, its fields as one JSON object.</summary>
/// <remarks>The library's calls are asynchronous by form; on a stream that is not they have ended when they return, which is asked for here.</remarks>
internal sealed class ParquetExport : ITraceExport
{
    /// <summary>Rows that are written together; DuckDB and Spark read such groups in parallel.</summary>
    private const int GroupRows = 100_000;

    private static readonly DataField<long> Time = new("timestamp_ns");
    private static readonly DataField<int> Cpu = new("cpu");
    private static readonly DataField<int> Pid = new("pid");
    private static readonly DataField<int> Tgid = new("tgid");
    private static readonly DataField<string> Comm = new("comm");
    private static readonly DataField<string> System = new("system");
    private static readonly DataField<string> Event = new("event");
    private static readonly DataField<string> Instance = new("instance");
    private static readonly DataField<string> Fields = new("fields");
    private static readonly DataField<string> Text = new("text");

    private readonly ForwardOnlyStream _output;
    private readonly ExportOptions _options;
    private readonly MemoryStream _json = new();
    private readonly Utf8JsonWriter _fields;
    private readonly List<long> _times = [];
    private readonly List<int> _cpus = [];
    private readonly List<int> _pids = [];
    private readonly List<int> _tgids = [];
    private readonly List<string> _comms = [];
    private readonly List<string> _systems = [];
    private readonly List<string> _events = [];
    private readonly List<string> _instances = [];
    private readonly List<string> _objects = [];
    private readonly List<string> _texts = [];
    private ParquetWriter? _writer;
    private long _losses;

    public ParquetExport(Stream output, ExportOptions options)
    {
        (_output, _options) = (new ForwardOnlyStream(output), options);
        _fields = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public void Write(in TraceEvent item, string buffer = "")
    {
        _times.Add((long)item.Time.Nanoseconds);
        _cpus.Add(item.Cpu);
        _pids.Add(item.Pid);
        _tgids.Add(item.Tgid);
        _comms.Add(item.Comm);
        _systems.Add(item.Name.System);
        _events.Add(item.Name.Name);
        _instances.Add(buffer);
        _objects.Add(FieldsOf(item));
        _texts.Add(item.Text);
        if (_times.Count == GroupRows)
        {
            WriteGroup();
        }
    }

    public void WriteLoss(int cpu, long count, string buffer = "") => _losses++;

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        WriteGroup();
        _writer!.CustomMetadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["labtrace.clock"] = _options.ClockName,
            ["labtrace.lost"] = tally.LostTotal.ToString(CultureInfo.InvariantCulture),
            ["labtrace.malformed"] = tally.Malformed.ToString(CultureInfo.InvariantCulture),
            ["labtrace.skipped"] = tally.Skipped.ToString(CultureInfo.InvariantCulture),
        };
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _writer = null;
        _output.Flush();
        return _losses == 0 ? [] : [$"{_losses:N0} places where the kernel lost events have no row"];
    }

    public void Dispose()
    {
        _fields.Dispose();
        _json.Dispose();
    }

    private string FieldsOf(in TraceEvent item)
    {
        _json.SetLength(0);
        _fields.Reset(_json);
        _fields.WriteStartObject();
        foreach (var (name, value) in item.Fields)
        {
            if (value.Label is { } label)
            {
                _fields.WriteString(name, label);
            }
            else
            {
                _fields.WritePropertyName(name);
                FieldJson.Write(_fields, value);
            }
        }

        _fields.WriteEndObject();
        _fields.Flush();
        return Encoding.UTF8.GetString(_json.GetBuffer(), 0, (int)_json.Length);
    }

    private void WriteGroup()
    {
        _writer ??= ParquetWriter.CreateAsync(
            new ParquetSchema(Time, Cpu, Pid, Tgid, Comm, System, Event, Instance, Fields, Text), _output).GetAwaiter().GetResult();
        if (_times.Count == 0)
        {
            return;
        }

        using var group = _writer.CreateRowGroup();
        Column(group, Time, _times);
        Column(group, Cpu, _cpus);
        Column(group, Pid, _pids);
        Column(group, Tgid, _tgids);
        Column(group, Comm, _comms);
        Column(group, System, _systems);
        Column(group, Event, _events);
        Column(group, Instance, _instances);
        Column(group, Fields, _objects);
        Column(group, Text, _texts);
        group.CompleteValidate();
    }

    private static void Column<T>(ParquetRowGroupWriter group, DataField field, List<T> values)
        where T : struct
    {
        group.WriteAsync<T>(field, values.ToArray().AsMemory()).GetAwaiter().GetResult();
        values.Clear();
    }

    private static void Column(ParquetRowGroupWriter group, DataField field, List<string> values)
    {
        group.WriteAsync(field, values).GetAwaiter().GetResult();
        values.Clear();
    }
}
