namespace LabTrace.Tracing;

/// <summary>A marker: the text that was written, behind the name of the function that took it.</summary>
internal sealed class MarkerPrinter : SpecialPrinter
{
    public override void AppendPrefix(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (TryNumber(format, payload, "ip", out var ip) && context.Symbols?.NameOf(ip) is { } name)
        {
            text.Append(name);
            text.Append(": "u8);
        }
        else
        {
            text.Append("tracing_mark_write: "u8);
        }
    }

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        var isRead = TryBytes(format, payload, "buf", out var marker);
        var start = text.Length;
        AppendUpToNul(marker, text);
        if (text.Length > start && text.Written[^1] == '\n')
        {
            text.Truncate(text.Length - 1);
        }

        return isRead;
    }
}

/// <summary><c># 1 buf: 61 62</c>: a binary marker's id and bytes, with the ring buffer's padding.</summary>
internal sealed class RawDataPrinter : SpecialPrinter
{
    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "id", out var id) || !TryBytes(format, payload, "buf", out var buffer))
        {
            return false;
        }

        text.Append("# "u8);
        text.AppendHex(id);
        text.Append(" buf: "u8);
        Printf.AppendHex(buffer, " "u8, text);
        if (buffer.Length == 0)
        {
            text.Truncate(text.Length - 1);
        }

        return true;
    }
}

/// <summary>A constant text of the kernel, recorded by address.</summary>
internal sealed class BputsPrinter : SpecialPrinter
{
    public override void AppendPrefix(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text) => AppendPlace(format, payload, context, text);

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "str", out var address) && !TryNumber(format, payload, "fmt", out address))
        {
            return false;
        }

        if (context.PrintkFormats?[address] is { } known)
        {
            text.Append(known.AsSpan().TrimEnd('\n'));
            return true;
        }

        text.Append("0x"u8);
        text.AppendHex(address);
        return true;
    }

    internal static void AppendPlace(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (TryNumber(format, payload, "ip", out var ip))
        {
            AppendSymbol(ip, context, text);
        }
        else
        {
            text.Append(format.Name.Name);
        }

        text.Append(": "u8);
    }
}
