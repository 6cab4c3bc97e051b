using System.Globalization;
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

    private static string Pointer(PrintfPart part, int width, CValue value, ref PrintFrame frame)
    {
        var bytes = value.Memory.Span;
        switch (part.Extension)
        {
            // P is ours: the place of a probe, which is printed like %pS.
            case ['S', ..] or ['B', ..] or ['F', ..] or ['P']:
                return frame.Context.Symbols?.Describe(value.Bits) ?? $"0x{value.Bits:x}";
            case ['s', ..] or ['f', ..]:
                return frame.Context.Symbols?.NameOf(value.Bits) ?? $"0x{value.Bits:x}";
            case ['b', .. var list] when value.IsMemory:
                return list == "l" ? Bitmap.ToList(bytes, Bits(width, bytes), frame.Layout) : Bitmap.ToHex(bytes, Bits(width, bytes), frame.Layout);
            case ['h', .. var separator] when value.IsMemory:
                var shown = width > 0 ? bytes[..Math.Min(Math.Min(width, 64), bytes.Length)] : bytes[..Math.Min(1, bytes.Length)];
                return Hex(shown, separator switch { "C" => ":", "D" => "-", "N" => "", _ => " " });
            case ['U', .. var order] when bytes.Length >= 16:
                var uuid = new Guid(bytes[..16], bigEndian: order is not ("l" or "L")).ToString("D");
                return order is "B" or "L" ? uuid.ToUpperInvariant() : uuid;
            case ['M' or 'm', .. var order] when bytes.Length >= 6:
                return Hex(bytes[..6], part.Extension[0] == 'm' ? "" : order == "F" ? "-" : ":");
            case ['I' or 'i', '4', ..] when bytes.Length >= 4:
                return Address4(bytes[..4], part.Extension[0] == 'i');
            case ['I' or 'i', '6', .. var form] when bytes.Length >= 16:
                return form == "c" ? new IPAddress(bytes[..16]).ToString() : Hex16(bytes[..16], part.Extension[0] == 'i' ? "" : ":");
            case ['I' or 'i', 'S', .. var form]:
                return SocketAddress(bytes, form);
            case ['e']:
                return ((long)value.Bits).ToString(CultureInfo.InvariantCulture);
        }

        if (value.IsMemory)
        {
            frame.Fail();
            return "";
        }

        // ftrace hashes plain pointers unless the option hash-ptr is off; the record holds the pointer itself.
        return value.Bits.ToString(frame.Layout.LongSize == 8 ? "x16" : "x8", CultureInfo.InvariantCulture);
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
