namespace LabTrace.Tracing;

/// <summary>Turns what bpftrace prints into events: one for each line of the program, and one for each entry of a map.</summary>
/// <remarks>Format: Formats/Bpftrace/Bpftrace.md.</remarks>
internal sealed class BpftraceTextParser : TextParser
{
    private readonly int _task;
    private readonly int _printf;
    private readonly int _time;
    private readonly int _map;
    private readonly int _histogram;
    private readonly int _statistics;
    private readonly int _attached;
    private Part _open;

    public BpftraceTextParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
        _task = Sink.Add(new TaskOfEvent(-1, -1, CommTable.Unknown));
        _printf = Sink.Add(new BpftraceSchema("printf"));
        _time = Sink.Add(new BpftraceSchema("time"));
        _map = Sink.Add(new BpftraceSchema(BpftraceSchema.Map));
        _histogram = Sink.Add(new BpftraceSchema(BpftraceSchema.Histogram));
        _statistics = Sink.Add(new BpftraceSchema(BpftraceSchema.Statistics));
        _attached = Sink.Add(new BpftraceSchema(BpftraceSchema.Attached));
    }

    /// <summary>What of a map's entry the next line may go on with.</summary>
    private enum Part
    {
        None,

        /// <summary>A key of several lines, a stack.</summary>
        Key,

        /// <summary>The first line of a value of several: a bucket or a caller.</summary>
        Value,
        Histogram,
        Stack,
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (IsRecordOpen && Continues(line, start))
        {
            return false;
        }

        IsRecordOpen = false;
        _open = Part.None;
        if (line.Length == 0)
        {
            return false;
        }

        if (line.StartsWith("Lost "u8) && line.EndsWith(" events"u8))
        {
            var at = 5;
            Sink.AddLoss(TextSink.NoCpu, AsciiScan.TryULong(line, ref at, out var count) && count <= long.MaxValue ? (long)count : -1);
            return false;
        }

        if (line[0] == '@' && TryEntry(line, start))
        {
            return true;
        }

        var isAttached = (line.StartsWith("Attaching "u8) || line.StartsWith("Attached "u8)) && line.IndexOf(" probe"u8) > 0;
        Sink.Add(0, TextSink.NoCpu, default, _task, isAttached ? _attached : IsTime(line) ? _time : _printf, start, line.Length);
        return true;
    }

    protected override void UndoRecord()
    {
        base.UndoRecord();
        _open = Part.None;
    }

    /// <summary><c>HH:MM:SS</c>, what <c>time()</c> prints unless told otherwise.</summary>
    private static bool IsTime(ReadOnlySpan<byte> line) =>
        line.Length == 8 && line[2] == ':' && line[5] == ':' && AsciiScan.IsDigit(line, 0) && AsciiScan.IsDigit(line, 1)
        && AsciiScan.IsDigit(line, 3) && AsciiScan.IsDigit(line, 4) && AsciiScan.IsDigit(line, 6) && AsciiScan.IsDigit(line, 7);

    private bool TryEntry(ReadOnlySpan<byte> line, int start)
    {
        var name = 1;
        while (name < line.Length && (char.IsAsciiLetterOrDigit((char)line[name]) || line[name] == '_'))
        {
            name++;
        }

        if (name == line.Length || line[name] is not ((byte)':' or (byte)'['))
        {
            return false;
        }

        var value = line[name] == ':' ? name + 1 : line[name..].IndexOf("]:"u8) is var key and >= 0 ? name + key + 2 : -1;
        if (value < 0 && line.TrimEnd((byte)' ')[^1] != '[')
        {
            return false;
        }

        Sink.Add(0, TextSink.NoCpu, default, _task, value < 0 ? _map : KindOf(line[value..]), start, line.Length);
        _open = value < 0 ? Part.Key : line[value..].Trim((byte)' ').Length == 0 ? Part.Value : Part.None;
        IsRecordOpen = _open != Part.None;
        return true;
    }

    private int KindOf(ReadOnlySpan<byte> value) => value.StartsWith(" count "u8) && value.IndexOf(", average "u8) > 0 ? _statistics : _map;

    private bool Continues(ReadOnlySpan<byte> line, int start)
    {
        switch (_open)
        {
            case Part.Key:
                if (line.IndexOf("]:"u8) is var key and >= 0 && !line.StartsWith("    "u8))
                {
                    var value = line[(key + 2)..];
                    _open = value.Trim((byte)' ').Length == 0 ? Part.Value : Part.None;
                    Sink.ExtendLast(start + line.Length, KindOf(value));
                    IsRecordOpen = _open != Part.None;
                    return true;
                }

                break;
            case Part.Value when IsBucket(line):
                _open = Part.Histogram;
                Sink.ExtendLast(start + line.Length, _histogram);
                return true;
            case Part.Value or Part.Stack when line.StartsWith(" "u8):
                _open = Part.Stack;
                break;
            case Part.Histogram when IsBucket(line):
                break;
            default:
                return false;
        }

        Sink.ExtendLast(start + line.Length);
        return true;
    }

    private static bool IsBucket(ReadOnlySpan<byte> line) => line.Length > 2 && line[0] is (byte)'[' or (byte)'(' && line[^1] == '|';
}
