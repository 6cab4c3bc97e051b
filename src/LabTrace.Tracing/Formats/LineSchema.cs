using System.Text;

namespace LabTrace.Tracing;

/// <summary>Events whose payload is the text that was printed of them; their fields are found in it when they are asked for.</summary>
internal abstract class LineSchema(EventName name, bool isClockInNanoseconds = true) : EventSchema(name, null, isClockInNanoseconds)
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
}
