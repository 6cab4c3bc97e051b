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
