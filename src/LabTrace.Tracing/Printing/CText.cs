using System.Text;

namespace LabTrace.Tracing;

/// <summary>C string literals.</summary>
internal static class CText
{
    /// <summary>Resolves backslash escapes; unknown ones stand for their letter.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                _ = result.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] is >= '0' and <= '7')
            {
                var value = 0;
                var end = Math.Min(i + 3, text.Length);
                for (; i < end && text[i] is >= '0' and <= '7'; i++)
                {
                    value = (value * 8) + (text[i] - '0');
                }

                i--;
                _ = result.Append((char)value);
                continue;
            }

            _ = result.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
        }

        return result.ToString();
    }
}
