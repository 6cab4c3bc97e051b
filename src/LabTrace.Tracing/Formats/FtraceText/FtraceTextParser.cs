using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Turns lines of <c>trace</c>, <c>trace_pipe</c> and <c>trace-cmd report</c> into events.</summary>
/// <remarks>Format: Formats/FtraceText/FtraceText.md.</remarks>
internal sealed partial class FtraceTextParser : TextParser
{
    private readonly Utf8Interner<Numbered> _tasks;
    private readonly Utf8Interner<Numbered> _timed;
    private readonly Utf8Interner<Numbered> _ticking;
    private readonly Dictionary<int, int> _pids = [];
    private Form _form;
    private string _tracer = "";
    private TextSchema? _last;
    private long _written = -1;
    private long _entries = -1;

    public FtraceTextParser(TallyBuilder tally, long expectedBytes)
        : base(new TextSink(tally, expectedBytes))
    {
        _tasks = new(bytes => new Numbered(Sink.Add(FtraceLine.ParseTask(bytes)), null));
        _timed = new(bytes => Schema(bytes, isClockInNanoseconds: true));
        _ticking = new(bytes => Schema(bytes, isClockInNanoseconds: false));
    }

    /// <summary>How a capture's lines are headed. The first line decides: the forms without a head could be told from further lines of a marker by
    /// nothing else.</summary>
    private enum Form
    {
        Unknown,
        Headed,
        Raw,
        Hex,
        Binary,
        Bare,
    }

    protected override void EndOfText()
    {
        if (_written > _entries)
        {
            Tally.AddTotal(_written - _entries);
        }
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length > 0 && line[0] != '#' && TryEvent(line, start))
        {
            return true;
        }

        if (IsRecordOpen && !IsNote(line) && (line.Length == 0 || _last!.TakesContinuation(line)))
        {
            // The kernel ends a stack with its last line, trace-cmd with an empty one.
            Sink.ExtendLast(line.Length == 0 && _last!.TakesContinuations && !_last.TakesContinuation(line) ? start - 1 : start + line.Length);
            return false;
        }

