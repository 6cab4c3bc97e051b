using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Events that the kernel prints by code of its own instead of by their print format.</summary>
internal abstract class SpecialPrinter
{
    /// <summary>What stands before the text on the event's line.</summary>
    public virtual string Prefix(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context) => "";

    /// <summary>Prints the record; false when it is too short, which falls back to the print format.</summary>
    public abstract bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text);

    public static SpecialPrinter? For(EventFormat format) => format.Name switch
    {
        { System: "syscalls" } name when name.Name.StartsWith("sys_enter_", StringComparison.Ordinal) => new SyscallEnterPrinter(),
        { System: "syscalls" } name when name.Name.StartsWith("sys_exit_", StringComparison.Ordinal) => new SyscallExitPrinter(),
        { System: "ftrace", Name: "print" } => new MarkerPrinter(),
        { System: "ftrace", Name: "raw_data" } => new RawDataPrinter(),
        { System: "ftrace", Name: "kernel_stack" } => new StackPrinter("<stack trace>", isUser: false),
        { System: "ftrace", Name: "user_stack" } => new StackPrinter("<user stack trace>", isUser: true),
        { System: "ftrace", Name: "function" } => new FunctionPrinter(),
        { System: "ftrace", Name: "bputs" } => new BputsPrinter(),
        _ => null,
    };

    protected static bool TryNumber(EventFormat format, ReadOnlyMemory<byte> payload, string field, out ulong value)
    {
        value = 0;
        if (!format.TryRead(payload, field, out var found) || !found.TryGetInteger(out var number))
        {
            return false;
        }

        value = (ulong)(number & ulong.MaxValue);
        return true;
    }

    protected static string Symbol(ulong address, PrintContext context) =>
        context.Symbols?.NameOf(address) ?? string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
}

/// <summary><c>sys_openat(dfd: 0xffffff9c, filename: 0x7f…, flags: 0x80000, mode: 0)</c>; numbers below ten in decimal.</summary>
internal sealed class SyscallEnterPrinter : SpecialPrinter
{
    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        _ = text.Append("sys_").Append(format.Name.Name.AsSpan("sys_enter_".Length)).Append('(');
        var isFirst = true;
        foreach (var field in format.Fields.Where(f => f.Name is not ("__syscall_nr" or "nr")))
        {
            if (!TryNumber(format, payload, field.Name, out var value))
            {
                return false;
            }

            _ = text.Append(isFirst ? "" : ", ").Append(field.Name).Append(": ");
            _ = value < 10 ? text.Append(value) : text.Append(CultureInfo.InvariantCulture, $"0x{value:x}");
            isFirst = false;
        }

        _ = text.Append(')');
        return true;
    }
}

/// <summary><c>sys_openat -> 0x3</c>.</summary>
internal sealed class SyscallExitPrinter : SpecialPrinter
{
    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        _ = text.Append("sys_").Append(format.Name.Name.AsSpan("sys_exit_".Length));
        var isRead = TryNumber(format, payload, "ret", out var value);
        _ = text.Append(CultureInfo.InvariantCulture, $" -> 0x{value:x}");
        return isRead;
    }
}

/// <summary>A marker: the text that was written, behind the name of the function that took it.</summary>
internal sealed class MarkerPrinter : SpecialPrinter
{
    public override string Prefix(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context) =>
        (TryNumber(format, payload, "ip", out var ip) ? context.Symbols?.NameOf(ip) : null) is { } name ? name + ": " : "tracing_mark_write: ";

    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        var isRead = format.TryRead(payload, "buf", out var buffer);
        var marker = buffer.ToRawText();
        _ = text.Append(marker.EndsWith('\n') ? marker.AsSpan(0, marker.Length - 1) : marker);
        return isRead;
    }
}

/// <summary><c># 1 buf: 61 62</c>: a binary marker's id and bytes, with the ring buffer's padding.</summary>
internal sealed class RawDataPrinter : SpecialPrinter
{
    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        if (!TryNumber(format, payload, "id", out var id) || !format.TryRead(payload, "buf", out var buffer))
        {
            return false;
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"# {id:x} buf:");
        foreach (var value in buffer.Bytes.Span)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $" {value:x2}");
        }

        return true;
    }
}

/// <summary>A stack: its title and a line <c> => function</c> for each caller.</summary>
internal sealed class StackPrinter(string title, bool isUser) : SpecialPrinter
{
    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        if (!format.TryGetField("caller", out var field) || field.ElementSize is not (4 or 8) || field.Offset > payload.Length)
        {
            return false;
        }

        // The format declares eight callers; the record holds as many as were found, up to an end mark of all ones.
        _ = text.Append(title);
        var size = field.ElementSize;
        var end = size == 8 ? ulong.MaxValue : uint.MaxValue;
        for (var at = field.Offset; at + size <= payload.Length; at += size)
        {
            var address = FieldValue.ReadBits(payload.Span.Slice(at, size), format.Layout.IsBigEndian);
            if (address == end || (isUser && address == 0))
            {
                break;
            }

            _ = text.Append("\n => ");
            _ = isUser ? text.Append(CultureInfo.InvariantCulture, $" <{address:x16}>") : text.Append(Symbol(address, context));
        }

        return true;
    }
}

/// <summary><c>function &lt;-parent</c>.</summary>
internal sealed class FunctionPrinter : SpecialPrinter
{
    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        if (!TryNumber(format, payload, "ip", out var ip) || !TryNumber(format, payload, "parent_ip", out var parent))
        {
            return false;
        }

        _ = text.Append(Symbol(ip, context)).Append(" <-").Append(Symbol(parent, context));
        return true;
    }
}

/// <summary>A constant text of the kernel, recorded by address.</summary>
internal sealed class BputsPrinter : SpecialPrinter
{
    public override string Prefix(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context) =>
        TryNumber(format, payload, "ip", out var ip) ? Symbol(ip, context) + ": " : "bputs: ";

    public override bool TryPrint(EventFormat format, ReadOnlyMemory<byte> payload, PrintContext context, StringBuilder text)
    {
        if (!TryNumber(format, payload, "str", out var address) && !TryNumber(format, payload, "fmt", out address))
        {
            return false;
        }

        _ = text.Append((context.PrintkFormats?[address] ?? $"0x{address:x}").TrimEnd('\n'));
        return true;
    }
}
