using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Chosen fields of events, one line each: tab-separated for people and scripts, or JSON.</summary>
internal sealed class FieldTable : ITraceExport
{
    private readonly Stream _output;
    private readonly string[] _fields;
    private readonly bool _asJson;
    private readonly StringBuilder _line = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long _losses;

    /// <summary>Makes a table.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="fields">The columns behind the time.</param>
    /// <param name="asJson">Whether each line is a JSON object.</param>
    public FieldTable(Stream output, string[] fields, bool asJson)
    {
        (_output, _fields, _asJson) = (output, fields, asJson);
        if (!asJson)
        {
            _output.Write(Encoding.UTF8.GetBytes($"time\t{string.Join('\t', fields)}\n"));
        }
    }

    /// <inheritdoc/>
    public void Write(in TraceEvent item, string buffer = "")
    {
        if (_asJson)
        {
            WriteJson(item);
            return;
        }

        _ = _line.Clear().Append(CultureInfo.InvariantCulture, $"{item.Time}");
        foreach (var field in _fields)
        {
            _ = _line.Append('\t').Append(item.TryGetField(field, out var value) ? value.ToString().TrimEnd('\n').Replace('\t', ' ').ReplaceLineEndings(" ") : "-");
        }

        _output.Write(Encoding.UTF8.GetBytes(_line.Append('\n').ToString()));
    }

    /// <inheritdoc/>
    public void WriteLoss(int cpu, long count, string buffer = "") => _losses++;

    /// <inheritdoc/>
    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        _output.Flush();
        return _losses == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{_losses:N0} places where the kernel lost events have no line")];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void WriteJson(in TraceEvent item)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp_ns", item.Time.Nanoseconds);
            foreach (var field in _fields)
            {
                if (!item.TryGetField(field, out var value))
                {
                    json.WriteNull(field);
                }
                else if (value.Label is null && value.TryGetInteger(out var number) && number >= long.MinValue && number <= long.MaxValue)
                {
                    json.WriteNumber(field, (long)number);
                }
                else
                {
                    json.WriteString(field, value.ToString().TrimEnd('\n'));
                }
            }

            json.WriteEndObject();
        }

        _output.Write(_buffer.WrittenSpan);
        _output.Write("\n"u8);
    }
}
