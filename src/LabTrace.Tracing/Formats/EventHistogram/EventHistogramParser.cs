namespace LabTrace.Tracing;

/// <summary>Turns the rows of a hist trigger's table into events.</summary>
/// <remarks>Format: Formats/EventHistogram/EventHistogram.md.</remarks>
internal sealed class EventHistogramParser : TextParser
{
    private readonly int _task;
    private readonly int _schema;

    public EventHistogramParser(TallyBuilder tally)
        : base(new TextSink(tally, 0))
    {
        _task = Sink.Add(new TaskOfEvent(-1, -1, CommTable.Unknown));
        _schema = Sink.Add(new LazyTextSchema(new EventName("ftrace", "hist"), Fields));
    }

    protected override bool ReadLine(ReadOnlySpan<byte> line, int start)
    {
        if (IsRecordOpen)
        {
            // A stack as key has a line for each caller; the closing brace ends it.
            Sink.ExtendLast(start + line.Length);
            IsRecordOpen = !IsWhole(line);
            return false;
        }

        if (line.StartsWith("{"u8))
        {
            Sink.Add(0, TextSink.NoCpu, default, _task, _schema, start, line.Length);
            IsRecordOpen = !IsWhole(line);
            return true;
        }

        if (line.StartsWith("    Dropped: "u8))
        {
            var at = 13;
            if (AsciiScan.TryULong(line, ref at, out var dropped) && dropped is > 0 and <= long.MaxValue)
            {
                Sink.AddLoss(TextSink.NoCpu, (long)dropped);
            }
        }
        else if (line.Length > 0 && line[0] != '#' && !line.StartsWith("Totals:"u8) && !line.StartsWith("    Hits: "u8) && !line.StartsWith("    Entries: "u8))
        {
            Malformed(line, start, "the line is no row, no total and no comment");
        }

        return false;
    }

    private static bool IsWhole(ReadOnlySpan<byte> line) => line.LastIndexOf("} "u8) is var close and >= 0 && line[close..].IndexOf((byte)':') > 0;

    /// <summary><c>{ common_pid: bash [ 12], id: 3 } hitcount: 11 bytes: 300</c>.</summary>
    private static IEnumerable<KeyValuePair<string, FieldValue>> Fields(string text)
    {
        var close = text.LastIndexOf("} ", StringComparison.Ordinal);
        if (close < 1)
        {
            yield break;
        }

        foreach (var (key, value) in TextFields.Listed(text[1..close].Trim().Replace(":\n", ": \n", StringComparison.Ordinal)))
        {
            var shown = value.ToString();
            yield return new(key, FieldValue.Of(shown.Contains('\n', StringComparison.Ordinal) ? string.Join(" <- ", shown.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)) : shown));
        }

        var words = text[(close + 1)..].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            yield return new(words[i].TrimEnd(':'), FieldValue.Of(words[i + 1]));
        }
    }
}
