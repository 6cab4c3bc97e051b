namespace LabTrace.Tracing;

/// <summary>The kernel's own text, without the count of entries, which is known only at the end.</summary>
internal sealed class FtraceTextExport : ITraceExport
{
    private readonly Utf8Output _output;
    private readonly ExportOptions _options;
    private readonly Utf8Text _line = new();
    private bool _hasHeader;
    private bool _withTgid;

    public FtraceTextExport(Stream output, ExportOptions options) => (_output, _options) = (new Utf8Output(output), options);

    public void Write(in TraceEvent item, string buffer = "")
    {
        Head(item.Tgid >= 0);
        _line.Clear();
        FtraceTextWriter.AppendLine(_line, item, _withTgid);
        _output.Append(_line.Written);
        if (_line.Length == 0 || _line.Written[^1] != '\n')
        {
            _output.Append((byte)'\n');
        }

        _output.EndRecord();
    }

    public void WriteLoss(int cpu, long count, string buffer = "")
    {
        Head(withTgid: false);
        _output.Append(FtraceTextWriter.LossLine(new LostMarker(cpu, count, 0)));
        _output.Append((byte)'\n');
        _output.EndRecord();
    }

    public IReadOnlyList<string> Complete(ReadTally tally)
    {
        Head(withTgid: false);
        _output.Flush();
        return [];
    }

    public void Dispose()
    {
    }

    private void Head(bool withTgid)
    {
        if (!_hasHeader)
        {
            (_hasHeader, _withTgid) = (true, withTgid);
            _output.Append(FtraceTextWriter.Header(_options.Cpus.Count, withTgid));
        }
    }
}
