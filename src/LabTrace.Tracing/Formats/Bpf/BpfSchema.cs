using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Decodes records of BPF programs: their fields, the names behind them, and a line of text.</summary>
internal sealed class BpfSchema(BpfLayout layout, BpfTables tables) : EventSchema(layout.Name, null, isClockInNanoseconds: true)
{
    private static readonly string[] PcieOperations = ["read_byte", "read_word", "read_dword", "write_byte", "write_word", "write_dword"];
    private static readonly string[] NvlinkFunctions = ["nvlink_strcpy", "nvlink_memcpy", "nvlink_memset"];

    private static readonly string[] TcpStates =
    [
        "NONE", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
        "NEW_SYN_RECV", "BOUND_INACTIVE",
    ];

    public override string Prefix(ReadOnlyMemory<byte> payload) => Name.Name + ": ";

    public override string Text(ReadOnlyMemory<byte> payload) => layout.Kind switch
    {
        BpfRecordKind.Syscalls => SyscallText(payload),
        BpfRecordKind.DrmIoctl => IoctlText(payload),
        BpfRecordKind.Pcie => PcieText(payload),
        BpfRecordKind.FunctionLatency => string.Create(
            CultureInfo.InvariantCulture, $"{FunctionName(payload)}(0x{(ulong)layout.Number(payload, "arg"):x}) = 0x{(ulong)layout.Number(payload, "ret"):x} <{Seconds(payload)}>"),
        BpfRecordKind.TcpDrop => DropText(payload),
        _ => string.Join(' ', Fields(payload).Select(f => $"{f.Key}={f.Value}")),
    };

    public override bool TryGetField(ReadOnlyMemory<byte> payload, string name, out FieldValue value)
    {
        if (!IsHidden(name) && layout.TryRead(payload, name, out value))
        {
            value = value.WithLabel(LabelOf(name, payload));
            return true;
        }

        var derived = Derived(payload, name);
        value = derived is null ? default : FieldValue.Of(derived);
        return derived is not null;
    }

    public override IEnumerable<KeyValuePair<string, FieldValue>> Fields(ReadOnlyMemory<byte> payload)
    {
        foreach (var name in DerivedNames)
        {
            if (Derived(payload, name) is { } derived)
            {
                yield return new(name, FieldValue.Of(derived));
            }
        }

        foreach (var field in layout.Fields)
        {
            if (!IsHidden(field.Name) && layout.TryRead(payload, field.Name, out var value))
            {
                yield return new(field.Name, value.WithLabel(LabelOf(field.Name, payload)));
            }
        }
    }

    private bool IsHidden(string name) =>
        name is "text_args" or "text0" or "text1" or "saddr" or "daddr" || (name == "function" && layout.Kind is not BpfRecordKind.OriginalFunction)
        || (name is "args" && layout.Kind == BpfRecordKind.Syscalls) || name.EndsWith("_stack", StringComparison.Ordinal) || name == "stack";

    private string[] DerivedNames => layout.Kind switch
    {
        BpfRecordKind.Syscalls => ["name", "arg0", "arg1", "arg2", "arg3", "arg4", "arg5", "path", "path2", "errno"],
        BpfRecordKind.OriginalSyscall => ["name", "errno"],
        BpfRecordKind.DrmIoctl => ["name", "errno"],
        BpfRecordKind.Pcie => ["address", "operation", "errno"],
        BpfRecordKind.OriginalPcie => ["operation"],
        BpfRecordKind.Nvlink or BpfRecordKind.OriginalNvlink => ["function"],
        BpfRecordKind.FunctionLatency => ["function", "stack", "user_stack"],
        BpfRecordKind.TcpDrop => ["reason_name", "saddr", "daddr", "state_name", "flags", "location_name", "stack"],
        _ => [],
    };

