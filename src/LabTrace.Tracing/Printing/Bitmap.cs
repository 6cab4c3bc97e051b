using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Kernel bitmaps (arrays of long) as <c>%*pb</c> and <c>%*pbl</c> print them.</summary>
internal static class Bitmap
{
    public static bool IsSet(ReadOnlySpan<byte> map, int bit, RecordLayout layout)
    {
        var at = bit / 8;
        if (layout.IsBigEndian)
        {
            var word = at / layout.LongSize * layout.LongSize;
            at = word + layout.LongSize - 1 - (at - word);
        }

        return at < map.Length && (map[at] & (1 << (bit % 8))) != 0;
    }

    public static string ToHex(ReadOnlySpan<byte> map, int bits, RecordLayout layout)
    {
        var text = new StringBuilder();
        var groupEnd = bits;
        while (groupEnd > 0)
        {
            var groupBits = groupEnd % 32 == 0 ? 32 : groupEnd % 32;
            uint value = 0;
            for (var bit = groupEnd - 1; bit >= groupEnd - groupBits; bit--)
            {
                value = value << 1 | (IsSet(map, bit, layout) ? 1u : 0u);
            }

            _ = text.Append(text.Length == 0 ? "" : ",")
                .Append(value.ToString("x" + ((groupBits + 3) / 4).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            groupEnd -= groupBits;
        }

        return text.ToString();
    }

    public static string ToList(ReadOnlySpan<byte> map, int bits, RecordLayout layout)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bits; bit++)
        {
            if (!IsSet(map, bit, layout))
            {
                continue;
            }

            var first = bit;
            while (bit + 1 < bits && IsSet(map, bit + 1, layout))
            {
                bit++;
            }

            _ = text.Append(text.Length == 0 ? "" : ",").Append(first);
            _ = bit > first ? text.Append('-').Append(bit) : text;
        }

        return text.ToString();
    }
}
