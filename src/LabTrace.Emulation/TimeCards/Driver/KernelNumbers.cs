using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>Numbers and words as the kernel takes them out of a write.</summary>
/// <remarks>lib/kstrtox.c, lib/argv_split.c: base 0, one sign in front, one newline behind, nothing else.</remarks>
internal static class KernelNumbers
{
    public static ulong Unsigned(string text, ulong most)
    {
        var value = Magnitude(text.StartsWith('+') ? text[1..] : text);
        return value <= most ? value : throw new Refusal(Errno.ERANGE);
    }

    public static long Signed(string text, long least, long most)
    {
        var isNegative = text.StartsWith('-');
        var rest = isNegative ? text[1..] : text;
        var magnitude = Magnitude(rest.StartsWith('+') ? rest[1..] : rest);
        var limit = isNegative ? (ulong)-(Int128)least : (ulong)most;
        return magnitude > limit ? throw new Refusal(Errno.ERANGE) : isNegative ? (long)-(Int128)magnitude : (long)magnitude;
    }

    public static bool Boolean(string text) => text switch
    {
        ['y' or 'Y' or 't' or 'T' or '1', ..] => true,
        ['n' or 'N' or 'f' or 'F' or '0', ..] => false,
        ['o' or 'O', 'n' or 'N', ..] => true,
        ['o' or 'O', 'f' or 'F', ..] => false,
        _ => throw new Refusal(Errno.EINVAL),
    };

    /// <summary>Words between blanks.</summary>
    public static string[] Words(string text) => text.Split([' ', '\t', '\n', '\r', '\v', '\f'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Numbers at the beginning of a text, as sscanf with <c>%u</c> takes them: as many as there are.</summary>
    public static List<long> Scan(string text)
    {
        var numbers = new List<long>();
        foreach (var word in Words(text))
        {
            if (!long.TryParse(word, out var number))
            {
                break;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static ulong Magnitude(string text)
    {
        text = text.EndsWith('\n') ? text[..^1] : text;
        var radix = 10u;
        if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X' && char.IsAsciiHexDigit(text[2]))
        {
            (radix, text) = (16, text[2..]);
        }
        else if (text.Length > 1 && text[0] == '0')
        {
            (radix, text) = (8, text[1..]);
        }

        if (text.Length == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        UInt128 value = 0;
        var isTooLarge = false;
        foreach (var digit in text)
        {
            var number = digit is >= '0' and <= '9' ? digit - '0' : digit is >= 'a' and <= 'f' ? digit - 'a' + 10 : digit is >= 'A' and <= 'F' ? digit - 'A' + 10 : 99;
            if (number >= radix)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            value = isTooLarge ? value : (value * radix) + (uint)number;
            isTooLarge |= value > ulong.MaxValue;
        }

        return isTooLarge ? throw new Refusal(Errno.ERANGE) : (ulong)value;
    }
}
