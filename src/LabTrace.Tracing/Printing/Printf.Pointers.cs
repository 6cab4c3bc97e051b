using System.Net;

namespace LabTrace.Tracing;

/// <content>The kernel's extensions of <c>%p</c>.</content>
internal static partial class Printf
{
    /// <summary>The letters behind %p that belong to the conversion.</summary>
    private static string Extension(ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0)
        {
            return "";
        }

        var length = rest[0] switch
        {
            'S' or 's' or 'F' or 'f' or 'B' => Letters(rest, 1, "Rb"),
            'x' or 'K' or 'e' or 'P' => 1,
            'U' => Letters(rest, 1, "bBlL"),
            'M' or 'm' => Letters(rest, 1, "RF"),
            'h' => Letters(rest, 1, "CDN"),
            'b' => Letters(rest, 1, "l"),
            'E' => Letters(rest, 1, "achnops"),
            'I' or 'i' when rest.Length > 1 && rest[1] is '4' => Letters(rest, 2, "hnbl"),
            'I' or 'i' when rest.Length > 1 && rest[1] is '6' => Letters(rest, 2, "c"),
            'I' or 'i' when rest.Length > 1 && rest[1] is 'S' => Letters(rest, 2, "pfschnbl"),
            _ => 0,
        };
        return rest[..length].ToString();
    }

    private static int Letters(ReadOnlySpan<char> rest, int from, string allowed)
    {
        while (from < rest.Length && allowed.Contains(rest[from], StringComparison.Ordinal))
        {
            from++;
        }

        return from;
    }

    private static void AppendPointer(PrintfPart part, int width, in CValue value, ref PrintFrame frame, Utf8Text text)
    {
        var bytes = value.IsMemory ? frame.BytesOf(value) : default;
        switch (part.Extension)
        {
            // P is ours: the place of a probe, which is printed like %pS.
            case ['S', ..] or ['B', ..] or ['F', ..] or ['P']:
                AppendSymbol(frame.Context.Symbols?.Describe(value.Bits), value.Bits, text);
                return;
            case ['s', ..] or ['f', ..]:
                AppendSymbol(frame.Context.Symbols?.NameOf(value.Bits), value.Bits, text);
                return;
            case ['b', .. var list] when value.IsMemory:
                text.Append(list == "l" ? Bitmap.ToList(bytes, Bits(width, bytes), frame.Layout) : Bitmap.ToHex(bytes, Bits(width, bytes), frame.Layout));
                return;
            case ['h', .. var separator] when value.IsMemory:
                var shown = width > 0 ? bytes[..Math.Min(Math.Min(width, 64), bytes.Length)] : bytes[..Math.Min(1, bytes.Length)];
                AppendHex(shown, separator switch { "C" => ":"u8, "D" => "-"u8, "N" => default, _ => " "u8 }, text);
                return;
            case ['U', .. var order] when bytes.Length >= 16:
                var uuid = new Guid(bytes[..16], bigEndian: order is not ("l" or "L")).ToString("D");
                text.Append(order is "B" or "L" ? uuid.ToUpperInvariant() : uuid);
                return;
            case ['M' or 'm', .. var order] when bytes.Length >= 6:
                AppendMac(bytes, part.Extension[0] == 'm' ? default : order.Contains('F', StringComparison.Ordinal) ? "-"u8 : ":"u8, order.Contains('R', StringComparison.Ordinal), text);
                return;
            case ['I' or 'i', '4', ..] when bytes.Length >= 4:
                text.Append(Address4(bytes[..4], part.Extension[0] == 'i'));
                return;
            case ['I' or 'i', '6', .. var form] when bytes.Length >= 16:
                text.Append(form == "c" ? new IPAddress(bytes[..16]).ToString() : Hex16(bytes[..16], part.Extension[0] == 'i' ? "" : ":"));
                return;
            case ['I' or 'i', 'S', .. var form] when value.IsMemory:
                text.Append(SocketAddress(bytes, form));
                return;
            case ['E', ..] when value.IsMemory:
                AppendEscaped(width > 0 ? bytes[..Math.Min(width, bytes.Length)] : bytes[..Math.Min(1, bytes.Length)], text);
                return;
            case ['e']:
                text.Append((long)value.Bits);
                return;
        }

        if (value.IsMemory)
        {
            _ = frame.Fail();
            return;
        }

        // ftrace hashes plain pointers unless the option hash-ptr is off; the record holds the pointer itself.
        var start = text.Length;
        text.AppendHex(value.Bits);
        text.PadLeft(start, frame.Layout.LongSize * 2, (byte)'0');
    }

    private static void AppendSymbol(string? symbol, ulong address, Utf8Text text)
    {
        if (symbol is not null)
        {
            text.Append(symbol);
            return;
        }

        text.Append("0x"u8);
        text.AppendHex(address);
    }

    private static void AppendMac(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> separator, bool isReversed, Utf8Text text)
    {
        Span<byte> address = stackalloc byte[6];
        bytes[..6].CopyTo(address);
        if (isReversed)
        {
            address.Reverse();
        }

        AppendHex(address, separator, text);
    }

    /// <summary>What is not printable as a backslash and its letter or octal digits.</summary>
    private static void AppendEscaped(ReadOnlySpan<byte> bytes, Utf8Text text)
    {
        foreach (var value in bytes)
        {
            if (value is >= 0x20 and < 0x7f and not (byte)'\\' and not (byte)'"')
            {
                text.Append(value);
                continue;
            }

            text.Append((byte)'\\');
            switch (value)
            {
                case (byte)'\n':
                    text.Append((byte)'n');
                    break;
                case (byte)'\r':
                    text.Append((byte)'r');
                    break;
                case (byte)'\t':
                    text.Append((byte)'t');
                    break;
                case (byte)'\\' or (byte)'"':
                    text.Append(value);
                    break;
                default:
                    text.Append((byte)('0' + (value >> 6)));
                    text.Append((byte)('0' + ((value >> 3) & 7)));
                    text.Append((byte)('0' + (value & 7)));
                    break;
            }
        }
    }

    private static int Bits(int width, ReadOnlySpan<byte> bytes) => width < 0 ? bytes.Length * 8 : Math.Min(width, bytes.Length * 8);

    private static string Address4(ReadOnlySpan<byte> bytes, bool hasZeros) =>
        hasZeros ? $"{bytes[0]:D3}.{bytes[1]:D3}.{bytes[2]:D3}.{bytes[3]:D3}" : $"{bytes[0]}.{bytes[1]}.{bytes[2]}.{bytes[3]}";

    private static string Hex16(ReadOnlySpan<byte> bytes, string separator)
    {
        var groups = new string[8];
        for (var i = 0; i < 8; i++)
        {
            groups[i] = Convert.ToHexStringLower(bytes.Slice(i * 2, 2));
        }

        return string.Join(separator, groups);
    }

    private static string SocketAddress(ReadOnlySpan<byte> bytes, string form)
    {
        const int Inet = 2;
        const int Inet6 = 10;
        var family = bytes.Length < 2 ? 0 : bytes[0] | bytes[1];
        var port = bytes.Length < 4 ? 0 : bytes[2] << 8 | bytes[3];
        var hasPort = form.Contains('p', StringComparison.Ordinal);
        return family switch
        {
            Inet when bytes.Length >= 8 => Address4(bytes.Slice(4, 4), hasZeros: false) + (hasPort ? $":{port}" : ""),
            Inet6 when bytes.Length >= 24 && hasPort => $"[{new IPAddress(bytes.Slice(8, 16))}]:{port}",
            Inet6 when bytes.Length >= 24 => new IPAddress(bytes.Slice(8, 16)).ToString(),
            _ => "(invalid address)",
        };
    }
}
