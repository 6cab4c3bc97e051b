namespace LabTrace.Tracing;

/// <summary>A field of an event as its format text declares it.</summary>
/// <param name="Name">The field, for example <c>prev_state</c>.</param>
/// <param name="Type">The C type as declared, for example <c>__data_loc char[]</c>.</param>
/// <param name="Offset">Bytes from the record's start.</param>
/// <param name="Size">Bytes at the offset; 0 when the field reaches to the record's end.</param>
/// <param name="IsSigned">Whether numbers are signed.</param>
/// <param name="Shape">How to read the bytes.</param>
/// <param name="Place">Where the bytes are.</param>
/// <param name="ElementSize">Bytes of one number, 1 for text.</param>
public sealed record EventField(
    string Name, string Type, int Offset, int Size, bool IsSigned, FieldShape Shape, FieldPlace Place, int ElementSize)
{
    /// <summary>Whether the value is an address, which is printed in hexadecimal.</summary>
    public bool IsPointer => Type.EndsWith('*');

    /// <summary>Whether the field is one of those every event starts with.</summary>
    public bool IsCommon => Name.StartsWith("common_", StringComparison.Ordinal);
}

/// <summary>How a field's bytes are to be read.</summary>
public enum FieldShape
{
    /// <summary>One whole number of 1, 2, 4 or 8 bytes; pointers and enums too.</summary>
    Integer,

    /// <summary>Characters up to the first NUL.</summary>
    Text,

    /// <summary>Several whole numbers of one size.</summary>
    Array,

    /// <summary>Bytes of no known shape (structures).</summary>
    Bytes,
}

/// <summary>Where a field's bytes are.</summary>
public enum FieldPlace
{
    /// <summary>At the offset, with the size that the format tells.</summary>
    Fixed,

    /// <summary>From the offset to the record's end (<c>char buf[]</c>).</summary>
    ToEnd,

    /// <summary>At the offset stands a word: low 16 bits offset from the record's start, high 16 bits length (<c>__data_loc</c>).</summary>
    DataLoc,

    /// <summary>As <see cref="DataLoc"/>, with the offset counted from behind the word (<c>__rel_loc</c>).</summary>
    RelLoc,
}
