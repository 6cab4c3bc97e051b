namespace LabTrace.Tracing;

/// <summary>Turns the text of <c>perf script</c> into events.</summary>
/// <remarks>Format: Formats/PerfScript/PerfScript.md.</remarks>
internal sealed class PerfScriptParser : TextParser
{
    private const int MaxNameBytes = 512;

    private readonly Utf8Interner<Numbered> _tasks;
    private readonly Utf8Interner<Numbered> _events;
    private readonly byte[] _periodKey = new byte[MaxNameBytes + 1];
    private bool _hasStacks;
    private bool _isInStack;
    private bool _isBare;

    public PerfScriptParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
        _tasks = new(bytes => new Numbered(Sink.Add(PerfScriptLine.ParseTask(bytes))));
        _events = new(bytes => new Numbered(Sink.Add(PerfScriptSchema.Make(bytes))));
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length == 0)
        {
            _hasStacks |= IsRecordOpen;
            IsRecordOpen = false;
            return false;
        }

        if (line[0] == '\t' && IsRecordOpen)
        {
            _isInStack = true;
            Sink.ExtendLast(start + line.Length);
            return false;
        }

        IsRecordOpen = false;
        _isInStack = false;
        if (line[0] == '#')
        {
            Header(line);
            return false;
        }

        if (line.StartsWith("PERF_RECORD_FINISHED_ROUND"u8))
        {
            return false;
        }

        if (!PerfScriptLine.TryParse(line, out var head) || head.EventEnd - head.EventStart > MaxNameBytes)
        {
            Malformed(line, start, "the line is no sample, no stack and no comment");
            return false;
        }

        var name = head.EventEnd == head.EventStart ? "perf:sample:"u8 : line[head.EventStart..head.EventEnd];
        if (name.StartsWith("PERF_RECORD_LOST"u8))
        {
            Loss(line[head.EventEnd..], head.Cpu);
            return false;
        }

        var task = _tasks.Get(line[..head.TaskLength]).Index;
        var hasPeriod = head.PeriodStart < head.EventStart;
        var schema = hasPeriod ? PeriodSchema(name) : _events.Get(name).Index;
        var text = hasPeriod ? head.PeriodStart : AsciiScan.SkipBlanks(line, head.EventEnd);
        Sink.Add(head.Time, head.Cpu, default, task, schema, start + text, line.Length - text);
        IsRecordOpen = true;
        _isBare = AsciiScan.SkipBlanks(line, head.EventEnd) == line.Length;
        return true;
    }

    protected override void ReadTail(ReadOnlySpan<byte> tail, int start)
    {
        if (!IsRecordOpen || tail[0] != '\t')
        {
            base.ReadTail(tail, start);
        }

        _isInStack |= tail[0] == '\t';
    }

    /// <summary>An empty line ends a stack; without it callers may be missing. A tracepoint's text without a stack is whole.</summary>
    protected override void EndOfText()
    {
        if (IsRecordOpen && (_isInStack || (_hasStacks && _isBare)))
        {
            Sink.RemoveLast();
            Malformed("the last sample"u8, 0, "the last sample's stack has no end: the capture was cut");
        }
    }

    private int PeriodSchema(ReadOnlySpan<byte> name)
    {
        _periodKey[0] = 0;
        name.CopyTo(_periodKey.AsSpan(1));
        return _events.Get(_periodKey.AsSpan(0, name.Length + 1)).Index;
    }

    /// <summary><c>PERF_RECORD_LOST lost 12</c>, of newer kernels <c>PERF_RECORD_LOST_SAMPLES lost 12</c>.</summary>
    private void Loss(ReadOnlySpan<byte> text, int cpu)
    {
        var at = text.IndexOf("lost "u8) + 5;
        at = AsciiScan.SkipBlanks(text, at);
        Sink.AddLoss(cpu, at > 4 && AsciiScan.TryULong(text, ref at, out var count) && count <= long.MaxValue ? (long)count : -1);
    }

    /// <summary><c># nrcpus avail : 2</c> tells the cpus.</summary>
    private void Header(ReadOnlySpan<byte> line)
    {
        var at = line.StartsWith("# nrcpus avail"u8) ? line.IndexOf((byte)':') + 1 : 0;
        at = at == 0 ? line.Length : AsciiScan.SkipBlanks(line, at);
        if (AsciiScan.TryInt(line, ref at, out var cpus) && cpus <= TextSink.MaxCpus)
        {
            for (var cpu = 0; cpu < cpus; cpu++)
            {
                Sink.AddCpu(cpu);
            }
        }
    }

    private sealed record Numbered(int Index);
}
