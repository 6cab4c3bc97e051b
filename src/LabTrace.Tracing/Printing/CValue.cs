namespace LabTrace.Tracing;

/// <summary>A value while a print format is evaluated: a number, a text, or a place in the record.</summary>
internal readonly struct CValue
{
    private CValue(CType type, ulong bits, string? text, int offset, int length, bool isMemory, int elementSize, bool isElementSigned)
    {
        Type = type;
        Bits = bits;
        Text = text;
        Offset = offset;
        Length = length;
        IsMemory = isMemory;
        ElementSize = elementSize;
        IsElementSigned = isElementSigned;
    }

    public CType Type { get; }

    /// <summary>The number, sign- or zero-extended to 64 bits.</summary>
    public ulong Bits { get; }

    public string? Text { get; }

    /// <summary>Where in the record a pointer points.</summary>
    public int Offset { get; }

    /// <summary>How many bytes from there belong to what it points at.</summary>
    public int Length { get; }

    public bool IsMemory { get; }

    /// <summary>Bytes of what a pointer points at, for arithmetic and indexing; 0 for plain numbers.</summary>
    public int ElementSize { get; }

    public bool IsElementSigned { get; }

    public bool IsNumber => Text is null && !IsMemory;

    public bool IsTrue => !IsNumber || Bits != 0;

    public static CValue Of(CType type, ulong bits, int pointeeSize = 0) =>
        new(type, Normalize(type, bits), null, 0, 0, isMemory: false, pointeeSize, isElementSigned: false);

    public static CValue Of(bool value) => Of(CType.Int, value ? 1UL : 0UL);

    public static CValue Of(string text) => new(CType.ULong, 0, text, 0, 0, isMemory: false, 1, isElementSigned: false);

    public static CValue Of(int offset, int length, int elementSize, bool isSigned) =>
        new(CType.ULong, 0, null, offset, length, isMemory: true, elementSize, isSigned);

    public static bool IsUnsigned(CType type) => type is CType.UInt or CType.ULong;

    public static bool IsWide(CType type) => type is CType.Long or CType.ULong;

    /// <summary>The type of a binary operation's operands, C's usual arithmetic conversions.</summary>
    public static CType Common(CType left, CType right)
    {
        if (left == right)
        {
            return left;
        }

        if (IsWide(left) || IsWide(right))
        {
            return left == CType.ULong || right == CType.ULong ? CType.ULong : CType.Long;
        }

        return CType.UInt;
    }

    /// <summary>The type of a number of some bytes after promotion.</summary>
    public static CType Promoted(int size, bool isSigned) => size switch
    {
        8 => isSigned ? CType.Long : CType.ULong,
        4 => isSigned ? CType.Int : CType.UInt,
        _ => CType.Int,
    };

    private static ulong Normalize(CType type, ulong bits) => type switch
    {
        CType.Int => (ulong)(int)bits,
        CType.UInt => (uint)bits,
        _ => bits,
    };
}

/// <summary>The C types a value can have after integer promotion.</summary>
internal enum CType : byte
{
    Int,
    UInt,
    Long,
    ULong,
}
