using System.Buffers;

namespace LabTrace.Tracing;

/// <summary>One line of a timeline: <c>[time] EVENT key=value…</c>, <c>[time] CPU EVENT key=value, …</c> or <c>time  [CPU]  comm(pid) event</c>.</summary>
internal ref struct GrtTextLine
{
    private static readonly SearchValues<byte> WordBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"u8);

    private static readonly string[] GpuEvents =
        ["SUBMIT", "COMMIT", "START", "END", "COMPLETE", "IRQ", "CTX_SWITCH", "SYNC_WAIT_ENTER", "SYNC_WAIT_EXIT", "ERROR", "CUSTOM"];

    public ulong Time;
    public bool IsGpu;

    /// <summary>Whether the line is of the form for people, in which the event's name stands among the fields.</summary>
    public bool IsPretty;
    public ReadOnlySpan<byte> Event;

    /// <summary>Where the fields start.</summary>
    public int TextStart;

    public static bool TryParse(ReadOnlySpan<byte> line, out GrtTextLine result)
    {
        result = default;
        return line.Length > 0 && (line[0] == '[' ? TryBracketed(line, ref result) : TryPretty(line, ref result));
    }

    private static bool TryBracketed(ReadOnlySpan<byte> line, ref GrtTextLine result)
    {
        var at = 1;
        if (!AsciiScan.IsDigit(line, at) || !AsciiScan.TryTime(line, ref at, out result.Time, out var isSeconds) || !isSeconds || !line[at..].StartsWith("] "u8))
        {
            return false;
        }

        at += 2;
        var word = Word(line[at..]);
        if (word.Length == 0)
        {
            return false;
        }

        var isSource = word.SequenceEqual("CPU"u8) || word.SequenceEqual("GPU"u8);
        var isGpu = isSource ? word[0] == 'G' : IsGpuEvent(word);
        if (isSource)
        {
            at += 4;
            word = at < line.Length ? Word(line[at..]) : [];
            if (word.Length == 0)
            {
                return false;
            }
        }

        var text = AsciiScan.SkipBlanks(line, at + word.Length);
        if (text < line.Length && line[text..].IndexOf((byte)'=') < 0)
        {
            return false;
        }

        (result.IsGpu, result.TextStart) = (isGpu, text);
        result.Event = word;
        return true;
    }

    private static bool TryPretty(ReadOnlySpan<byte> line, ref GrtTextLine result)
    {
        var at = 0;
        if (!AsciiScan.TryTime(line, ref at, out result.Time, out var isSeconds) || !isSeconds)
        {
            return false;
        }

        at = AsciiScan.SkipBlanks(line, at);
        var rest = line[at..];
        result.IsGpu = rest.StartsWith("[GPU] "u8);
        if (!result.IsGpu && !rest.StartsWith("[CPU] "u8))
        {
            return false;
        }

        result.TextStart = AsciiScan.SkipBlanks(line, at + 6);
        result.IsPretty = true;

        // The event is the word that is no field; behind "← " stands a remark.
        rest = line[result.TextStart..];
        var remark = rest.IndexOf("\u2190"u8);
        rest = (remark < 0 ? rest : rest[..remark]).TrimEnd((byte)' ');
        for (var last = rest; last.Length > 0;)
        {
            var blank = last.LastIndexOf((byte)' ');
            var word = last[(blank + 1)..];
            if (word.IndexOf((byte)'=') < 0 && word.IndexOf((byte)')') < 0 && word.Length > 0)
            {
                result.Event = word;
                return true;
            }

            last = blank < 0 ? [] : last[..blank].TrimEnd((byte)' ');
        }

        return false;
    }

    private static bool IsGpuEvent(ReadOnlySpan<byte> word)
    {
        foreach (var name in GpuEvents)
        {
            if (word.Length == name.Length && System.Text.Ascii.Equals(word, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A word of capitals, which a blank or the line's end follows.</summary>
    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(WordBytes);
        end = end < 0 ? text.Length : end;
        return end > 0 && (end == text.Length || text[end] == ' ') && !AsciiScan.IsDigit(text, 0) ? text[..end] : [];
    }
}