        IsRecordOpen = false;
        Other(line, start);
        return false;
    }

    private static bool IsNote(ReadOnlySpan<byte> line) =>
        line.StartsWith("##### CPU "u8)
        || (line.StartsWith("CPU:"u8) && (line.EndsWith("EVENTS]"u8) || line.EndsWith("EVENTS DROPPED]"u8)));

    private Numbered Schema(ReadOnlySpan<byte> key, bool isClockInNanoseconds)
    {
        var schema = TextSchema.Make(key, isClockInNanoseconds);
        return new Numbered(Sink.Add(schema), schema);
    }

    private bool TryEvent(ReadOnlySpan<byte> line, int start)
    {
        if (_form is Form.Unknown or Form.Headed or Form.Bare && FtraceLine.TryParse(line, out var head))
        {
            _form = Form.Headed;
            return Add(line, start, head, _tasks.Get(line.Slice(head.TaskStart, head.TaskLength)).Index, isRaw: false);
        }

        if (_form is Form.Unknown or Form.Raw && FtraceLine.TryRaw(line, out head))
        {
            _form = Form.Raw;
            return Add(line, start, head, _tasks.Get(line[..head.TaskLength]).Index, isRaw: true);
        }

        if (_form is Form.Unknown or Form.Hex && FtraceLine.TryHex(line, out head, out var pid))
        {
            _form = Form.Hex;
            return Add(line, start, head, TaskOf(pid), isRaw: true);
        }

        // Without context-info there is no head at all, and no column titles say so.
        if (_form == Form.Bare || (_form == Form.Unknown && _tracer.Length > 0 && !IsNote(line) && BareKey(line, out _).Length > 0))
        {
            return TryBare(line, start);
        }

        return false;
    }

    private bool TryBare(ReadOnlySpan<byte> line, int start)
    {
        if (IsNote(line) || BareKey(line, out var isRaw).Length == 0)
        {
            return false;
        }

        _form = Form.Bare;
        return Add(line, start, new FtraceLine { Cpu = TextSink.NoCpu, IsClockInNanoseconds = true }, TaskOf(-1), isRaw);
    }

    private ReadOnlySpan<byte> BareKey(ReadOnlySpan<byte> line, out bool isRaw)
    {
        isRaw = line.StartsWith("type: "u8);
        return isRaw ? TextSchema.RawKeyOf(line) : TextSchema.KeyOf(line, _tracer);
    }

    private int TaskOf(int pid)
    {
        if (!_pids.TryGetValue(pid, out var task))
        {
            _pids[pid] = task = Sink.Add(new TaskOfEvent(pid, -1, pid == 0 ? "<idle>" : CommTable.Unknown));
        }

        return task;
    }

    private bool Add(ReadOnlySpan<byte> line, int start, in FtraceLine head, int task, bool isRaw)
    {
        var textStart = head.TextStart;
        var rest = line[textStart..];
        var key = isRaw ? TextSchema.RawKeyOf(rest) : TextSchema.KeyOf(rest, _tracer);
        if (key.Length == 0 && TryDifference(rest, out var skip))
        {
            textStart += skip;
            rest = rest[skip..];
            key = TextSchema.KeyOf(rest, _tracer);
        }

        if (key.Length == 0 || head.Cpu >= TextSink.MaxCpus)
        {
            Malformed(line, start, key.Length == 0 ? "the line names no event" : $"no machine has a cpu {head.Cpu}");
            IsRecordOpen = false;
            return true;
        }

        var known = (head.IsClockInNanoseconds ? _timed : _ticking).Get(key);
        var schema = known.Schema!;
        textStart += schema.TextOffset(rest, key.Length);
        Sink.Add(head.Time, head.Cpu, head.Flags, task, known.Index, start + textStart, line.Length - textStart);
        _last = schema;
        IsRecordOpen = schema.TakesContinuations;
        return true;
    }

    /// <summary>trace-cmd report --ts-diff: <c>(+12)     </c>, or as many blanks.</summary>
    private static bool TryDifference(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text.StartsWith("(+"u8))
        {
            length = 2;
            if (!AsciiScan.TryULong(text, ref length, out _) || length >= text.Length || text[length++] != ')')
            {
                return false;
            }
        }

        length = AsciiScan.SkipBlanks(text, length);
        return length > 0;
    }

    /// <summary>Comments, losses and lines that are nothing.</summary>
    private void Other(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length == 0)
        {
            return;
        }

        if (line[0] == '#')
        {
            Header(line);
        }
        else if (!TryLoss(line) && !IsReportNote(line))
        {
            Malformed(line, start, "the line is no event, no comment and no loss");
        }
    }

    /// <summary>What trace-cmd prints around the events.</summary>
    private bool IsReportNote(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("cpus="u8))
        {
            var at = 5;
            if (AsciiScan.TryInt(line, ref at, out var cpus) && cpus is > 0 and <= TextSink.MaxCpus)
            {
                AddCpus(cpus);
            }

            return true;
        }

        return line.StartsWith("version = "u8) || (line.StartsWith("CPU "u8) && line.EndsWith(" is empty"u8))
            || line.StartsWith("RT task timings:"u8) || line.StartsWith("Average wakeup latency: "u8) || line.StartsWith("Maximum Latency: "u8)
            || line.StartsWith("Minimum Latency: "u8);
    }

    private void AddCpus(int count)
    {
        for (var cpu = 0; cpu < count; cpu++)
        {
            Sink.AddCpu(cpu);
        }
    }

    /// <summary><c>CPU:1 [LOST 15884 EVENTS]</c>, of trace-cmd <c>CPU:1 [9493 EVENTS DROPPED]</c>; without a number none is known.</summary>
    private bool TryLoss(ReadOnlySpan<byte> line)
    {
        if (!IsNote(line) || line[0] != 'C')
        {
            return false;
        }

        var at = 4;
        if (!AsciiScan.TryInt(line, ref at, out var cpu) || cpu >= TextSink.MaxCpus || !line[at..].StartsWith(" ["u8))
        {
            return false;
        }

        at += 2;
        at += line[at..].StartsWith("LOST "u8) ? 5 : 0;
        Sink.AddLoss(cpu, AsciiScan.TryULong(line, ref at, out var count) && count <= long.MaxValue ? (long)count : -1);
        return true;
    }

    /// <summary><c># entries-in-buffer/entries-written: 476/4843   #P:2</c>, or <c># latency: 0 us, #476/4843, CPU#0 | (… #P:2)</c>.</summary>
    private void Header(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("# tracer: "u8))
        {
            _tracer = Encoding.UTF8.GetString(line[10..]).Trim();
            MayTurnBinary = _form == Form.Unknown;
            return;
        }

        var isPlain = line.StartsWith("# entries-in-buffer/entries-written:"u8);
        if (!isPlain && !line.StartsWith("# latency:"u8))
        {
            return;
        }

        var text = Encoding.UTF8.GetString(line);
        var at = isPlain ? text.IndexOf(':', StringComparison.Ordinal) + 1 : text.IndexOf(", #", StringComparison.Ordinal) + 3;
        var numbers = text[at..].Split([' ', '/', ',', '#'], StringSplitOptions.RemoveEmptyEntries);
        if (at > 2 && numbers.Length > 1
            && long.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var entries)
            && long.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var written))
        {
            (_entries, _written) = (entries, written);
        }

        var cpus = text.IndexOf("#P:", StringComparison.Ordinal);
        if (cpus > 0 && int.TryParse(text[(cpus + 3)..].TrimEnd(')', ' '), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= TextSink.MaxCpus)
        {
            AddCpus(count);
        }
    }

    private sealed record Numbered(int Index, TextSchema? Schema);
}
