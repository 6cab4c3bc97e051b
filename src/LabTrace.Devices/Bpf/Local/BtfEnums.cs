using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices;

/// <summary>Reads the values of an enum of the running kernel out of its type information.</summary>
/// <remarks>Documentation/bpf/btf.rst; /sys/kernel/btf/vmlinux.</remarks>
internal static class BtfEnums
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderBytes = 24;

    /// <summary>The names by value; empty when the type information has no such enum or cannot be read.</summary>
    /// <param name="btf">The file.</param>
    /// <param name="name">The enum's name.</param>
    public static Dictionary<int, string> Read(ReadOnlySpan<byte> btf, string name)
    {
        var values = new Dictionary<int, string>();
        if (btf.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(btf) != Magic)
        {
            return values;
        }

        uint At(ReadOnlySpan<byte> from, int offset) => offset >= 0 && offset + 4 <= from.Length ? BinaryPrimitives.ReadUInt32LittleEndian(from[offset..]) : 0;
        var header = (int)At(btf, 4);
        var (typeStart, typeBytes, textStart, textBytes) = ((long)header + At(btf, 8), (long)At(btf, 12), (long)header + At(btf, 16), (long)At(btf, 20));
        if (typeStart + typeBytes > btf.Length || textStart + textBytes > btf.Length)
        {
            return values;
        }

        var types = btf.Slice((int)typeStart, (int)typeBytes);
        var texts = btf.Slice((int)textStart, (int)textBytes);
        var wanted = Encoding.UTF8.GetBytes(name + "\0");
        for (var at = 0; at + 12 <= types.Length;)
        {
            var info = At(types, at + 4);
            var (kind, count) = ((int)(info >> 24) & 0x1f, (int)(info & 0xffff));
            if (kind == 6 && Text(texts, At(types, at)).StartsWith(wanted))
            {
                for (var i = 0; i < count; i++)
                {
                    var text = Text(texts, At(types, at + 12 + (8 * i)));
                    var end = text.IndexOf((byte)0);
                    values[(int)At(types, at + 12 + (8 * i) + 4)] = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
                }

                return values;
            }

            at += 12 + TailBytes(kind, count);
        }

        return values;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> texts, uint offset) => offset < texts.Length ? texts[(int)offset..] : [];

    private static int TailBytes(int kind, int count) => kind switch
    {
        1 or 14 or 17 => 4,
        3 => 12,
        4 or 5 or 15 or 19 => 12 * count,
        6 or 13 => 8 * count,
        _ => 0,
    };
}
