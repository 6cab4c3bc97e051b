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

    /// <summary>Appends bytes as two hexadecimal digits each.</summary>
    public static void AppendHex(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> separator, Utf8Text text)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            text.Append(i == 0 ? default : separator);
            text.Append("0123456789abcdef"u8[bytes[i] >> 4]);
            text.Append("0123456789abcdef"u8[bytes[i] & 0xf]);
        }
    }

    /// <summary>Appends one number, text or pointer; false when the value does not fit the conversion.</summary>
    public static bool TryAppend(PrintfPart part, int width, int precision, PrintNode node, ref PrintFrame frame, Utf8Text text)
    {
        if (part.Conversion == 's')
        {
            AppendText(part, width, precision, node, ref frame, text);
            return !frame.HasFailed;
        }

        var value = node.Evaluate(ref frame);
        if (frame.HasFailed)
        {
            return false;
        }

        if (part.Conversion == 'p')
        {
            var start = text.Length;
            AppendPointer(part, width, value, ref frame, text);

            // The width of a bitmap or hex dump counts its bits or bytes.
            Pad(part, part.Extension is ['b' or 'h' or 'E', ..] ? PrintfPart.None : width, start, text);
            return !frame.HasFailed;
        }

        if (!value.IsNumber)
        {
            return false;
        }

        if (part.Conversion == 'c')
        {
            var start = text.Length;
            text.Append((byte)value.Bits);
            Pad(part, width, start, text);
            return true;
        }

        AppendInteger(part, width, precision, value.Bits, frame.Layout.LongSize, text);
        return true;
    }

    /// <summary>Appends a value as <c>%s</c> does.</summary>
    public static void AppendText(in CValue value, bool isWide, ref PrintFrame frame, Utf8Text text)
    {
        if (value.IsMemory)
        {
            var bytes = frame.BytesOf(value);
            if (isWide)
            {
                AppendWide(bytes, text);
                return;
            }

            var nul = bytes.IndexOf((byte)0);
            text.Append(nul < 0 ? bytes : bytes[..nul]);
        }
        else if (value.Text is not null)
        {
            text.Append(value.Text);
        }
        else if (value.Bits == 0)
        {
            text.Append("(null)"u8);
        }
        else if (frame.Context.PrintkFormats?[value.Bits] is { } known)
        {
            // A number is the address of a text in the kernel; printk_formats knows those that are meant to be printed.
            text.Append(known);
        }
        else
        {
            text.Append("(0x"u8);
            text.AppendHex(value.Bits);
            text.Append((byte)')');
        }
    }

    private static void AppendText(PrintfPart part, int width, int precision, PrintNode node, ref PrintFrame frame, Utf8Text text)
    {
        var start = text.Length;
        if (part.Length == "l")
        {
            var value = node.Evaluate(ref frame);
            if (!frame.HasFailed)
            {
                AppendText(value, isWide: true, ref frame, text);
            }
        }
        else
        {
            node.AppendText(ref frame, text);
        }

        if (part.IsPlain)
        {
            return;
        }

        // Width and precision count bytes, in the kernel too.
        if (precision >= 0)
        {
            text.Truncate(start + precision);
        }

        Pad(part, width, start, text);
    }

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

    private static void Pad(PrintfPart part, int width, int start, Utf8Text text)
    {
        width = Math.Clamp(width, -MaxWidth, MaxWidth);
        if (width < -1 || part.Has('-'))
        {
            text.PadRight(start, Math.Abs(width));
        }
        else
        {
            text.PadLeft(start, width);
        }
    }

    private static void AppendInteger(PrintfPart part, int width, int precision, ulong bits, int longSize, Utf8Text text)
    {
        var shift = 64 - ((part.IntegerSize == 0 ? longSize : part.IntegerSize) * 8);
        var isSigned = part.Conversion is 'd' or 'i';
        var signed = (long)(bits << shift) >> shift;
        var number = isSigned ? (ulong)signed : bits << shift >> shift;
        if (part.IsPlain)
        {
            AppendDigits(part.Conversion, isSigned && signed < 0 ? unchecked(0 - number) : number, isSigned && signed < 0, text);
            return;
        }

        var start = text.Length;

        // The kernel puts 0x before a zero too, unlike C's printf.
        text.Append(isSigned ? (signed < 0 ? "-"u8 : part.Has('+') ? "+"u8 : part.Has(' ') ? " "u8 : default)
            : !part.Has('#') ? default : part.Conversion switch { 'x' => "0x"u8, 'X' => "0X"u8, 'o' => "0"u8, _ => default });
        var digits = text.Length;
        AppendDigits(part.Conversion, isSigned && signed < 0 ? unchecked(0 - number) : number, isNegative: false, text);
        if (precision >= 0)
        {
            text.PadLeft(digits, Math.Min(precision, MaxWidth), (byte)'0');
        }
        else if (part.Has('0') && !part.Has('-') && width > 0)
        {
            text.PadLeft(digits, Math.Min(width, MaxWidth) - (digits - start), (byte)'0');
        }

        Pad(part, width, start, text);
    }

    private static void AppendDigits(char conversion, ulong number, bool isNegative, Utf8Text text)
    {
        if (isNegative)
        {
            text.Append((byte)'-');
        }

        switch (conversion)
        {
            case 'x':
                text.AppendHex(number);
                break;
            case 'X':
                text.AppendHex(number, isUpper: true);
                break;
            case 'o':
                text.Append(Convert.ToString((long)number, 8));
                break;
            default:
                text.Append(number);
                break;
        }
    }

    private static void AppendWide(ReadOnlySpan<byte> bytes, Utf8Text text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i + 4 <= bytes.Length; i += 4)
        {
            var code = BitConverter.ToInt32(bytes.Slice(i, 4));
            if (code == 0)
            {
                break;
            }

            text.Append(utf8[..(Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar).EncodeToUtf8(utf8)]);
        }
    }
}
