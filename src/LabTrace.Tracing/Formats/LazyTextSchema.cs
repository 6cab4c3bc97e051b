using System.Text;

namespace LabTrace.Tracing;

/// <summary>Events of a kind of text whose fields one function finds.</summary>
internal sealed class LazyTextSchema(EventName name, Func<string, IEnumerable<KeyValuePair<string, FieldValue>>> fields)
    : EventSchema(name, null, isClockInNanoseconds: true)
{
    public override string Prefix(ReadOnlyMemory<byte> payload) => Name.Name + ": ";

    public override string Text(ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span);

    public override void AppendText(ReadOnlyMemory<byte> payload, Utf8Text text) => text.Append(payload.Span);

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

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload) => fields(Text(payload));
}
