namespace LabTrace.Tracing;

/// <summary>The record being printed, and whether evaluating met something it cannot do.</summary>
internal ref struct PrintFrame(ReadOnlySpan<byte> payload, PrintContext context, RecordLayout layout)
{
    private readonly ReadOnlySpan<byte> _payload = payload;

    public readonly ReadOnlySpan<byte> Payload => _payload;

    public readonly PrintContext Context => context;

    public readonly RecordLayout Layout => layout;

    public bool HasFailed { get; private set; }

    /// <summary>Whether a number stands where the kernel prints a name, because the format does not define the name's value.</summary>
    public bool LacksName { get; set; }

    /// <summary>The bytes of a place in the record.</summary>
    public readonly ReadOnlySpan<byte> BytesOf(in CValue place) => _payload.Slice(place.Offset, place.Length);

    public CValue Fail()
    {
        HasFailed = true;
        return default;
    }
}
