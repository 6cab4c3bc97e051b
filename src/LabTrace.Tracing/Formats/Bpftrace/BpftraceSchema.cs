using System.Text;

namespace LabTrace.Tracing;

/// <summary>Decodes what bpftrace prints; <c>@map[key]: value</c> when it is of a map.</summary>
internal sealed class BpftraceSchema(string kind) : EventSchema(new EventName("bpftrace", kind), null, isClockInNanoseconds: true)
{
    public const string Attached = "attached_probes";
    public const string Map = "map";
    public const string Histogram = "hist";
    public const string Statistics = "stats";

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

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        var text = Text(payload);
        switch (Name.Name)
        {
            case Map or Histogram or Statistics:
                return BpftraceEntry.TryParse(text)?.Fields() ?? [new("text", FieldValue.Of(text))];
            case Attached:
                var digits = text.AsSpan(Math.Max(0, text.AsSpan().IndexOfAnyInRange('0', '9')));
                var end = digits.IndexOfAnyExceptInRange('0', '9');
                return [new("probes", FieldValue.Of(digits[..(end < 0 ? digits.Length : end)].ToString()))];
            default:
                return text.Length == 0 ? [] : TextFields.Pairs(text);
        }
    }
}
