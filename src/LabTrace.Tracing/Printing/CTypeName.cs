namespace LabTrace.Tracing;

/// <summary>A C type as a cast or <c>sizeof</c> names it.</summary>
/// <param name="Size">Bytes, 0 for void and unknown structures.</param>
/// <param name="IsSigned">Whether numbers of it are signed.</param>
/// <param name="IsPointer">Whether it is a pointer; <paramref name="Size"/> is then that of a long.</param>
/// <param name="PointeeSize">Bytes of what a pointer points at.</param>
/// <param name="IsPointeeSigned">Whether what a pointer points at is signed.</param>
/// <param name="IsBool">Whether every value but 0 becomes 1.</param>
internal readonly record struct CTypeName(int Size, bool IsSigned, bool IsPointer, int PointeeSize, bool IsPointeeSigned, bool IsBool)
{
    /// <summary>Bytes of the kernel's struct page in every 64-bit configuration that trace events compute with.</summary>
    private const int StructPageSize = 64;

    public CType Promoted => IsPointer ? CType.ULong : CValue.Promoted(Size, IsSigned);

    /// <summary>Whether a word can start a type.</summary>
    public static bool IsTypeWord(string word) =>
        word is "const" or "unsigned" or "signed" or "int" or "long" or "short" or "char" or "void" or "struct" or "union" or "enum" or "bool"
            or "volatile" or "uint" or "ulong" or "ushort" or "_Bool" or "xlog_tid_t"
        || word.EndsWith("_t", StringComparison.Ordinal)
        || EventFieldParser.SizeOf(word, 8) != 0;

    /// <summary>Makes the type of the words before the stars and the number of stars.</summary>
    public static CTypeName Of(IReadOnlyList<string> words, int stars, int longSize)
    {
        var plain = words.Where(w => w is not ("const" or "volatile")).ToArray();
        var (size, isSigned) = Scalar(plain, longSize);
        if (stars == 0)
        {
            return new CTypeName(size, isSigned, false, 0, false, plain is ["bool"] or ["_Bool"]);
        }

        return new CTypeName(longSize, false, true, stars > 1 ? longSize : size == 0 && plain is ["void"] ? 1 : size, isSigned, false);
    }

    private static (int Size, bool IsSigned) Scalar(string[] words, int longSize)
    {
        if (words is ["struct", "page"])
        {
            return (StructPageSize, false);
        }

        if (words.Length == 0 || words[0] is "struct" or "union" or "void")
        {
            return (0, false);
        }

        if (words[0] == "enum")
        {
            return (4, false);
        }

        var isUnsigned = words.Contains("unsigned");
        var longs = words.Count(w => w == "long");
        if (longs > 0)
        {
            return (longs > 1 ? 8 : longSize, !isUnsigned);
        }

        if (words.Contains("short"))
        {
            return (2, !isUnsigned);
        }

        if (words.Contains("char"))
        {
            return (1, !isUnsigned);
        }

        if (words.Contains("int") || words.Contains("unsigned") || words.Contains("signed"))
        {
            return (4, !isUnsigned);
        }

        var name = words[0];
        var isSigned = name.StartsWith('s') && name is "s8" or "s16" or "s32" or "s64" or "ssize_t"
            || name.StartsWith("int", StringComparison.Ordinal) || name.StartsWith("__s", StringComparison.Ordinal)
            || name is "pid_t" or "loff_t" or "ktime_t" or "time64_t" or "key_t";
        var size = name is "ushort" ? 2 : EventFieldParser.SizeOf(name, longSize);

        // A typedef nobody knows: a long holds whatever a print format casts to.
        return (size == 0 ? longSize : size, isSigned);
    }
}
