namespace LabTrace.Tracing;

/// <summary>Decodes what bpftrace prints; <c>@map[key]: value</c> when it is of a map.</summary>
internal sealed class BpftraceSchema(string kind) : LineSchema(new EventName("bpftrace", kind))
{
    public const string Attached = "attached_probes";
    public const string Map = "map";
    public const string Histogram = "hist";
    public const string Statistics = "stats";

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
