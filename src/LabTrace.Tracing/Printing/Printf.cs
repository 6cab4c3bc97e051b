using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>The kernel's vsnprintf, as far as trace events use it.</summary>
internal static partial class Printf
{
    private const int MaxWidth = 4096;

    /// <summary>Splits a template; the last part has no conversion (<c>\0</c>).</summary>
    public static List<PrintfPart> Split(string template)
    {
        var parts = new List<PrintfPart>();
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '%')
            {
                _ = literal.Append(template[i]);
                continue;
            }

            if (++i < template.Length && template[i] == '%')
            {
                _ = literal.Append('%');
                continue;
            }

            parts.Add(Conversion(template, ref i, literal.ToString()));
            _ = literal.Clear();
        }

        parts.Add(new PrintfPart(literal.ToString(), "", PrintfPart.None, PrintfPart.None, "", '\0', ""));
        return parts;
    }

    /// <summary>Bytes as two hexadecimal digits each.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes, string separator)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var value in bytes)
        {
            _ = text.Append(text.Length == 0 ? "" : separator).Append(CultureInfo.InvariantCulture, $"{value:x2}");
        }

        return text.ToString();
    }

    /// <summary>Formats one number, text or pointer; null when the value does not fit the conversion.</summary>
    public static string? Format(PrintfPart part, int width, int precision, CValue value, ref PrintFrame frame) => part.Conversion switch
    {
        'd' or 'i' or 'u' or 'x' or 'X' or 'o' => value.IsNumber ? Pad(part, width, Integer(part, precision, value, frame.Layout.LongSize)) : null,
        'c' => value.IsNumber ? Pad(part, width, ((char)(byte)value.Bits).ToString()) : null,
        's' => Pad(part, width, Text(part, precision, value, frame.Context)),
        // The width of a bitmap or hex dump counts its bits or bytes.
        'p' when part.Extension is ['b' or 'h', ..] => Pointer(part, width, value, ref frame),
        'p' => Pad(part, width, Pointer(part, width, value, ref frame)),
        _ => null,
    };

    private static PrintfPart Conversion(string template, ref int i, string literal)
    {
        var start = i;
        while (i < template.Length && template[i] is '-' or '+' or ' ' or '#' or '0')
        {
            i++;
        }

        var flags = template[start..i];
        var width = Count(template, ref i);
        var precision = PrintfPart.None;
        if (i < template.Length && template[i] == '.')
        {
            i++;
            precision = Math.Max(Count(template, ref i), PrintfPart.FromArgument);
            precision = precision == PrintfPart.None ? 0 : precision;
        }

        start = i;
        while (i < template.Length && template[i] is 'h' or 'l' or 'L' or 'z' or 'Z' or 't' or 'j' or 'q')
        {
            i++;
        }

        var length = template[start..i];
        if (i >= template.Length)
        {
            throw new PrintSyntaxException("the template ends inside a conversion");
        }

        var conversion = template[i];
        var extension = "";
        if (conversion == 'p')
        {
            extension = Extension(template.AsSpan(i + 1));
            i += extension.Length;
        }

        return conversion is 'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'c' or 's' or 'p'
            ? new PrintfPart(literal, flags, width, precision, length, conversion, extension)
            : throw new PrintSyntaxException($"the conversion '%{conversion}' is not known");
    }

    private static int Count(string template, ref int i)
    {
        if (i < template.Length && template[i] == '*')
        {
            i++;
            return PrintfPart.FromArgument;
        }

        var start = i;
        while (i < template.Length && char.IsAsciiDigit(template[i]))
        {
            i++;
        }

        return i == start || !int.TryParse(template.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? PrintfPart.None
            : Math.Min(count, MaxWidth);
    }

    private static string Pad(PrintfPart part, int width, string text)
    {
        width = Math.Min(width, MaxWidth);
        if (width < -1)
        {
            return text.PadRight(Math.Min(-width, MaxWidth));
        }

        return width <= text.Length ? text : part.Has('-') ? text.PadRight(width)
            : part.Has('0') && part.Conversion is not ('s' or 'c' or 'p') && part.Precision == PrintfPart.None ? ZeroPad(text, width)
            : text.PadLeft(width);
    }

    private static string ZeroPad(string text, int width)
    {
        var sign = text[0] is '-' or '+' or ' ' ? 1 : text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        return text[..sign] + text[sign..].PadLeft(width - sign, '0');
    }

    private static string Integer(PrintfPart part, int precision, CValue value, int longSize)
    {
        var size = part.Length switch
        {
            "hh" => 1,
            "h" => 2,
            "ll" or "L" or "q" or "j" => 8,
            "l" or "z" or "Z" or "t" => longSize,
            _ => 4,
        };
        var shift = 64 - (size * 8);
        string digits;
        var sign = "";
        if (part.Conversion is 'd' or 'i')
        {
            var number = (long)(value.Bits << shift) >> shift;
            digits = number < 0 ? ((Int128)number * -1).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture);
            sign = number < 0 ? "-" : part.Has('+') ? "+" : part.Has(' ') ? " " : "";
        }
        else
        {
            var number = value.Bits << shift >> shift;
            digits = part.Conversion switch
            {
                'x' => number.ToString("x", CultureInfo.InvariantCulture),
                'X' => number.ToString("X", CultureInfo.InvariantCulture),
                'o' => Convert.ToString((long)number, 8),
                _ => number.ToString(CultureInfo.InvariantCulture),
            };

            // The kernel puts 0x before a zero too, unlike C's printf.
            sign = !part.Has('#') ? "" : part.Conversion switch { 'x' => "0x", 'X' => "0X", 'o' => "0", _ => "" };
        }

        return sign + (precision > digits.Length ? digits.PadLeft(Math.Min(precision, MaxWidth), '0') : digits);
    }

    private static string Text(PrintfPart part, int precision, CValue value, PrintContext context)
    {
        string text;
        if (value.IsMemory)
        {
            var bytes = value.Memory.Span;
            text = part.Length == "l" ? WideText(bytes) : FieldValue.TextOf(precision >= 0 && precision < bytes.Length ? bytes[..precision] : bytes);
        }
        else
        {
            // A number is the address of a text in the kernel; printk_formats knows those that are meant to be printed.
            text = value.Text ?? (value.Bits == 0 ? "(null)" : context.PrintkFormats?[value.Bits] ?? $"(0x{value.Bits:x})");
        }

        return precision >= 0 && precision < text.Length ? text[..precision] : text;
    }

    private static string WideText(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var i = 0; i + 4 <= bytes.Length; i += 4)
        {
            var rune = BitConverter.ToInt32(bytes.Slice(i, 4));
            if (rune == 0)
            {
                break;
            }

            _ = text.Append(Rune.IsValid(rune) ? new Rune(rune).ToString() : "\uFFFD");
        }

        return text.ToString();
    }
}