    private string? Derived(ReadOnlyMemory<byte> payload, string name) => name switch
    {
        "name" when layout.Kind is BpfRecordKind.Syscalls or BpfRecordKind.OriginalSyscall => CallName(payload),
        "name" when layout.Kind == BpfRecordKind.DrmIoctl => IoctlName(payload),
        "path" when layout.Kind == BpfRecordKind.Syscalls => TextOf(payload, 0),
        "path2" when layout.Kind == BpfRecordKind.Syscalls => TextOf(payload, 1),
        ['a', 'r', 'g', >= '0' and <= '5'] when layout.Kind == BpfRecordKind.Syscalls => Argument(payload, name[3] - '0'),
        "errno" when layout.Kind is BpfRecordKind.Syscalls or BpfRecordKind.OriginalSyscall or BpfRecordKind.DrmIoctl => ErrnoNames.NameOf(-layout.Number(payload, "ret")),
        "address" when layout.Kind == BpfRecordKind.Pcie => PciAddress(payload),
        "operation" when layout.Kind is BpfRecordKind.Pcie or BpfRecordKind.OriginalPcie => Named(PcieOperations, layout.Number(payload, "op")),
        "function" when layout.Kind is BpfRecordKind.Nvlink or BpfRecordKind.OriginalNvlink => Named(NvlinkFunctions, layout.Number(payload, "function")),
        "function" when layout.Kind == BpfRecordKind.FunctionLatency => FunctionName(payload),
        "stack" when layout.Kind == BpfRecordKind.FunctionLatency => Stack(payload, "kernel_stack", "kernel_frames"),
        "user_stack" when layout.Kind == BpfRecordKind.FunctionLatency => Stack(payload, "user_stack", "user_frames", BinaryPrimitives.ReadInt32LittleEndian(payload.Span[layout.Head.Tgid..])),
        "stack" when layout.Kind == BpfRecordKind.TcpDrop => Stack(payload, "stack", "frames"),
        "reason_name" when layout.Kind == BpfRecordKind.TcpDrop => tables.ReasonOf(layout.Number(payload, "reason")),
        "state_name" when layout.Kind == BpfRecordKind.TcpDrop => Named(TcpStates, layout.Number(payload, "state")),
        "saddr" or "daddr" when layout.Kind == BpfRecordKind.TcpDrop => AddressText(payload, name),
        "flags" when layout.Kind == BpfRecordKind.TcpDrop => TcpFlags(payload),
        "location_name" when layout.Kind == BpfRecordKind.TcpDrop => tables.SymbolOf((ulong)layout.Number(payload, "location")),
        _ => null,
    };

    private string? LabelOf(string name, ReadOnlyMemory<byte> payload) => (name, layout.Kind) switch
    {
        ("op", _) => Named(PcieOperations, layout.Number(payload, name)),
        ("reason", _) => tables.ReasonOf(layout.Number(payload, name)),
        _ => null,
    };

    private static string? Named(string[] names, long value) => value >= 0 && value < names.Length ? names[value] : null;

