namespace LabTrace.Tracing;

/// <summary>Reads records that only carry text as the text events they were.</summary>
internal sealed class CarriedSchema : EventSchema
{
    private readonly EventFormat _carrier;
    private readonly TextSchema _text;

    private CarriedSchema(EventFormat carrier, TextSchema text)
        : base(text.Name, null, text.IsClockInNanoseconds) => (_carrier, _text) = (carrier, text);

    /// <summary>The schema of a format, null when it carries no text.</summary>
    public static CarriedSchema? Of(EventFormat format, bool isClockInNanoseconds) => CarriedText.IsCarrier(format)
        ? new CarriedSchema(format, TextSchema.Make(System.Text.Encoding.UTF8.GetBytes(CarriedText.KeyOf(format.Name)), isClockInNanoseconds))
        : null;

    public override string Prefix(ReadOnlyMemory<byte> payload) => _text.Prefix(Carried(payload));

    public override string Text(ReadOnlyMemory<byte> payload) => _text.Text(Carried(payload));

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value) => _text.TryGetField(Carried(payload), name, out value);

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload) => _text.Fields(Carried(payload));

    private ReadOnlyMemory<byte> Carried(ReadOnlyMemory<byte> payload)
    {
        if (!FieldValue.TryLocate(_carrier.Fields[0], payload.Span, _carrier.Layout.IsBigEndian, out var offset, out var length))
        {
            return default;
        }

        var text = payload.Slice(offset, length);
        return text.Span is [.., 0] ? text[..^1] : text;
    }
}
