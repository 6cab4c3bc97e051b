using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Turns lines of <c>trace</c> and <c>trace_pipe</c> into events. Feed it whole files or pieces as they come.</summary>
/// <remarks>Format: Formats/FtraceText/FtraceText.md.</remarks>
internal sealed class FtraceTextParser
{
    /// <summary>More cpus than any machine has; also keeps two lanes for each in an index of 16 bits.</summary>
    private const int MaxCpus = 1 << 14;

    private readonly TallyBuilder _tally;
    private readonly EventTables _tables = new();
    private readonly Utf8Interner<Numbered> _tasks;
    private readonly Utf8Interner<Numbered> _timed;
    private readonly Utf8Interner<Numbered> _ticking;
    private readonly SortedSet<int> _cpus = [];
    private readonly List<LostMarker> _losses = [];
    private readonly Dictionary<int, ushort> _lanes = [];
    private EventRecord[] _events;
    private ReadOnlyMemory<byte> _text;
    private ushort _lane;
    private int _count;
    private int _lastLane = -1;
    private int _lastTextStart = -1;
    private bool _takesContinuations;
    private long _written = -1;
    private long _entries = -1;

    public FtraceTextParser(TallyBuilder tally, long expectedBytes)
    {
        _tally = tally;
        _events = GC.AllocateUninitializedArray<EventRecord>((int)Math.Clamp(expectedBytes / 100, 16, 1 << 24));
        _tasks = new(bytes => new Numbered(_tables.Add(FtraceLine.ParseTask(bytes)), null));
        _timed = new(bytes => Schema(bytes, isClockInNanoseconds: true));
        _ticking = new(bytes => Schema(bytes, isClockInNanoseconds: false));
    }

    /// <summary>Reads whole lines.</summary>
    /// <param name="text">The bytes; events keep slices of them.</param>
    /// <param name="offset">Where the bytes stand in the capture, for error samples.</param>
    /// <param name="isFinal">Whether nothing follows; a last line without an end is then counted as malformed.</param>
    /// <returns>How many bytes were consumed; the rest is the start of a record that may go on.</returns>
    public int Parse(ReadOnlyMemory<byte> text, long offset, bool isFinal)
    {
        if (!_text.Equals(text))
        {
            _text = text;
            _lanes.Clear();
            _lastLane = -1;
        }

        var span = text.Span;
        var consumed = 0;
        var recordStart = 0;
        while (consumed < span.Length)
        {
            var length = span[consumed..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            var line = span.Slice(consumed, length);
            if (line.Length > 0 && line[^1] == '\r')
            {
                line = line[..^1];
            }

            if (TryEvent(line, consumed, offset))
            {
                recordStart = consumed;
            }
            else if (!TryContinue(line, consumed))
            {
                Other(line, offset + consumed);
                recordStart = consumed + length + 1;
            }

            consumed += length + 1;
        }

        if (isFinal)
        {
            if (consumed < span.Length)
            {
                _tally.AddMalformed(offset + consumed, "the last line has no end: the capture was cut", span[consumed..], isText: true);
            }

            return span.Length;
        }

        // An event that may continue on the next line is read again when more has come.
        if (_takesContinuations && _lastTextStart >= 0)
        {
            _count--;
            _takesContinuations = false;
            consumed = recordStart;
        }

        _lastTextStart = -1;
        return consumed;
    }

    public Trace ToTrace(string? clock)
    {
        if (_written > _entries)
        {
            _tally.AddTotal(_written - _entries);
        }

        var hasTicks = _count > 0 && !_tables.Schema(_events[0]).IsClockInNanoseconds;
        return new Trace(new EventList(_events, _count, _tables), [.. _cpus], clock ?? (hasTicks ? "unknown ticks" : "unknown"), _tally.ToTally(_count), _losses);
    }

    public TraceEvent[] TakeEvents()
    {
        var taken = new EventList(_events, _count, _tables).ToArray();
        _count = 0;

        // A stream's tables must not hold on to every piece of text that came.
        _tables.ClearLanes();
        _lanes.Clear();
        _lastLane = -1;
        return taken;
    }

    private Numbered Schema(ReadOnlySpan<byte> key, bool isClockInNanoseconds)
    {
        var schema = TextSchema.Make(key, isClockInNanoseconds);
        return new Numbered(_tables.Add(schema), schema);
    }

    private bool TryEvent(ReadOnlySpan<byte> line, int lineStart, long offset)
    {
        if (line.Length == 0 || line[0] == '#' || !FtraceLine.TryParse(line, out var head))
        {
            return false;
        }

        var rest = line[head.TextStart..];
        var keyLength = TextSchema.KeyLength(rest);
        if (keyLength == 0 || head.Cpu >= MaxCpus)
        {
            _tally.AddMalformed(offset + lineStart, keyLength == 0 ? "the line names no event" : $"no machine has a cpu {head.Cpu}", line, isText: true);
            _takesContinuations = false;
            return true;
        }

        var known = (head.IsClockInNanoseconds ? _timed : _ticking).Get(rest[..keyLength]);
        var schema = known.Schema!;
        var textStart = lineStart + head.TextStart + schema.TextOffset(rest, keyLength);
        var laneKey = head.Cpu * 2 + (head.Flags.IsKnown ? 1 : 0);
        if (laneKey != _lastLane)
        {
            FindLane(laneKey, head.Cpu, head.Flags.IsKnown);
        }

        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count * 2);
        }

