using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Emulation.Ftrace;

/// <summary>One field of an emulated event.</summary>
internal sealed record EmulatedField(string Type, string Name, int Offset, int Size, bool IsSigned, FieldKind Kind)
{
    /// <summary>The declaration's brackets, for example <c>[16]</c>, or nothing.</summary>
    public string Brackets { get; init; } = "";

    /// <summary>The line of the format file.</summary>
    public string FormatLine => $"\tfield:{Type} {Name}{Brackets};\toffset:{Offset};\tsize:{Size};\tsigned:{(IsSigned ? 1 : 0)};\n";

    /// <summary>Reads a declaration such as <c>char prev_comm[16]</c>; <paramref name="end"/> moves behind the field.</summary>
    /// <param name="declaration">Type and name in C.</param>
    /// <param name="end">Where the field may start.</param>
    /// <param name="slot">Bytes the field takes whatever its type (system call arguments take 8), or 0 for the type's own size.</param>
    /// <param name="isPacked">No alignment, as in probe events.</param>
    public static EmulatedField Parse(string declaration, ref int end, int slot = 0, bool isPacked = false)
    {
        var text = declaration.Trim();
        var bracket = text.StartsWith("__data_loc", StringComparison.Ordinal) ? -1 : text.IndexOf('[', StringComparison.Ordinal);
        var bare = bracket < 0 ? text : text[..bracket];
        var space = bare.LastIndexOf(' ');
        var (type, name) = (bare[..space], bare[(space + 1)..]);
        var count = bracket < 0 ? 1 : text[bracket..] == "[]" ? 0 : int.Parse(text.AsSpan(bracket + 1, text.Length - bracket - 2));
        var (size, isSigned) = SizeOf(type);
        var alignment = slot > 0 ? slot : isPacked ? 1 : size;
        var offset = (end + alignment - 1) / alignment * alignment;
        var total = slot > 0 ? slot : size * count;
        end = offset + total;
        var kind = type switch
        {
            "__data_loc char[]" => FieldKind.DynamicText,
            "char" when count > 1 => FieldKind.FixedText,
            "const char *" or "char *" => FieldKind.PointerText,
            _ when count == 0 => FieldKind.ToEnd,
            _ when count > 1 => FieldKind.Array,
            _ => FieldKind.Number,
        };
        return new EmulatedField(type, name, offset, total, isSigned && (slot == 0 || name == "ret"), kind) { Brackets = bracket < 0 ? "" : text[bracket..] };
    }

    /// <summary>The number in a record; signed fields are extended.</summary>
    public long Number(ReadOnlySpan<byte> record) => Size switch
    {
        1 => IsSigned ? (sbyte)record[Offset] : record[Offset],
        2 when IsSigned => BinaryPrimitives.ReadInt16LittleEndian(record[Offset..]),
        2 => BinaryPrimitives.ReadUInt16LittleEndian(record[Offset..]),
        4 when IsSigned => BinaryPrimitives.ReadInt32LittleEndian(record[Offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(record[Offset..]),
        _ => BinaryPrimitives.ReadInt64LittleEndian(record[Offset..]),
    };

    /// <summary>The text in a record, up to its NUL.</summary>
    public string Text(ReadOnlySpan<byte> record)
    {
        var bytes = record.Slice(Offset, Kind == FieldKind.ToEnd ? record.Length - Offset : Size);
        if (Kind == FieldKind.DynamicText)
        {
            var place = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = record.Slice((int)(place & 0xFFFF), (int)(place >> 16));
        }

        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static (int Size, bool IsSigned) SizeOf(string type) => type switch
    {
        _ when type.EndsWith('*') => (8, false),
        _ when type.StartsWith("enum ", StringComparison.Ordinal) => (4, false),
        "char" or "unsigned char" or "bool" or "u8" => (1, false),
        "s8" => (1, true),
        "short" or "s16" => (2, true),
        "unsigned short" or "u16" or "umode_t" => (2, false),
        "int" or "pid_t" or "clockid_t" or "s32" or "const clockid_t" => (4, true),
        "unsigned int" or "u32" or "__data_loc char[]" => (4, false),
        "long" or "s64" => (8, true),
        "unsigned long" or "unsigned long long" or "u64" or "size_t" or "loff_t" or "off_t" => (8, false),
        _ => throw new ArgumentException($"no size is known for the C type '{type}'", nameof(type)),
    };
}

/// <summary>How a filter and the text reading treat a field's bytes.</summary>
internal enum FieldKind
{
    Number,
    FixedText,
    DynamicText,
    PointerText,
    Array,
    ToEnd,
}
