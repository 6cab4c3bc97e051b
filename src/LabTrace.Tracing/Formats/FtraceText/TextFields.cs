namespace LabTrace.Tracing;

/// <summary>Finds the fields in an event's text.</summary>
internal static class TextFields
{
    /// <summary><c>key=value</c> pairs; a value holds blanks and ends where the next <c> key=</c> (or sched_switch's arrow) begins. Without any,
    /// <c>key: value</c> pairs, and without those one field <c>text</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Pairs(string text)
    {
        var pairs = new List<KeyValuePair<string, FieldValue>>();
        if (!TryKey(text, ProbePlace(text, pairs), '=', out var key, out var valueStart))
        {
            pairs.AddRange(Listed(text));
            return pairs.Count > 0 || text.Length == 0 ? pairs : [new("text", FieldValue.Of(text))];
        }

        var isProbe = pairs.Count > 0;
        while (true)
        {
            // A probe prints a string in quotes; what it recorded is the string.
            var quoted = isProbe && valueStart < text.Length && text[valueStart] == '"' ? Closing(text, valueStart + 1) : -1;
            var hasNext = TryKey(text, quoted < 0 ? valueStart : quoted + 1, '=', out var next, out var nextValue);
            var end = hasNext ? next.Start : text.Length;
            var value = quoted < 0 ? Trimmed(text, key.Start, valueStart, end, hasNext) : text[(valueStart + 1)..quoted];
            pairs.Add(new(text[key.Start..key.End], FieldValue.Of(value)));
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
        var isCall = open >= 0 && text.EndsWith(')');
        var list = isCall ? text[(open + 1)..^1] : text;
        for (var at = 0; at < list.Length;)
        {
            var colon = list.IndexOf(": ", at, StringComparison.Ordinal);
            if (colon < 0)
            {
                yield break;
            }

            // A value may hold ", " in quotes or in a list of flags; the next argument starts where ", name: " does. With the option verbose a type
            // stands before the name.
            var end = NextArgument(list, colon + 2);
            var words = list[at..colon];
            var name = words[(words.AsSpan().LastIndexOfAny(' ', '*') + 1)..];
            if (isCall || name.Length == words.Length)
            {
                yield return new(name, FieldValue.Of(list[(colon + 2)..end].Trim()));
            }

            at = end + 2;
        }
    }

    private static int NextArgument(string list, int from)
    {
        var isQuoted = false;
        for (var at = from; at < list.Length; at++)
        {
            if (list[at] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && list[at] == ',' && at + 1 < list.Length && list[at + 1] == ' ' && IsArgument(list.AsSpan(at + 2)))
            {
                return at;
            }
        }

        return list.Length;
    }

    private static bool IsArgument(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(": ");
        return colon > 0 && !text[..colon].ContainsAny(',', '"', '(');
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

    /// <summary><c># 1 buf: 61 62</c>, of trace-cmd <c># 1 61 62</c> and <c>id=1 buf=ab</c>; the id is in hexadecimal.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> RawData(string text)
    {
        if (text.StartsWith("id=", StringComparison.Ordinal) && text.IndexOf(" buf=", StringComparison.Ordinal) is var buffer and > 0)
        {
            return [new("id", FieldValue.Of("0x" + text[3..buffer])), new("buf", FieldValue.Of(text[(buffer + 5)..]))];
        }

        var mark = text.IndexOf(" buf:", StringComparison.Ordinal);
        var at = mark >= 0 ? mark : text.IndexOf(' ', Math.Min(2, text.Length));
        return at < 2 ? [] : [new("id", FieldValue.Of("0x" + text[2..at].TrimStart(':'))), new("buf", FieldValue.Of(text[(at + (mark >= 0 ? 5 : 1))..].Trim()))];
    }

    /// <summary><c>function &lt;-parent</c>, with func-args <c>function(a=1) &lt;-parent</c>, of trace-cmd <c>function &lt;-- parent</c>.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Function(string text)
    {
        var at = text.LastIndexOf(" <-", StringComparison.Ordinal);
        var function = at < 0 ? text : text[..at];
        var open = function.IndexOf('(', StringComparison.Ordinal);
        List<KeyValuePair<string, FieldValue>> fields = [new("ip", FieldValue.Of(open > 0 ? function[..open] : function))];
        if (at >= 0)
        {
            fields.Add(new("parent_ip", FieldValue.Of(text[(at + 3)..].TrimStart('-', ' '))));
        }

        if (open > 0)
        {
            fields.Add(new("args", FieldValue.Of(function[(open + 1)..].TrimEnd(')'))));
        }

        return fields;
    }

    /// <summary>The quote that ends a string: the last before a blank and a key, or before the end.</summary>
    private static int Closing(string text, int from)
    {
        for (var quote = text.IndexOf('"', from); quote >= 0; quote = text.IndexOf('"', quote + 1))
        {
            if (quote + 1 == text.Length || (text[quote + 1] == ' ' && TryKey(text, quote + 1, '=', out var key, out _) && key.Start == quote + 2))
            {
                return quote;
            }
        }

        return -1;
    }

    /// <summary>Probes start with <c>(place)</c>, or on return <c>(to &lt;- function)</c>; gives where the text goes on.</summary>
    private static int ProbePlace(string text, List<KeyValuePair<string, FieldValue>> pairs)
    {
        var close = text.StartsWith('(') ? text.IndexOf(')', StringComparison.Ordinal) : -1;
        if (close < 0)
        {
            return 0;
        }

        var place = text[1..close];
        var arrow = place.IndexOf(" <- ", StringComparison.Ordinal);
        if (arrow >= 0)
        {
            pairs.Add(new("__probe_func", FieldValue.Of(place[(arrow + 4)..])));
            pairs.Add(new("__probe_ret_ip", FieldValue.Of(place[..arrow])));
        }
        else if (place.Contains("+0x", StringComparison.Ordinal) || place.StartsWith("0x", StringComparison.Ordinal))
        {
            pairs.Add(new("__probe_ip", FieldValue.Of(place)));
        }

        return close + 1;
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

        // The option fields prints numbers twice: 0x4330 (17200).
        if (value.StartsWith("0x") && value[^1] == ')' && value.IndexOf(" (") is var twice and > 0)
        {
            value = value[(twice + 2)..^1];
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