        _events[_count++] = new EventRecord(
            head.Time,
            textStart,
            lineStart + line.Length - textStart,
            _tasks.Get(line[..head.TaskLength]).Index,
            known.Index,
            _lane,
            head.Flags.Irq,
            head.Flags.Preempt);
        _takesContinuations = schema.TakesContinuations;
        _lastTextStart = textStart;
        return true;
    }

    private void FindLane(int key, int cpu, bool hasFlags)
    {
        if (!_lanes.TryGetValue(key, out _lane))
        {
            _lanes[key] = _lane = _tables.Add(new Lane(cpu, _text, hasFlags));
            _ = _cpus.Add(cpu);
        }

        _lastLane = key;
    }

    /// <summary>Adds a further line of a marker or a stack to its event.</summary>
    private bool TryContinue(ReadOnlySpan<byte> line, int lineStart)
    {
        if (!_takesContinuations || _lastTextStart < 0 || IsNote(line))
        {
            return false;
        }

        ref var last = ref _events[_count - 1];
        last = last with { Length = lineStart + line.Length - _lastTextStart };
        return true;
    }

    private static bool IsNote(ReadOnlySpan<byte> line) =>
        line.StartsWith("##### CPU "u8) || (line.StartsWith("CPU:"u8) && line.EndsWith("EVENTS]"u8));

    /// <summary>Comments, losses and lines that are nothing.</summary>
    private void Other(ReadOnlySpan<byte> line, long offset)
    {
        _takesContinuations = false;
        if (line.Length == 0)
        {
            return;
        }

        if (line[0] == '#')
        {
            Header(line);
        }
        else if (!TryLoss(line))
        {
            _tally.AddMalformed(offset, "the line is no event, no comment and no loss", line, isText: true);
        }
    }

    private bool TryLoss(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("CPU:"u8) || !line.EndsWith("EVENTS]"u8))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(line);
        var words = text.Split([' ', '[', ']', ':'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var cpu) || words[2] != "LOST")
        {
            return false;
        }

        var count = long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        _losses.Add(new LostMarker(cpu, count, _count));
        _tally.AddLost(cpu, count);
        _ = _cpus.Add(cpu);
        return true;
    }

    /// <summary><c># entries-in-buffer/entries-written: 476/4843   #P:2</c>, or <c># latency: 0 us, #476/4843, CPU#0 | (… #P:2)</c>.</summary>
    private void Header(ReadOnlySpan<byte> line)
    {
        var isPlain = line.StartsWith("# entries-in-buffer/entries-written:"u8);
        if (!isPlain && !line.StartsWith("# latency:"u8))
        {
            return;
        }

        var text = Encoding.UTF8.GetString(line);
        var at = isPlain ? text.IndexOf(':', StringComparison.Ordinal) + 1 : text.IndexOf(", #", StringComparison.Ordinal) + 3;
        var numbers = text[at..].Split([' ', '/', ',', '#'], StringSplitOptions.RemoveEmptyEntries);
        if (at > 2 && numbers.Length > 1 && long.TryParse(numbers[0], out var entries) && long.TryParse(numbers[1], out var written))
        {
            (_entries, _written) = (entries, written);
        }

        var cpus = text.IndexOf("#P:", StringComparison.Ordinal);
        if (cpus > 0 && int.TryParse(text[(cpus + 3)..].TrimEnd(')', ' '), out var count) && count is > 0 and <= MaxCpus)
        {
            _cpus.UnionWith(Enumerable.Range(0, count));
        }
    }

    private sealed record Numbered(int Index, TextSchema? Schema);
}
