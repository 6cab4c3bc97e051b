using System.Buffers;
using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>An event's fields on one line: <c>name=value</c> joined by blanks. A value that is empty or holds a blank, a quote, a backslash, an equals
/// sign or a control character stands in double quotes, with backslashes before quotes and backslashes, and <c>\n \r \t \xHH</c>.</summary>
internal static class FieldText
{
    private static readonly SearchValues<byte> BytesThatNeedQuotes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(c => (byte)c), (byte)'"', (byte)'\\', (byte)'=', 0x7f]);

    /// <summary>Appends fields.</summary>
    public static void Append(Utf8Text line, IEnumerable<KeyValuePair<string, FieldValue>> fields)
    {
        var isFirst = true;
        foreach (var (name, value) in fields)
        {
            if (!isFirst)
            {
                line.Append((byte)' ');
            }

            isFirst = false;
            line.Append(name);
            line.Append((byte)'=');
            var start = line.Length;
            line.Append(value.ToString());
            QuoteFrom(line, start);
        }
    }

    /// <summary>Puts what was appended from here on in quotes if it needs them.</summary>
    public static void QuoteFrom(Utf8Text line, int start)
    {
        var value = line.Written[start..];
        if (value.Length > 0 && value.IndexOfAny(BytesThatNeedQuotes) < 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(value);
        line.Truncate(start);
        line.Append((byte)'"');
        foreach (var c in text.EnumerateRunes())
        {
            switch (c.Value)
            {
                case '"' or '\\':
                    line.Append((byte)'\\');
                    line.Append((byte)c.Value);
                    break;
                case '\n':
                    line.Append("\\n"u8);
                    break;
                case '\r':
                    line.Append("\\r"u8);
                    break;
                case '\t':
                    line.Append("\\t"u8);
                    break;
                case < ' ' or 0x7f:
                    line.Append("\\x"u8);
                    line.Append(c.Value.ToString("x2", CultureInfo.InvariantCulture));
                    break;
                default:
                    line.Append(c.ToString());
                    break;
            }
        }

        line.Append((byte)'"');
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
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                _ = value.Append(text[at]);
                continue;
            }

            at++;
            if (text[at] == 'x' && at + 2 < text.Length
                && byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
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
}