    private string CallName(ReadOnlyMemory<byte> payload)
    {
        var number = layout.Number(payload, "nr");
        return IsCompat(payload) ? string.Create(CultureInfo.InvariantCulture, $"compat_{number}")
            : SyscallTable.Find(number)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"syscall_{number}");
    }

    private bool IsCompat(ReadOnlyMemory<byte> payload) => layout.Kind == BpfRecordKind.Syscalls && (payload.Span[2] & 2) != 0;

    private string? TextOf(ReadOnlyMemory<byte> payload, int index)
    {
        var of = (layout.Number(payload, "text_args") >> (8 * index)) & 0xff;
        return of != 0xff && (payload.Span[2] & 4) == 0 && layout.TryRead(payload, $"text{index}", out var text) ? text.ToRawText() : null;
    }

    private string? Argument(ReadOnlyMemory<byte> payload, int index)
    {
        if (SyscallTable.Find(layout.Number(payload, "nr")) is { } call && index >= call.Arguments.Count && !IsCompat(payload))
        {
            return null;
        }

        var text = new StringBuilder();
        AppendArgument(text, payload, index);
        return text.ToString();
    }

    private void AppendArgument(StringBuilder text, ReadOnlyMemory<byte> payload, int index)
    {
        _ = layout.TryRead(payload, "args", out var args);
        var value = (ulong)args[index];
        var call = IsCompat(payload) ? null : SyscallTable.Find(layout.Number(payload, "nr"));
        var of = layout.Number(payload, "text_args");
        var slot = (of & 0xff) == index ? 0 : ((of >> 8) & 0xff) == index ? 1 : -1;
        if (slot >= 0 && value != 0 && payload.Length >= 384)
        {
            var bytes = payload.Span.Slice(128 + (128 * slot), 128);
            var end = bytes.IndexOf((byte)0);
            if (end > 0 || (payload.Span[2] & 4) == 0)
            {
                SyscallArguments.AppendText(text, end < 0 ? bytes : bytes[..end], isCut: end is < 0 or 127);
                return;
            }
        }

        SyscallArguments.Append(text, call is null || index >= call.Arguments.Count ? 'x' : call.Arguments[index].Kind == 's' ? 'p' : call.Arguments[index].Kind, value);
    }

    private string SyscallText(ReadOnlyMemory<byte> payload)
    {
        var text = new StringBuilder(CallName(payload)).Append('(');
        var call = IsCompat(payload) ? null : SyscallTable.Find(layout.Number(payload, "nr"));
        var count = call?.Arguments.Count ?? 6;
        for (var i = 0; i < count; i++)
        {
            if (call is not null && IsLeftOut(payload, call, i))
            {
                break;
            }

            _ = text.Append(i == 0 ? "" : ", ");
            AppendArgument(text, payload, i);
        }

        _ = text.Append(')');
        if (layout.Type != 16)
        {
            AppendResult(text, call, layout.Number(payload, "ret"));
            _ = text.Append(" <").Append(Seconds(payload)).Append('>');
        }

        return text.ToString();
    }

    /// <summary>The mode of open is an argument only when a file may be made.</summary>
    private bool IsLeftOut(ReadOnlyMemory<byte> payload, Syscall call, int index)
    {
        if (call.Arguments[index].Kind != 'm' || call.Name is not ("open" or "openat"))
        {
            return false;
        }

        _ = layout.TryRead(payload, "args", out var args);
        return ((ulong)args[index - 1] & 0x400040) == 0;
    }

    private static void AppendResult(StringBuilder text, Syscall? call, long ret)
    {
        _ = text.Append(" = ");
        if (ErrnoNames.NameOf(-ret) is { } name)
        {
            _ = text.Append(ret is <= -512 ? "?" : "-1").Append(' ').Append(name).Append(" (").Append(ErrnoNames.TextOf(-ret)).Append(')');
        }
        else if (call?.Name is "mmap" or "brk" or "mremap" or "shmat")
        {
            _ = text.Append("0x").Append(ret.ToString("x", CultureInfo.InvariantCulture));
        }
        else
        {
            _ = text.Append(ret);
        }
    }

    private string IoctlName(ReadOnlyMemory<byte> payload)
    {
        var command = (uint)layout.Number(payload, "cmd");
        return IoctlNames.Of(command) is { Count: > 0 } names ? string.Join('|', names) : IoctlNames.Describe(command);
    }

    private string IoctlText(ReadOnlyMemory<byte> payload)
    {
        var name = IoctlName(payload);
        return layout.Type == ((int)BpfRecordKind.DrmIoctl * 16)
            ? string.Create(CultureInfo.InvariantCulture, $"cmd=0x{layout.Number(payload, "cmd"):x8} arg=0x{(ulong)layout.Number(payload, "arg"):x} fd={layout.Number(payload, "fd")} {name}")
            : string.Create(CultureInfo.InvariantCulture, $"ret={layout.Number(payload, "ret")} duration_ns={layout.Number(payload, "duration_ns")} fd={layout.Number(payload, "fd")} {name}");
    }

    private string PciAddress(ReadOnlyMemory<byte> payload)
    {
        var devfn = layout.Number(payload, "devfn");
        return string.Create(
            CultureInfo.InvariantCulture, $"{layout.Number(payload, "domain"):x4}:{layout.Number(payload, "bus"):x2}:{devfn >> 3:x2}.{devfn & 7}");
    }

    private string PcieText(ReadOnlyMemory<byte> payload)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{PciAddress(payload)} {Named(PcieOperations, layout.Number(payload, "op"))} offset=0x{layout.Number(payload, "offset"):x} size={layout.Number(payload, "size")} value=0x{layout.Number(payload, "value"):x}");
        return layout.Type == (int)BpfRecordKind.Pcie * 16
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text} ret={layout.Number(payload, "ret")} <{Seconds(payload)}>");
    }

    private string FunctionName(ReadOnlyMemory<byte> payload) => tables.FunctionOf(layout.Number(payload, "function"));

    private string? Stack(ReadOnlyMemory<byte> payload, string field, string count, int process = 0)
    {
        if (!layout.TryRead(payload, field, out var stack) || layout.Number(payload, count) is not (> 0 and var frames))
        {
            return null;
        }

        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(frames, stack.Count); i++)
        {
            var address = (ulong)stack[i];
            _ = text.Append(i == 0 ? "" : " <- ").Append(tables.SymbolOf(address, process) ?? "0x" + address.ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private string AddressText(ReadOnlyMemory<byte> payload, string field)
    {
        _ = layout.TryRead(payload, field, out var bytes);
        return new IPAddress(layout.Number(payload, "family") == 2 ? bytes.Bytes.Span[..4] : bytes.Bytes.Span).ToString();
    }

    private string TcpFlags(ReadOnlyMemory<byte> payload)
    {
        string[] names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
        var flags = layout.Number(payload, "tcp_flags");
        return string.Join('|', names.Where((_, bit) => (flags >> bit & 1) != 0));
    }

    private string DropText(ReadOnlyMemory<byte> payload)
    {
        var reason = layout.Number(payload, "reason");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{AddressText(payload, "saddr")}:{layout.Number(payload, "sport")} > {AddressText(payload, "daddr")}:{layout.Number(payload, "dport")} {TcpFlags(payload)} state={Named(TcpStates, layout.Number(payload, "state"))} reason={tables.ReasonOf(reason) ?? $"{reason}"} at {tables.SymbolOf((ulong)layout.Number(payload, "location")) ?? $"0x{(ulong)layout.Number(payload, "location"):x}"}");
    }

    private string Seconds(ReadOnlyMemory<byte> payload)
    {
        var ns = layout.Number(payload, "duration_ns");
        return string.Create(CultureInfo.InvariantCulture, $"{ns / 1_000_000_000}.{ns % 1_000_000_000 / 1000:D6}");
    }
}
