using System.Buffers;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>CSV with the quotes of RFC 4180: <c>cpu,timestamp_ns,pid,comm,event,fields</c> with line feeds; quotes where a value holds a comma, a quote or a line break.</summary>
/// <remarks>Forms: Exports/Exports.md.</remarks>
internal sealed class CsvExport : ITraceExport
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<byte> BytesThatNeedQuotes = SearchValues.Create(",\"\r\n"u8);

    private readonly Utf8Output _output;
    private readonly Utf8Text _fields = new();
    private long _losses;

    public CsvExport(Stream output)
    {
        _output = new Utf8Output(output);
        _output.Append("cpu,timestamp_ns,pid,comm,event,fields\n"u8);
    }

    public void Write(in TraceEvent item, string buffer = "")
    {
        _output.Append(item.Cpu);
        _output.Append((byte)',');
        _output.Append(item.Time.Nanoseconds);
        _output.Append((byte)',');
        _output.Append(item.Pid);
        _output.Append((byte)',');
        AppendValue(item.Comm);
        _output.Append((byte)',');
        AppendValue(item.Name.Name);
        _output.Append((byte)',');
        _fields.Clear();
        item.Schema.AppendFields(item.Payload, _fields);
        AppendValue(_fields.Written);
        _output.Append((byte)'\n');
        _output.EndRecord();
    }

    public void WriteLoss(int cpu, long count, string buffer = "") => _losses++;

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        _output.Flush();
        return _losses == 0 ? [] : [$"{_losses:N0} places where the kernel lost events have no row"];
    }

    public void Dispose()
    {
    }

    private void AppendValue(string value)
    {
        if (value.AsSpan().IndexOfAny(NeedsQuotes) < 0)
        {
            _output.Append(value);
        }
        else
        {
            AppendValue(Encoding.UTF8.GetBytes(value));
        }
    }

    private void AppendValue(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny(BytesThatNeedQuotes) < 0)
        {
            _output.Append(value);
            return;
        }

        _output.Append((byte)'"');
        for (var quote = value.IndexOf((byte)'"'); quote >= 0; quote = value.IndexOf((byte)'"'))
        {
            _output.Append(value[..(quote + 1)]);
            _output.Append((byte)'"');
            value = value[(quote + 1)..];
        }

        _output.Append(value);
        _output.Append((byte)'"');
    }
}
