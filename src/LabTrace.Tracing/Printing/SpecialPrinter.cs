namespace LabTrace.Tracing;

/// <summary>Events that the kernel prints by code of its own instead of by their print format.</summary>
internal abstract class SpecialPrinter
{
    /// <summary>Appends what stands before the text on the event's line.</summary>
    public virtual void AppendPrefix(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
    }

    /// <summary>Appends the record's text; false when the record is too short, which falls back to the print format.</summary>
    public abstract bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text);

    public static SpecialPrinter? For(EventFormat format) => format.Name switch
    {
        { System: "syscalls" } name when name.Name.StartsWith("sys_enter_", StringComparison.Ordinal) => new SyscallEnterPrinter(format),
        { System: "syscalls" } name when name.Name.StartsWith("sys_exit_", StringComparison.Ordinal) => new SyscallExitPrinter(format),
        { System: "ftrace", Name: "print" } => new MarkerPrinter(),
        { System: "ftrace", Name: "raw_data" } => new RawDataPrinter(),
        { System: "ftrace", Name: "kernel_stack" } => new StackPrinter("<stack trace>", isUser: false),
        { System: "ftrace", Name: "user_stack" } => new StackPrinter("<user stack trace>", isUser: true),
        { System: "ftrace", Name: "function" } => new FunctionPrinter(),
        { System: "ftrace", Name: "bputs" } => new BputsPrinter(),
        { System: "ftrace", Name: "bprint" } => new BprintPrinter(),
        { System: "ftrace", Name: "hwlat" } => new HwlatPrinter(),
        { System: "ftrace", Name: "osnoise" } => new OsnoisePrinter(),
        { System: "ftrace", Name: "timerlat" } => new TimerlatPrinter(),
        _ => null,
    };

    protected static bool TryNumber(EventFormat format, ReadOnlySpan<byte> payload, string field, out ulong value)
    {
        value = 0;
        return format.TryGetField(field, out var found) && TryNumber(found, format.Layout, payload, out value);
    }

    protected static bool TryNumber(EventField field, RecordLayout layout, ReadOnlySpan<byte> payload, out ulong value)
    {
        value = 0;
        if (field.Shape != FieldShape.Integer || field.Offset + field.Size > payload.Length)
        {
            return false;
        }

        value = FieldValue.ReadBits(payload.Slice(field.Offset, field.Size), layout.IsBigEndian);
        value = field.IsSigned ? (ulong)FieldValue.SignExtend(value, field.Size) : value;
        return true;
    }

    protected static bool TryBytes(EventFormat format, ReadOnlySpan<byte> payload, string field, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!format.TryGetField(field, out var found) || !FieldValue.TryLocate(found, payload, format.Layout.IsBigEndian, out var offset, out var length))
        {
            return false;
        }

        bytes = payload.Slice(offset, length);
        return true;
    }

    protected static void AppendSymbol(ulong address, PrintContext context, Utf8Text text)
    {
        if (context.Symbols?.NameOf(address) is { } name)
        {
            text.Append(name);
            return;
        }

        text.Append("0x"u8);
        text.AppendHex(address);
    }

    protected static void AppendUpToNul(ReadOnlySpan<byte> bytes, Utf8Text text)
    {
        var nul = bytes.IndexOf((byte)0);
        text.Append(nul < 0 ? bytes : bytes[..nul]);
    }
}
