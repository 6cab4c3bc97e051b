namespace LabTrace.Tracing;

/// <summary>Decodes the fields of a timeline's line; the short names <c>ctx</c> and <c>seq</c> are told as <c>ctx_id</c> and <c>seqno</c>.</summary>
internal sealed class GrtTextSchema(EventName name, bool isPretty) : LineSchema(name)
{
    private const string Remark = "\u2190 ";

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        var text = Text(payload);
        var remark = isPretty ? text.IndexOf(Remark, StringComparison.Ordinal) : -1;
        var fields = text.AsSpan(0, remark < 0 ? text.Length : remark).Trim().ToString();
        if (isPretty)
        {
            // The event's name stands between the fields.
            fields = string.Join(' ', fields.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(w => !string.Equals(w, Name.Name, StringComparison.OrdinalIgnoreCase) && w.Contains('=', StringComparison.Ordinal)));
        }

        foreach (var (key, value) in fields.Length == 0 ? [] : TextFields.Pairs(fields))
        {
            yield return new(key switch { "ctx" => "ctx_id", "seq" => "seqno", _ => key }, value);
        }

        if (remark >= 0)
        {
            yield return new("remark", FieldValue.Of(text[(remark + Remark.Length)..].Trim()));
        }
    }
}
