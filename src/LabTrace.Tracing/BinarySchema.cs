namespace LabTrace.Tracing;

/// <summary>Decodes binary records by their event's _format.</summary>
internal sealed class BinarySchema : EventSchema
{
    private readonly EventFormat _format;
    private readonly PrintContext _context;
    private long _printFallbacks;

    public BinarySchema(EventFormat format, PrintContext context, bool isClockInNanoseconds)
        : base(format.Name, format, isClockInNanoseconds)
    {
        _format = format;
        _context = context;
    }

    public override string Prefix(ReadOnlyMemory<byte> payload)
    {
        var text = new Utf8Text();
        _format.AppendPrefix(payload, _context, text);
        return text.ToString();
    }

    public override long PrintFallbacks => Interlocked.Read(ref _printFallbacks);

    public override string Text(ReadOnlyMemory<byte> payload)
    {
        var text = new Utf8Text();
        AppendText(payload, text);
        return text.ToString();
    }

    public override void AppendPrefix(ReadOnlyMemory<byte> payload, Utf8Text text) => _format.AppendPrefix(payload, _context, text);

    public override void AppendText(ReadOnlyMemory<byte> payload, Utf8Text text)
    {
        if (!_format.AppendText(payload, _context, text))
        {
            _ = Interlocked.Increment(ref _printFallbacks);
        }
    }

    public override void AppendFields(ReadOnlyMemory<byte> payload, Utf8Text text)
    {
        var begin = text.Length;
        foreach (var field in _format.Fields)
        {
            var start = text.Length;
            if (start > begin)
            {
                text.Append((byte)' ');
            }

            text.Append(field.Name);
            text.Append((byte)'=');
            var valueStart = text.Length;
            if (Name != EventName.Print && _format.TryAppendValue(field, payload, _context, text))
            {
                FieldText.QuoteFrom(text, valueStart);
            }
            else if (TryGetField(payload, field.Name, out var value))
            {
                text.Append(value.ToString());
                FieldText.QuoteFrom(text, valueStart);
            }
            else
            {
                text.Truncate(start);
            }
        }
    }

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        if (!_format.TryRead(payload, name, out value))
        {
            return false;
        }

        // The kernel ends every marker with a line feed; the text that was written is what counts.
        if (name == "buf" && Name == EventName.Print && value.ToRawText() is [.., '\n'] marker)
        {
            value = FieldValue.Of(marker[..^1]);
            return true;
        }

        value = value.WithLabel(_format.LabelOf(name, payload, _context));
        return true;
    }

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        foreach (var field in _format.Fields)
        {
            if (TryGetField(payload, field.Name, out var value))
            {
                yield return new(field.Name, value);
            }
        }
    }
}

/// <summary>Keeps records whose event's format the capture does not have.</summary>
internal sealed class UnknownSchema(int type, bool isClockInNanoseconds)
    : EventSchema(new EventName("unknown", $"type_{type}"), null, isClockInNanoseconds)
{
    public override string Prefix(ReadOnlyMemory<byte> payload) => Name.Name + ": ";

    public override string Text(ReadOnlyMemory<byte> payload) => Convert.ToHexStringLower(payload.Span);

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        value = default;
        return false;
    }

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload) => [];
}
