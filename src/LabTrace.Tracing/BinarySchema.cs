namespace LabTrace.Tracing;

/// <summary>Decodes binary records by their event's _format.</summary>
internal sealed class BinarySchema : EventSchema
{
    /// <summary>What function_graph's text says of a return, in nanoseconds; the record holds when the call began and ended.</summary>
    private const string Duration = "duration";

    private readonly EventFormat _format;
    private readonly PrintContext _context;
    private readonly bool _hasDuration;
    private long _printFallbacks;

    public BinarySchema(EventFormat format, PrintContext context, bool isClockInNanoseconds)
        : base(format.Name, format, isClockInNanoseconds)
    {
        _format = format;
        _context = context;
        _hasDuration = format.Name is { System: "ftrace", Name: "funcgraph_exit" } && !format.TryGetField(Duration, out _)
            && format.TryGetNumber("calltime", out _) && format.TryGetNumber("rettime", out _);
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

        if (TryDuration(payload, out var duration))
        {
            text.Append(" duration="u8);
            text.Append(duration.ToString());
        }
    }

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        if (!_format.TryRead(payload, name, out value))
        {
            return name == Duration && TryDuration(payload, out value);
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

        if (TryDuration(payload, out var duration))
        {
            yield return new(Duration, duration);
        }
    }

    private bool TryDuration(ReadOnlyMemory<byte> payload, out FieldValue value)
    {
        value = default;
        if (!_hasDuration || !_format.TryRead(payload, "calltime", out var begin) || !_format.TryRead(payload, "rettime", out var end)
            || !begin.TryGetInteger(out var from) || !end.TryGetInteger(out var to))
        {
            return false;
        }

        value = FieldValue.Of(unchecked((ulong)(to - from)));
        return true;
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
