using System.Text;

namespace LabTrace.Tracing;

/// <content>Printing records.</content>
public sealed partial class EventFormat
{
    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    private bool _isCompiled;
    private PrintProgram? _program;
    private SpecialPrinter? _special;
    private long _printFallbacks;
    private byte[] _prefix = [];

    /// <summary>How many records were printed otherwise than the kernel does: as a dump of their fields because the print format, or this record, could
    /// not be evaluated, or with a number for a name whose value the format does not define.</summary>
    public long PrintFallbacks => Interlocked.Read(ref _printFallbacks);

    /// <summary>Whether the print format is understood; otherwise every record is printed as a dump of its fields.</summary>
    public bool IsPrintable
    {
        get
        {
            Compile();
            return _program is not null || _special is not null;
        }
    }

    /// <summary>Prints a record as ftrace does behind <c>event: </c>, with addresses as numbers.</summary>
    /// <param name="payload">The record from its common fields on.</param>
    public string Format(ReadOnlyMemory<byte> payload) => Format(payload, PrintContext.None);

    /// <summary>Prints a record as ftrace does behind <c>event: </c>; never fails, see <see cref="PrintFallbacks"/>.</summary>
    /// <param name="payload">The record from its common fields on.</param>
    /// <param name="context">Symbols and texts that records refer to.</param>
    public string Format(ReadOnlyMemory<byte> payload, PrintContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var text = new Utf8Text();
        _ = AppendText(payload, context, text);
        return text.ToString();
    }

    /// <summary>Appends what stands before the text on the event's line.</summary>
    internal void AppendPrefix(ReadOnlyMemory<byte> payload, PrintContext context, Utf8Text text)
    {
        Compile();
        if (_special is not null)
        {
            _special.AppendPrefix(this, payload.Span, context, text);
        }
        else
        {
            text.Append(_prefix);
        }
    }

    /// <summary>As <see cref="Format(ReadOnlyMemory{byte}, PrintContext)"/>, without making an object.</summary>
    /// <returns>Whether the record was printed as the kernel does, see <see cref="PrintFallbacks"/>.</returns>
    internal bool AppendText(ReadOnlyMemory<byte> payload, PrintContext context, Utf8Text text)
    {
        Compile();
        var start = text.Length;
        if (_special is not null && _special.TryAppend(this, payload.Span, context, text))
        {
            return true;
        }

        text.Truncate(start);
        var frame = new PrintFrame(payload.Span, context, Layout);
        if (_program is not null && _program.TryPrint(ref frame, text))
        {
            if (frame.LacksName)
            {
                _ = Interlocked.Increment(ref _printFallbacks);
            }

            return !frame.LacksName;
        }

        text.Truncate(start);
        _ = Interlocked.Increment(ref _printFallbacks);
        text.Append(Dump(payload));
        return false;
    }

    /// <summary>Appends what <see cref="FieldValue.ToString"/> says of a field: its label, its number or its text. False for text that is no UTF-8 and for what the record is too short for.</summary>
    internal bool TryAppendValue(EventField field, ReadOnlyMemory<byte> payload, PrintContext context, Utf8Text text)
    {
        Compile();
        var start = text.Length;
        var frame = new PrintFrame(payload.Span, context, Layout);
        if (_special is null && _program?.AppendLabel(field.Name, ref frame, text) == true)
        {
            return true;
        }

        text.Truncate(start);
        if (!FieldValue.TryLocate(field, payload.Span, Layout.IsBigEndian, out var offset, out var length))
        {
            return false;
        }

        var bytes = payload.Span.Slice(offset, length);
        if (field.Shape == FieldShape.Text)
        {
            var nul = bytes.IndexOf((byte)0);
            bytes = nul < 0 ? bytes : bytes[..nul];
            if (!System.Text.Unicode.Utf8.IsValid(bytes))
            {
                return false;
            }

            text.Append(bytes);
            return true;
        }

        switch (field.Shape)
        {
            case FieldShape.Array:
                AppendArray(field, bytes, text);
                break;
            case FieldShape.Integer:
                AppendNumber(field, bytes, field.IsPointer, text);
                break;
            default:
                foreach (var value in bytes)
                {
                    text.Append(HexDigits[value >> 4]);
                    text.Append(HexDigits[value & 15]);
                }

                break;
        }

        return true;
    }

    /// <summary>As <see cref="FieldValue.ToRawText"/>: <c>{1, -2}</c>, unsigned numbers and addresses in hexadecimal.</summary>
    private void AppendArray(EventField field, ReadOnlySpan<byte> bytes, Utf8Text text)
    {
        var isHex = !field.IsSigned || field.Type.Contains('*', StringComparison.Ordinal);
        text.Append((byte)'{');
        for (var at = 0; at + field.ElementSize <= bytes.Length; at += field.ElementSize)
        {
            if (at > 0)
            {
                text.Append(", "u8);
            }

            AppendNumber(field, bytes.Slice(at, field.ElementSize), isHex, text);
        }

        text.Append((byte)'}');
    }

    private void AppendNumber(EventField field, ReadOnlySpan<byte> bytes, bool isHex, Utf8Text text)
    {
        var bits = FieldValue.ReadBits(bytes, Layout.IsBigEndian);
        var number = field.IsSigned ? FieldValue.SignExtend(bits, bytes.Length) : (long)bits;
        if (isHex)
        {
            text.Append("0x"u8);
            text.AppendHex((ulong)number);
        }
        else if (field.IsSigned)
        {
            text.Append(number);
        }
        else
        {
            text.Append(bits);
        }
    }

    internal string? LabelOf(string field, ReadOnlyMemory<byte> payload, PrintContext context)
    {
        Compile();
        var frame = new PrintFrame(payload.Span, context, Layout);
        return _special is null ? _program?.LabelOf(field, ref frame) : null;
    }

    private void Compile()
    {
        if (!Volatile.Read(ref _isCompiled))
        {
            _special = SpecialPrinter.For(this);
            _program = PrintProgram.TryCompile(this);
            _prefix = Encoding.UTF8.GetBytes(Name.Name + ": ");
            Volatile.Write(ref _isCompiled, true);
        }
    }

    private string Dump(ReadOnlyMemory<byte> payload)
    {
        var text = new StringBuilder();
        foreach (var field in Fields)
        {
            if (FieldValue.TryRead(field, payload, Layout.IsBigEndian, out var value))
            {
                _ = text.Append(text.Length == 0 ? "" : " ").Append(field.Name).Append('=').Append(value.ToRawText());
            }
        }

        return text.ToString();
    }
}
