using System.Globalization;

namespace LabTrace.Emulation.Grtrace;

/// <summary>Numbers as kstrtoull and kstrtoll take them with base 0: decimal, <c>0x</c> hexadecimal, a leading 0 octal.</summary>
internal static class KernelNumber
{
    /// <summary>Reads an unsigned number of at most <paramref name="most"/>.</summary>
    public static bool TryParse(string text, ulong most, out ulong number)
    {
        number = 0;
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (isHex)
        {
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number <= most;
        }

        if (text.Length > 1 && text[0] == '0')
        {
            foreach (var digit in text.AsSpan(1))
            {
                if (digit is < '0' or > '7' || number > ulong.MaxValue >> 3)
                {
                    return false;
                }

                number = (number << 3) | (uint)(digit - '0');
            }

            return number <= most;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
    }

    /// <summary>Reads a signed number of 32 bits.</summary>
    public static bool TryParseSigned(string text, out int number)
    {
        var isNegative = text.StartsWith('-');
        var isRead = TryParse(isNegative ? text[1..] : text, isNegative ? 1UL << 31 : int.MaxValue, out var magnitude);
        number = isRead ? (int)(isNegative ? -(long)magnitude : (long)magnitude) : 0;
        return isRead;
    }
}
