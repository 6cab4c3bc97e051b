using System.Collections.Concurrent;

namespace LabTrace.Tracing;

/// <summary>trace_printk: a format text that is recorded by address, and its arguments in binary, each aligned to four bytes.</summary>
/// <remarks>The packing is that of the kernel's <c>vbin_printf</c>, lib/vsprintf.c: <c>char</c>, <c>short</c> and <c>int</c> take four bytes,
/// <c>long long</c> and pointers eight, a text its bytes up to NUL. Pointers with an extension other than a symbol's are recorded as text.</remarks>
internal sealed class BprintPrinter : SpecialPrinter
{
    private readonly ConcurrentDictionary<ulong, List<PrintfPart>?> _templates = [];

    public override void AppendPrefix(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text) =>
        BputsPrinter.AppendPlace(format, payload, context, text);

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "fmt", out var address) || !TryBytes(format, payload, "buf", out var buffer) || Template(address, context) is not { } parts)
        {
            return false;
        }

        var start = text.Length;
        var frame = new PrintFrame(buffer, context, format.Layout);
        var at = 0;
        foreach (var part in parts)
        {
            text.Append(part.LiteralBytes);
            if (part.Conversion == '\0')
            {
                break;
            }

            var width = part.Width;
            var precision = part.Precision;
            if ((width == PrintfPart.FromArgument && !TryInt(ref frame, ref at, out width))
                || (precision == PrintfPart.FromArgument && !TryInt(ref frame, ref at, out precision))
                || !TryArgument(part, ref frame, ref at, out var value)
                || !Printf.TryAppend(value.IsMemory ? part with { Conversion = 's', Extension = "", Length = "" } : part, width, precision, new ConstantNode(value), ref frame, text))
            {
                return false;
            }
        }

        if (text.Length > start && text.Written[^1] == '\n')
        {
            text.Truncate(text.Length - 1);
        }

        return true;
    }

    private List<PrintfPart>? Template(ulong address, PrintContext context)
    {
        if (!_templates.TryGetValue(address, out var parts))
        {
            try
            {
                parts = context.PrintkFormats?[address] is { } template ? Printf.Split(template) : null;
            }
            catch (PrintSyntaxException)
            {
                parts = null;
            }

            _templates[address] = parts;
        }

        return parts;
    }

    private static bool TryArgument(PrintfPart part, ref PrintFrame frame, ref int at, out CValue value)
    {
        var isText = part.Conversion == 's' || (part.Conversion == 'p' && part.Extension is not ("" or ['S' or 's' or 'F' or 'f' or 'B' or 'x' or 'K' or 'e', ..]));
        if (isText)
        {
            var rest = at <= frame.Payload.Length ? frame.Payload[at..] : default;
            var nul = rest.IndexOf((byte)0);
            value = CValue.Of(at, Math.Max(nul, 0), 1, isSigned: false);
            at = (at + nul + 1 + 3) & ~3;
            return nul >= 0;
        }

        var size = part.Conversion == 'p' || part.IntegerSize == 0 ? frame.Layout.LongSize : part.IntegerSize;
        size = Math.Max(size, 4);
        value = default;
        if (at + size > frame.Payload.Length)
        {
            return false;
        }

        var bits = FieldValue.ReadBits(frame.Payload.Slice(at, size), frame.Layout.IsBigEndian);
        at += size;
        value = CValue.Of(size == 8 ? CType.ULong : CType.UInt, bits);
        return true;
    }

    private static bool TryInt(ref PrintFrame frame, ref int at, out int number)
    {
        number = 0;
        if (at + 4 > frame.Payload.Length)
        {
            return false;
        }

        number = (int)FieldValue.ReadBits(frame.Payload.Slice(at, 4), frame.Layout.IsBigEndian);
        at += 4;
        return true;
    }
}
