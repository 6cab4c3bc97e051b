using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>One JSON object a line for each event, and one for each place where the kernel lost events.</summary>
/// <remarks>Forms: Exports/Exports.md.</remarks>
internal sealed class JsonLinesExport : ITraceExport
{
    private readonly Stream _output;
    private readonly System.Buffers.ArrayBufferWriter<byte> _buffer = new(1 << 17);
    private readonly Utf8JsonWriter _json;

    public JsonLinesExport(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    public void Write(in TraceEvent item, string buffer = "")
    {
        _json.WriteStartObject();
        _json.WriteNumber("timestamp_ns"u8, item.Time.Nanoseconds);
        _json.WriteNumber("cpu"u8, item.Cpu);
        _json.WriteNumber("pid"u8, item.Pid);
        if (item.Tgid >= 0)
        {
            _json.WriteNumber("tgid"u8, item.Tgid);
        }

        _json.WriteString("comm"u8, item.Comm);
        if (item.Name.System.Length > 0)
        {
            _json.WriteString("system"u8, item.Name.System);
        }

        _json.WriteString("event"u8, item.Name.Name);
        if (buffer.Length > 0)
        {
            _json.WriteString("instance"u8, buffer);
        }

        if (item.Flags.IsKnown)
        {
            _json.WriteString("flags"u8, item.Flags.ToString());
        }

        _json.WriteStartObject("fields"u8);
        var hasLabels = false;
        foreach (var (name, value) in item.Fields)
        {
            _json.WritePropertyName(name);
            FieldJson.Write(_json, value);
            hasLabels |= value.Label is not null;
        }

        _json.WriteEndObject();
        if (hasLabels)
        {
            _json.WriteStartObject("labels"u8);
            foreach (var (name, value) in item.Fields)
            {
                if (value.Label is { } label)
                {
                    _json.WriteString(name, label);
                }
            }

            _json.WriteEndObject();
        }

        EndLine();
    }

    public void WriteLoss(int cpu, long count, string buffer = "")
    {
        _json.WriteStartObject();
        _json.WriteNumber("cpu"u8, cpu);
        if (count >= 0)
        {
            _json.WriteNumber("lost"u8, count);
        }
        else
        {
            _json.WriteNull("lost"u8);
        }

        if (buffer.Length > 0)
        {
            _json.WriteString("instance"u8, buffer);
        }

        EndLine();
    }

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        HandOn();
        return [];
    }

    public void Dispose() => _json.Dispose();

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount > 1 << 16)
        {
            HandOn();
        }
    }

    private void HandOn()
    {
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        _output.Flush();
    }
}
