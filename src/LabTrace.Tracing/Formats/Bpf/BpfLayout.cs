namespace LabTrace.Tracing;

/// <summary>How the records of one event are laid out, little endian.</summary>
internal sealed class BpfLayout
{
    private readonly Dictionary<string, EventField> _byName;

    /// <summary>Describes one.</summary>
    /// <param name="kind">Whose records.</param>
    /// <param name="type">The number that marks the event: 2 bytes at offset 0, 4 in NeuTracer's records; -1 where there is only one event.</param>
    /// <param name="name">The event.</param>
    /// <param name="lengths">Bytes of a record: one length, or a second with texts or stacks behind it.</param>
    /// <param name="head">Where what every record has stands.</param>
    /// <param name="fields">Its own fields.</param>
    public BpfLayout(BpfRecordKind kind, int type, EventName name, int[] lengths, BpfHead head, params EventField[] fields)
    {
        (Kind, Type, Name, Lengths, Head, Fields) = (kind, type, name, lengths, head, fields);
        Numbers = [.. fields.Where(f => f.Shape == FieldShape.Integer).Select(f => new NumericField(f, isBigEndian: false))];
        _byName = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    public BpfRecordKind Kind { get; }

    public int Type { get; }

    public EventName Name { get; }

    public int[] Lengths { get; }

    public BpfHead Head { get; }

    public EventField[] Fields { get; }

    public NumericField[] Numbers { get; }

    public bool TryRead(ReadOnlyMemory<byte> record, string name, out FieldValue value)
    {
        value = default;
        return _byName.TryGetValue(name, out var field) && FieldValue.TryRead(field, record, isBigEndian: false, out value);
    }

    /// <summary>A number of a record that has the layout's length; signed ones keep their sign.</summary>
    public long Number(ReadOnlyMemory<byte> record, string name) =>
        TryRead(record, name, out var value) && value.TryGetInteger(out var number) ? unchecked((long)number) : 0;
}

/// <summary>Offsets of what every record has; -1 for what it does not.</summary>
/// <param name="Time">ns of CLOCK_MONOTONIC, 8 bytes.</param>
/// <param name="Pid">The thread, 4 bytes.</param>
/// <param name="Tgid">The process, 4 bytes.</param>
/// <param name="Comm">The thread's name, 16 bytes.</param>
internal readonly record struct BpfHead(int Time, int Pid, int Tgid, int Comm)
{
    /// <summary>The head of LabTrace's own records, 48 bytes.</summary>
    public static readonly BpfHead Own = new(8, 4, 28, 32);
}
