namespace LabTrace.Tracing;

/// <summary>Finds the fields in an event's text.</summary>
internal static class TextFields
{
    /// <summary><c>key=value</c> pairs; a value holds blanks and ends where the next <c> key=</c> (or sched_switch's arrow) begins. Without any,
    /// <c>key: value</c> pairs.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Pairs(string text)
    {
        var pairs = new List<KeyValuePair<string, FieldValue>>();
        if (!TryKey(text, 0, '=', out var key, out var valueStart))
        {
            return Listed(text);
        }

        while (true)
        {
            var hasNext = TryKey(text, valueStart, '=', out var next, out var nextValue);
            var end = hasNext ? next.Start : text.Length;
            pairs.Add(new(text[key.Start..key.End], FieldValue.Of(Trimmed(text, key.Start, valueStart, end, hasNext))));
            if (!hasNext)
            {
                return pairs;
            }

            (key, valueStart) = (next, nextValue);
        }
    }

    /// <summary><c>key: value, key: value</c>, as system calls print their arguments.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Listed(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var list = open >= 0 && text.EndsWith(')') ? text[(open + 1)..^1] : text;
        foreach (var part in list.Split(", "))
        {
            var colon = part.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && part.AsSpan(0, colon).IndexOf(' ') < 0)
            {
                yield return new(part[..colon], FieldValue.Of(part[(colon + 2)..].Trim()));
            }
        }
    }

    /// <summary><c>NR 1 (b, 1, 55ff, 0, 7, b)</c> and <c>NR 1 = 2</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> RawSyscall(string text)
    {
        if (!text.StartsWith("NR ", StringComparison.Ordinal))
        {
            return Pairs(text);
        }

        var end = text.IndexOf(' ', 3);
        if (end < 0)
        {
            return [];
        }

        KeyValuePair<string, FieldValue> id = new("id", FieldValue.Of(text[3..end]));
        var rest = text[(end + 1)..];
        return rest.StartsWith("= ", StringComparison.Ordinal)
            ? [id, new("ret", FieldValue.Of(rest[2..]))]
            : [id, new("args", FieldValue.Of(rest.Trim('(', ')')))];
    }

    /// <summary><c>sys_openat -> 0xfffffffffffffffe</c>: a signed number printed as an unsigned one.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> SyscallReturn(string text)
    {
        const string Mark = "-> ";
        var at = text.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || !Number.TryParse(text.AsSpan(at + Mark.Length).Trim(), out var value))
        {
            return [];
        }

        return [new("ret", FieldValue.Of((long)(ulong)value))];
    }

    /// <summary><c># 1 buf: 61 62</c>; the id is in hexadecimal.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> RawData(string text)
    {
        var at = text.IndexOf(" buf:", StringComparison.Ordinal);
        return at < 2 ? [] : [new("id", FieldValue.Of("0x" + text[2..at])), new("buf", FieldValue.Of(text[(at + 5)..].Trim()))];
    }

    /// <summary><c>function &lt;-parent</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Function(string text)
    {
        var at = text.IndexOf(" <-", StringComparison.Ordinal);
        return at < 0
            ? [new("ip", FieldValue.Of(text))]
            : [new("ip", FieldValue.Of(text[..at])), new("parent_ip", FieldValue.Of(text[(at + 3)..]))];
    }

    private static string Trimmed(string text, int keyStart, int from, int to, bool hasNext)
    {
        var value = text.AsSpan(from..to).Trim(' ');
        if (hasNext)
        {
            value = value.EndsWith("==>") ? value[..^3].TrimEnd(' ') : value;
            value = value.TrimEnd('[').TrimEnd('(').TrimEnd(' ').TrimEnd(',').TrimEnd(';');
        }

        if (keyStart > 0 && text[keyStart - 1] is '[' or '(')
        {
            value = value.TrimEnd(']').TrimEnd(')');
        }

        // runtime=1068714 [ns]
        if (value.Length > 0 && char.IsAsciiDigit(value[0]) && value[^1] == ']' && value.LastIndexOf(" [") is var unit and > 0)
        {
            value = value[..unit];
        }

        // rss_stat prints size=4096B.
        if (value.Length > 1 && value[^1] == 'B' && !value[..^1].ContainsAnyExceptInRange('0', '9'))
        {
            value = value[..^1];
        }

        return value.ToString();
    }

    /// <summary>Finds the next word that is followed by the mark and preceded by a blank, comma or bracket, or stands first.</summary>
    private static bool TryKey(string text, int from, char mark, out (int Start, int End) key, out int valueStart)
    {
        key = default;
        valueStart = 0;
        for (var at = text.IndexOf(mark, from); at >= 0; at = text.IndexOf(mark, at + 1))
        {
            var start = at;
            while (start > from && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '.'))
            {
                start--;
            }

            var isKey = start < at && !char.IsAsciiDigit(text[start])
                        && (start == 0 || text[start - 1] is ' ' or ',' or '[' or '(' or '{' or ';' or '\t');
            if (isKey && start >= from && (at + 1 >= text.Length || text[at + 1] != '='))
            {
                key = (start, at);
                valueStart = at + 1;
                return true;
            }
        }

        return false;
    }
}
