namespace LabTrace.Tracing;

/// <summary>Reads one <c>field:TYPE NAME[N]; offset:; size:; signed:;</c> line.</summary>
internal static class EventFieldParser
{
    public static EventField Parse(ReadOnlySpan<char> line, int longSize)
    {
        var colon = line.IndexOf(':');
        var end = line.IndexOf(';');
        var hasOffset = FormatText.TryAttribute(line, "offset:", out var offset);
        var hasSize = FormatText.TryAttribute(line, "size:", out var size);
        if (colon < 0 || end < colon || !hasOffset || !hasSize)
        {
            TraceFormatException.Throw($"format line '{line.Trim()}' is no field with offset and size", field: "field");
        }

        var isSigned = FormatText.TryAttribute(line, "signed:", out var signed) && signed == 1;
        var declaration = line[(colon + 1)..end].Trim();
        var array = ReadOnlySpan<char>.Empty;
        if (declaration.EndsWith("]") && declaration.LastIndexOf('[') is var bracket and > 0)
        {
            array = declaration[bracket..];
            declaration = declaration[..bracket].TrimEnd();
        }

        var nameStart = declaration.Length;
        while (nameStart > 0 && (char.IsAsciiLetterOrDigit(declaration[nameStart - 1]) || declaration[nameStart - 1] == '_'))
        {
            nameStart--;
        }

        if (nameStart == declaration.Length)
        {
            TraceFormatException.Throw($"format line '{line.Trim()}' declares no name", field: "field");
        }

        var name = declaration[nameStart..].ToString();
        var type = declaration[..nameStart].Trim().ToString();
        return Make(name, type, array, offset, size, isSigned, longSize);
    }

    private static EventField Make(
        string name, string type, ReadOnlySpan<char> array, int offset, int size, bool isSigned, int longSize)
    {
        var place = type.StartsWith("__data_loc ", StringComparison.Ordinal) ? FieldPlace.DataLoc
            : type.StartsWith("__rel_loc ", StringComparison.Ordinal) ? FieldPlace.RelLoc
            : array.Length > 0 && size == 0 ? FieldPlace.ToEnd
            : FieldPlace.Fixed;
        var isArray = array.Length > 0 || place is FieldPlace.DataLoc or FieldPlace.RelLoc;
        if (place is FieldPlace.DataLoc or FieldPlace.RelLoc && size != 4)
        {
            TraceFormatException.Throw($"field '{name}' of type '{type}' has {size} bytes, expected 4", field: name);
        }

        if (!isArray)
        {
            var shape = size is 1 or 2 or 4 or 8 && !IsStructure(type) ? FieldShape.Integer : FieldShape.Bytes;
            return new EventField(name, type, offset, size, isSigned, shape, place, size);
        }

        var elementType = ElementType(type);
        var element = elementType is "char" ? 1 : ElementSize(elementType, array, size, longSize);
        var arrayShape = elementType is "char" or "const char" ? FieldShape.Text : element == 0 ? FieldShape.Bytes : FieldShape.Array;
        return new EventField(name, type + array.ToString(), offset, size, isSigned, arrayShape, place, Math.Max(element, 1));
    }

    private static bool IsStructure(string type) =>
        (type.StartsWith("struct ", StringComparison.Ordinal) || type.StartsWith("union ", StringComparison.Ordinal)) && !type.EndsWith('*');

    private static string ElementType(string type)
    {
        var element = type.AsSpan();
        foreach (var prefix in (ReadOnlySpan<string>)["__data_loc ", "__rel_loc "])
        {
            element = element.StartsWith(prefix) ? element[prefix.Length..] : element;
        }

        return element.EndsWith("[]") ? element[..^2].Trim().ToString() : element.Trim().ToString();
    }

    private static int ElementSize(string type, ReadOnlySpan<char> array, int size, int longSize)
    {
        // A length that is a macro's name (TASK_COMM_LEN) says nothing; the type's name does.
        if (size > 0 && array.Length > 2 && int.TryParse(array[1..^1], out var count) && count > 0 && size % count == 0)
        {
            var bytes = size / count;
            return bytes is 1 or 2 or 4 or 8 ? bytes : 0;
        }

        return type.EndsWith('*') ? longSize : SizeOf(type, longSize);
    }

    /// <summary>Bytes of a C type by its name, 0 when unknown.</summary>
    public static int SizeOf(string type, int longSize) => type switch
    {
        "char" or "unsigned char" or "signed char" or "u8" or "s8" or "__u8" or "__s8" or "uint8_t" or "int8_t" or "bool" => 1,
        "short" or "unsigned short" or "u16" or "s16" or "__u16" or "__s16" or "uint16_t" or "int16_t" or "__le16" or "__be16" => 2,
        "int" or "unsigned int" or "unsigned" or "u32" or "s32" or "__u32" or "__s32" or "uint32_t" or "int32_t" or "pid_t" or "dev_t"
            or "gfp_t" or "uint" or "__le32" or "__be32" or "gid_t" or "uid_t" or "signed int" or "signed" => 4,
        "u64" or "s64" or "__u64" or "__s64" or "uint64_t" or "int64_t" or "long long" or "unsigned long long" or "__le64" or "__be64"
            or "loff_t" or "sector_t" or "long long int" or "long long unsigned int" or "ktime_t" => 8,
        "long" or "unsigned long" or "size_t" or "ssize_t" or "long int" or "long unsigned int" or "unsigned long int" or "ulong"
            or "uintptr_t" or "intptr_t" => longSize,
        _ => type.EndsWith('*') ? longSize : type.StartsWith("enum ", StringComparison.Ordinal) ? 4 : 0,
    };
}
