namespace LabTrace.Tracing;

/// <summary>Turns the lines of mmiotrace into events.</summary>
/// <remarks>Format: Formats/Mmiotrace/Mmiotrace.md.</remarks>
internal sealed class MmiotraceParser : TextParser
{
    private static readonly string[] AccessNames = ["width", "", "map_id", "phys", "value", "pc", ""];
    private static readonly string[] MapNames = ["", "map_id", "phys", "virt", "len", "pc", ""];

    private readonly int _task;
    private readonly int _read;
    private readonly int _write;
    private readonly int _map;
    private readonly int _unmap;
    private readonly int _marker;
    private readonly int _unknown;

    public MmiotraceParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
        _task = Sink.Add(new TaskOfEvent(-1, -1, CommTable.Unknown));
        _read = Sink.Add(Schema("mmio_read", text => Named(text, AccessNames)));
        _write = Sink.Add(Schema("mmio_write", text => Named(text, AccessNames)));
        _map = Sink.Add(Schema("mmio_map", text => Named(text, MapNames)));
        _unmap = Sink.Add(Schema("mmio_unmap", text => Named(text, ["", "map_id", "pc", ""])));
        _marker = Sink.Add(Schema("print", text => [new("buf", FieldValue.Of(text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]))]));
        _unknown = Sink.Add(Schema("mmio_unknown", text => [new("text", FieldValue.Of(text))]));
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length == 0 || line[0] == '#' || line.StartsWith("VERSION "u8) || line.StartsWith("PCIDEV "u8) || line.StartsWith("LSPCI "u8))
        {
            return false;
        }

        if (line.StartsWith("R "u8) || line.StartsWith("W "u8))
        {
            var at = 2;
            _ = AsciiScan.TryInt(line, ref at, out _);
            Add(line, start, AsciiScan.SkipBlanks(line, at), 2, line[0] == 'R' ? _read : _write);
        }
        else if (line.StartsWith("MAP "u8))
        {
            Add(line, start, 4, 4, _map);
        }
        else if (line.StartsWith("UNMAP "u8))
        {
            Add(line, start, 6, 6, _unmap);
        }
        else if (line.StartsWith("MARK "u8))
        {
            Marker(line, start);
        }
        else if (line.StartsWith("UNKNOWN "u8))
        {
            Add(line, start, 8, 8, _unknown);
        }
        else
        {
            Malformed(line, start, "the line is no access, no mapping and no mark");
        }

        return true;
    }

    private static LazyTextSchema Schema(string name, Func<string, IEnumerable<KeyValuePair<string, FieldValue>>> fields) => new(new EventName("ftrace", name), fields);

    private static IEnumerable<KeyValuePair<string, FieldValue>> Named(string text, string[] names) =>
        names.Zip(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.First.Length > 0).Select(p => new KeyValuePair<string, FieldValue>(p.First, FieldValue.Of(p.Second)));

    private void Marker(ReadOnlySpan<byte> line, int start)
    {
        // MARK 12.345678 mmiotrace has lost 12 events.
        if (line.IndexOf(" lost "u8) is var lost and > 0 && line.EndsWith(" events."u8))
        {
            var at = lost + 6;
            Sink.AddLoss(TextSink.NoCpu, AsciiScan.TryULong(line, ref at, out var count) && count <= long.MaxValue ? (long)count : -1);
            return;
        }

        Add(line, start, 5, 5, _marker);
    }

    private void Add(ReadOnlySpan<byte> line, int start, int timeAt, int textAt, int schema)
    {
        if (!AsciiScan.TryTime(line, ref timeAt, out var time, out var isSeconds) || !isSeconds)
        {
            Malformed(line, start, "the line has no time in seconds");
            return;
        }

        Sink.Add(time, TextSink.NoCpu, default, _task, schema, start + textAt, line.Length - textAt);
    }
}
