using System.Text;

namespace LabTrace.Tracing;

/// <summary><c>sys_openat(dfd: 0xffffff9c, filename: 0x7f…, flags: 0x80000, mode: 0)</c>; numbers below ten in decimal. Kernels that record what an
/// argument points at print it behind the address, in quotes.</summary>
internal sealed class SyscallEnterPrinter : SpecialPrinter
{
    private readonly byte[] _name;
    private readonly (EventField Field, byte[] Label, EventField? Text)[] _arguments;

    public SyscallEnterPrinter(EventFormat format)
    {
        _name = Encoding.UTF8.GetBytes("sys_" + format.Name.Name["sys_enter_".Length..] + "(");
        _arguments = [.. format.Fields
            .Where(f => f.Name is not ("__syscall_nr" or "nr") && f.Shape == FieldShape.Integer)
            .Select((f, i) => (f, Encoding.UTF8.GetBytes($"{(i == 0 ? "" : ", ")}{f.Name}: "), TextOf(format, f.Name)))];
    }

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        text.Append(_name);
        foreach (var (field, label, quoted) in _arguments)
        {
            if (!TryNumber(field, format.Layout, payload, out var value))
            {
                return false;
            }

            text.Append(label);
            if (value < 10)
            {
                text.Append(value);
            }
            else
            {
                text.Append("0x"u8);
                text.AppendHex(value);
            }

            if (quoted is not null && FieldValue.TryLocate(quoted, payload, format.Layout.IsBigEndian, out var offset, out var length) && length > 0)
            {
                text.Append(" \""u8);
                AppendUpToNul(payload.Slice(offset, length), text);
                text.Append((byte)'"');
            }
        }

        text.Append((byte)')');
        return true;
    }

    private static EventField? TextOf(EventFormat format, string name) =>
        format.TryGetField($"__{name}_val", out var field) && field.Shape == FieldShape.Text ? field : null;
}

/// <summary><c>sys_openat -> 0x3</c>.</summary>
internal sealed class SyscallExitPrinter(EventFormat format) : SpecialPrinter
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes("sys_" + format.Name.Name["sys_exit_".Length..] + " -> 0x");

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        text.Append(_name);
        var isRead = TryNumber(format, payload, "ret", out var value);
        text.AppendHex(value);
        return isRead;
    }
}
