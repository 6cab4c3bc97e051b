namespace LabTrace.Tracing;

/// <summary>Where a field that is one whole number stands in its event's records: what <see cref="TraceReader.TryGetNumber"/> needs and nothing else.</summary>
public readonly record struct NumericField
{
    internal NumericField(EventField field, bool isBigEndian)
    {
        Name = field.Name;
        Offset = field.Offset;
        Size = field.Size;
        IsSigned = field.IsSigned;
        IsBigEndian = isBigEndian;
        Shift = 64 - (8 * field.Size);
    }

    /// <summary>The field, for example <c>next_pid</c>.</summary>
    public string Name { get; }

    /// <summary>Bytes from the record's start.</summary>
    public int Offset { get; }

    /// <summary>Bytes of the number: 1, 2, 4 or 8.</summary>
    public int Size { get; }

    /// <summary>Whether the number is signed; an unsigned one of eight bytes is to be taken as <see cref="ulong"/>.</summary>
    public bool IsSigned { get; }

    /// <summary>Byte order of the recording machine.</summary>
    public bool IsBigEndian { get; }

    internal int Shift { get; }
}
