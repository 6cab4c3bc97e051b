namespace LabTrace.Tracing;

/// <summary>Reads records that only carry text as the text events they were.</summary>
internal sealed class CarriedSchema : EventSchema
{
    private readonly EventFormat _carrier;

    private CarriedSchema(EventFormat carrier, bool isClockInNanoseconds)
        : base(CarriedText.NameOf(carrier), null, isClockInNanoseconds) => _carrier = carrier;

    /// <summary>The schema of a format, null when it carries no text.</summary>
    public static CarriedSchema? Of(EventFormat format, bool isClockInNanoseconds) =>
        CarriedText.IsCarrier(format) ? new CarriedSchema(format, isClockInNanoseconds) : null;

    // System calls, functions and stacks have no name before their text.
    public override string Prefix(ReadOnlyMemory<byte> payload) => Name.System is "syscalls" or "ftrace" ? "" : Name.Name + ": ";

    public override string Text(ReadOnlyMemory<byte> payload) => Carried(payload, 0);

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        foreach (var (key, found) in Fields(payload))
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                value = found;
                return true;
            }
        }

        value = default;
        return false;
    }

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload) => FieldText.Parse(Carried(payload, 1));

    private string Carried(ReadOnlyMemory<byte> payload, int field) =>
        FieldValue.TryRead(_carrier.Fields[field], payload, _carrier.Layout.IsBigEndian, out var value) ? value.ToRawText() : "";
}
