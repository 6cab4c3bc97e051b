using System.Text;

namespace LabTrace.Tracing;

/// <summary>Turns the objects that <c>bpftrace -f json</c> prints into the same events as its text.</summary>
/// <remarks>Format: Formats/Bpftrace/Bpftrace.md.</remarks>
internal sealed class BpftraceJsonParser : TextParser
{
    private readonly Utf8Interner<Numbered> _kinds;
    private readonly Utf8Text _made = new(1 << 12);
    private readonly int _task;

    public BpftraceJsonParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
        _task = Sink.Add(new TaskOfEvent(-1, -1, CommTable.Unknown));
        _kinds = new(bytes => new Numbered(Sink.Add(new BpftraceSchema(Encoding.UTF8.GetString(bytes)))));
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Length > 0 && !TryObject(line))
        {
            Malformed(line, start, "the line is no object with type and data");
        }

        return true;
    }

    protected override void ReadTail(ReadOnlySpan<byte> tail, int start)
    {
        // Only a whole object has its closing brace, so a last line without a line feed may be whole.
        if (!TryObject(tail))
        {
            base.ReadTail(tail, start);
        }
    }

    private bool TryObject(ReadOnlySpan<byte> line)
    {
        var json = new JsonScanner(line);
        if (!json.TryTake((byte)'{') || !json.TryString(out var key) || !key.SequenceEqual("type"u8) || !json.TryTake((byte)':')
            || !json.TryString(out var type) || !json.TryTake((byte)',') || !json.TryString(out key) || !key.SequenceEqual("data"u8)
            || !json.TryTake((byte)':'))
        {
            return false;
        }

        // Maps are the bulk: they are walked once, and entries that were read before the damage of a line shows are taken back.
        if (type.SequenceEqual("map"u8) || type.SequenceEqual("hist"u8) || type.SequenceEqual("stats"u8))
        {
            var count = Sink.Count;
            if (TryMaps(ref json, _kinds.Get(type).Index, type[0]) && IsEnd(ref json))
            {
                return true;
            }

            while (Sink.Count > count)
            {
                Sink.RemoveLast();
            }

            return false;
        }

        if (!json.TryValue(out var data) || !IsEnd(ref json))
        {
            return false;
        }

        var kind = _kinds.Get(type).Index;
        if (type.SequenceEqual("lost_events"u8))
        {
            return TryLost(data);
        }

        _made.Clear();
        if (type.SequenceEqual("attached_probes"u8))
        {
            // As the text says it, so that both mean the same.
            var at = data.IndexOf((byte)':') + 1;
            _made.Append(data[AsciiScan.SkipBlanks(data, at)..].TrimEnd((byte)'}'));
        }
        else if (data[0] == '"')
        {
            JsonScanner.Unescape(data[1..^1], _made);
            _made.Truncate(_made.Written.TrimEnd((byte)'\n').Length);
        }
        else
        {
            _made.Append(data);
        }

        Sink.AddMade(0, TextSink.NoCpu, default, _task, kind, _made.Written);
        return true;
    }

    /// <summary><c>{"events": 12}</c>.</summary>
    private bool TryLost(ReadOnlySpan<byte> data)
    {
        var at = AsciiScan.SkipBlanks(data, data.IndexOf((byte)':') + 1);
        if (!AsciiScan.TryULong(data, ref at, out var count) || count > long.MaxValue)
        {
            return false;
        }

        Sink.AddLoss(TextSink.NoCpu, (long)count);
        return true;
    }

    private static bool IsEnd(ref JsonScanner json) => json.TryTake((byte)'}') && json.Rest.Trim((byte)' ').Length == 0;

    /// <summary><c>{"@name": value}</c> and <c>{"@name": {"key": value}}</c>.</summary>
    private bool TryMaps(ref JsonScanner json, int kind, byte type)
    {
        if (!json.TryTake((byte)'{'))
        {
            return false;
        }

        if (json.TryTake((byte)'}'))
        {
            return true;
        }

        do
        {
            if (!json.TryString(out var name) || !json.TryTake((byte)':'))
            {
                return false;
            }

            if (json.Peek() != '{' || (type == 's' && IsStatistics(json)))
            {
                if (!TryEntry(ref json, name, [], hasKey: false, kind, type))
                {
                    return false;
                }

                continue;
            }

            _ = json.TryTake((byte)'{');
            if (json.TryTake((byte)'}'))
            {
                continue;
            }

            do
            {
                if (!json.TryString(out var key) || !json.TryTake((byte)':') || !TryEntry(ref json, name, key, hasKey: true, kind, type))
                {
                    return false;
                }
            }
            while (json.TryTake((byte)','));

            if (!json.TryTake((byte)'}'))
            {
                return false;
            }
        }
        while (json.TryTake((byte)','));

        return json.TryTake((byte)'}');
    }

    /// <summary>Whether what follows are the three numbers of one <c>stats()</c>, not entries by key. The scanner is a copy: nothing is taken.</summary>
    private static bool IsStatistics(JsonScanner json) =>
        json.TryTake((byte)'{') && json.TryString(out var key) && key.SequenceEqual("count"u8) && json.TryTake((byte)':') && json.Peek() != '{';

    /// <summary>Adds an entry as bpftrace's text has it.</summary>
    private bool TryEntry(ref JsonScanner json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, bool hasKey, int kind, byte type)
    {
        _made.Clear();
        _made.Append(name);
        if (hasKey)
        {
            _made.Append((byte)'[');
            JsonScanner.Unescape(key, _made);
            _made.Append((byte)']');
        }

        _made.Append(": "u8);
        var next = json.Peek();
        if (type == 'h' && next == '[')
        {
            if (!TryBuckets(ref json))
            {
                return false;
            }
        }
        else if (type == 's' && next == '{')
        {
            if (!TryStatistics(ref json))
            {
                return false;
            }
        }
        else if (!json.TryValue(out var value))
        {
            return false;
        }
        else if (next == '"')
        {
            JsonScanner.Unescape(value[1..^1], _made);
        }
        else
        {
            _made.Append(value);
        }

        Sink.AddMade(0, TextSink.NoCpu, default, _task, kind, _made.Written);
        return true;
    }

    /// <summary><c>[{"min": 0, "max": 49, "count": 92}]</c> as lines <c>[0, 49] 92</c>; without min or max it has no such bound.</summary>
    private bool TryBuckets(ref JsonScanner json)
    {
        _ = json.TryTake((byte)'[');
        if (json.TryTake((byte)']'))
        {
            return true;
        }

        do
        {
            ReadOnlySpan<byte> least = "..."u8;
            ReadOnlySpan<byte> most = "..."u8;
            ReadOnlySpan<byte> count = "0"u8;
            if (!json.TryTake((byte)'{'))
            {
                return false;
            }

            do
            {
                if (!json.TryString(out var name) || !json.TryTake((byte)':') || !json.TryValue(out var number))
                {
                    return false;
                }

                switch (name)
                {
                    case [(byte)'m', (byte)'i', ..]:
                        least = number;
                        break;
                    case [(byte)'m', ..]:
                        most = number;
                        break;
                    case [(byte)'c', ..]:
                        count = number;
                        break;
                }
            }
            while (json.TryTake((byte)','));

            _made.Append("\n["u8);
            _made.Append(least);
            _made.Append(", "u8);
            _made.Append(most);
            _made.Append("] "u8);
            _made.Append(count);
            if (!json.TryTake((byte)'}'))
            {
                return false;
            }
        }
        while (json.TryTake((byte)','));

        return json.TryTake((byte)']');
    }

    /// <summary><c>{"count": 26, "average": 9, "total": 250}</c> as <c>count 26, average 9, total 250</c>.</summary>
    private bool TryStatistics(ref JsonScanner json)
    {
        _ = json.TryTake((byte)'{');
        var isFirst = true;
        do
        {
            if (!json.TryString(out var name) || !json.TryTake((byte)':') || !json.TryValue(out var number))
            {
                return false;
            }

            _made.Append(isFirst ? ""u8 : ", "u8);
            _made.Append(name);
            _made.Append((byte)' ');
            _made.Append(number);
            isFirst = false;
        }
        while (json.TryTake((byte)','));

        return json.TryTake((byte)'}');
    }

    private sealed record Numbered(int Index);
}
