using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Whole numbers as traces and scenarios write them.</summary>
internal static class Number
{
    /// <summary>Reads <c>12</c>, <c>-12</c>, <c>0x1f</c> or ftrace's <c>0x4330 (17200)</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Int128 value)
    {
        value = 0;
        var isNegative = text.StartsWith("-");
        var digits = isNegative ? text[1..] : text;
        if (digits.Length == 0 || !char.IsAsciiDigit(digits[0]))
        {
            return false;
        }

        bool isNumber;
        if (digits.StartsWith("0x") || digits.StartsWith("0X"))
        {
            var end = digits.IndexOf(' ');
            if (end > 0 && digits[^1] == ')' && digits[(end + 1)..].StartsWith("("))
            {
                return TryParse(digits[(end + 2)..^1], out value);
            }

            isNumber = digits.Length <= 18
                       && Int128.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }
        else
        {
            isNumber = digits.Length <= 20 && Int128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }

        value = isNegative ? -value : value;
        return isNumber;
    }
}
