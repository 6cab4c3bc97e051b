using System.Buffers;

namespace LabTrace.Tracing;

/// <summary>An event's fields on one line: <c>name=value</c> joined by blanks. A value that is empty or holds a blank, a quote, a backslash, an equals
/// sign or a control character stands in double quotes, with backslashes before quotes and backslashes, and <c>\n \r \t \xHH</c>.</summary>
internal static class FieldText
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(c => (char)c), '"', '\\', '=', '\x7f']);

    public static void Append(System.Text.StringBuilder line, in TraceEvent item)
    {
        var isFirst = true;
        foreach (var (name, value) in item.Fields)
        {
            _ = (isFirst ? line : line.Append(' ')).Append(name).Append('=');
            AppendValue(line, value.ToString());
            isFirst = false;
        }
    }

    /// <summary>Reads what <see cref="Append"/> wrote; what was not written by it gives the fields up to where it goes wrong.</summary>
    public static IEnumerable<KeyValuePair<string, FieldValue>> Parse(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf('=', at);
            if (equals <= at)
            {
                yield break;
            }

            var name = text[at..equals];
            at = equals + 1;
            string value;
            if (at < text.Length && text[at] == '"')
            {
                value = Unquote(text, ref at);
            }
            else
            {
                var end = text.IndexOf(' ', at);
                value = end < 0 ? text[at..] : text[at..end];
                at += value.Length;
            }

            at++;
            yield return new(name, FieldValue.Of(value));
        }
    }

    private static string Unquote(string text, ref int at)
    {
        var value = new System.Text.StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                _ = value.Append(text[at]);
                continue;
            }

            at++;
            if (text[at] == 'x' && at + 2 < text.Length
                && byte.TryParse(text.AsSpan(at + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code))
            {
                _ = value.Append((char)code);
                at += 2;
                continue;
            }

            _ = value.Append(text[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
        }

        at++;
        return value.ToString();
    }

    private static void AppendValue(System.Text.StringBuilder line, string value)
    {
        if (value.Length > 0 && value.AsSpan().IndexOfAny(NeedsQuotes) < 0)
        {
            _ = line.Append(value);
            return;
        }

        _ = line.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => line.Append("\\\""),
                '\\' => line.Append("\\\\"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                < ' ' or '\x7f' => line.Append("\\x").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
                _ => line.Append(c),
            };
        }

        _ = line.Append('"');
    }
}
