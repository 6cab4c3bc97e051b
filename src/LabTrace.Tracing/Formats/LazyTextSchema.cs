namespace LabTrace.Tracing;

/// <summary>Events of a kind of text whose fields one function finds.</summary>
internal sealed class LazyTextSchema(EventName name, Func<string, IEnumerable<KeyValuePair<string, FieldValue>>> fields)
    : LineSchema(name)
{
    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload) => fields(Text(payload));
}
