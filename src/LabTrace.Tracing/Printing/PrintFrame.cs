namespace LabTrace.Tracing;

/// <summary>The record being printed, and whether evaluating met something it cannot do.</summary>
internal ref struct PrintFrame(ReadOnlyMemory<byte> payload, PrintContext context, RecordLayout layout)
{
    public readonly ReadOnlyMemory<byte> Payload => payload;

    public readonly PrintContext Context => context;

    public readonly RecordLayout Layout => layout;

    public bool HasFailed { get; private set; }

    public CValue Fail()
    {
        HasFailed = true;
        return default;
    }
}
