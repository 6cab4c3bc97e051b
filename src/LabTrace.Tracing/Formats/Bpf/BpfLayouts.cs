using System.Buffers.Binary;

namespace LabTrace.Tracing;

/// <summary>All records that BPF captures hold.</summary>
/// <remarks>Layouts: Formats/Bpf/Bpf.md, src/LabTrace.Devices/Bpf/Programs.</remarks>
internal static class BpfLayouts
{
    private static readonly string[] FenceEvents = ["init", "destroy", "enable_signal", "signaled", "wait_start", "wait_end", "emit"];

    private static readonly Dictionary<(BpfRecordKind, int), BpfLayout> ByType =
        new BpfLayout[][] { Own(), Originals() }.SelectMany(l => l).ToDictionary(l => (l.Kind, l.Type));

    public static IEnumerable<BpfLayout> All => ByType.Values;

    /// <summary>The layout of a record; null when there is none of its type and length.</summary>
    public static BpfLayout? Of(BpfRecordKind kind, ReadOnlySpan<byte> record)
    {
        if (record.Length < 4)
        {
            return null;
        }

        var type = kind == BpfRecordKind.OriginalFunction ? -1
            : kind < BpfRecordKind.OriginalSyscall ? BinaryPrimitives.ReadUInt16LittleEndian(record)
            : BinaryPrimitives.ReadInt32LittleEndian(record);
        return ByType.TryGetValue((kind, type), out var layout) && layout.Lengths.AsSpan().Contains(record.Length) ? layout : null;
    }

    private static BpfLayout[] Own()
    {
        EventField[] call =
        [
            Number("nr", 48, 4), Number("text_args", 52, 4), Number("call_id", 56, 8), Hex("args", 64, 48), Signed("ret", 112, 8), Number("duration_ns", 120, 8),
            Text("text0", 128, 128), Text("text1", 256, 128),
        ];
        EventField[] access =
        [
            Number("op", 48, 4), Number("domain", 52, 4), Number("bus", 56, 4), Number("devfn", 60, 4), Number("offset", 64, 4), Number("size", 68, 4),
            Address("value", 72, 4), Signed("ret", 76, 4), Number("duration_ns", 80, 8),
        ];
        EventField[] fence = [Number("context", 48, 8), Number("seqno", 56, 8), Number("duration_ns", 64, 8), Text("driver", 72, 32), Text("timeline", 104, 32)];
        EventField[] copy =
        [
            Number("function", 48, 4), Address("dst", 56, 8), Address("src", 64, 8), Number("size", 72, 8), Address("ret", 80, 8), Number("duration_ns", 88, 8),
        ];
        EventField[] ioctl = [Number("fd", 48, 4), Address("cmd", 52, 4), Address("arg", 56, 8), Signed("ret", 64, 8), Number("duration_ns", 72, 8)];
        EventField[] function =
        [
            Number("function", 48, 4), Number("depth", 52, 4), Address("arg", 56, 8), Address("ret", 64, 8), Number("duration_ns", 72, 8),
            Number("kernel_frames", 80, 4), Number("user_frames", 84, 4), Hex("kernel_stack", 88, 256), Hex("user_stack", 344, 256),
        ];
        EventField[] drop =
        [
            Number("reason", 48, 4), Number("family", 52, 2), Number("sport", 54, 2), Number("dport", 56, 2), Address("tcp_flags", 58, 1), Number("state", 59, 1),
            Number("length", 60, 4), Bytes("saddr", 64, 16), Bytes("daddr", 80, 16), Address("location", 96, 8), Number("frames", 104, 4), Hex("stack", 112, 256),
        ];
        return
        [
            Make(BpfRecordKind.Syscalls, 0, "syscall_enter", [128, 384], [.. call.Where(f => f.Name is not ("ret" or "duration_ns"))]),
            Make(BpfRecordKind.Syscalls, 1, "syscall_exit", [128, 384], call),
            Make(BpfRecordKind.Syscalls, 2, "syscall", [128, 384], call),
            Make(BpfRecordKind.Pcie, 0, "pcie_enter", [88], [.. access.Where(f => f.Name is not ("ret" or "duration_ns"))]),
            Make(BpfRecordKind.Pcie, 1, "pcie_exit", [88], access),
            .. FenceEvents.Select((name, event_) => Make(
                BpfRecordKind.DmaFence, event_, "dma_fence_" + name, [136], [.. fence.Where(f => f.Name != "duration_ns" || name == "wait_end")])),
            Make(BpfRecordKind.Nvlink, 0, "nvlink_enter", [96], [.. copy.Where(f => f.Name is not ("ret" or "duration_ns"))]),
            Make(BpfRecordKind.Nvlink, 1, "nvlink_exit", [96], copy),
            Make(BpfRecordKind.DrmIoctl, 0, "ioctl_enter", [80], [.. ioctl.Where(f => f.Name is not ("ret" or "duration_ns"))]),
            Make(BpfRecordKind.DrmIoctl, 1, "ioctl_exit", [80], ioctl),
            Make(BpfRecordKind.FunctionLatency, 0, "function", [80, 600], function),
            Make(BpfRecordKind.TcpDrop, 0, "tcp_drop", [368], drop),
        ];
    }

    /// <summary>What other tools wrote; only what they filled is a field.</summary>
    private static BpfLayout[] Originals()
    {
        BpfHead syscall = new(40, 4, 8, 24);
        BpfHead pcie = new(32, 8, 12, 16);
        BpfHead fence = new(32, 4, 8, 12);
        EventField[] fenceFields = [Number("context", 40, 8), Number("seqno", 48, 4)];
        return
        [
            new(BpfRecordKind.OriginalSyscall, 0, Neu("syscall_enter"), [104], syscall, Number("nr", 12, 4), Number("call_id", 16, 8), Hex("args", 48, 48)),
            new(BpfRecordKind.OriginalSyscall, 1, Neu("syscall_exit"), [104], syscall, Number("nr", 12, 4), Number("call_id", 16, 8), Signed("ret", 96, 8)),
            new(
                BpfRecordKind.OriginalPcie, 0, Neu("pcie_enter"), [64], pcie, Number("op", 4, 4), Number("bus", 40, 4), Number("devfn", 44, 4), Number("offset", 48, 4),
                Number("size", 52, 4), Address("value", 56, 4)),
            new(BpfRecordKind.OriginalPcie, 1, Neu("pcie_exit"), [64], pcie, Number("op", 4, 4), Signed("ret", 56, 4)),
            .. FenceEvents.Select((name, event_) => new BpfLayout(
                BpfRecordKind.OriginalDmaFence, event_, Neu("dma_fence_" + name), [128], fence, name == "wait_end" ? [.. fenceFields, Number("duration_ns", 120, 8)] : fenceFields)),
            new(
                BpfRecordKind.OriginalNvlink, 0, Neu("nvlink_enter"), [72], pcie, Number("function", 4, 4), Address("dst", 40, 8), Address("src", 48, 8),
                Number("size", 56, 8)),
            new(BpfRecordKind.OriginalNvlink, 1, Neu("nvlink_exit"), [72], pcie, Number("function", 4, 4), Address("ret", 64, 8)),
            new(BpfRecordKind.OriginalFunction, -1, new EventName("bcc", "function"), [72], new BpfHead(0, 12, 8, 16), Text("function", 32, 32), Number("duration_ns", 64, 8)),
        ];
    }

    private static EventName Neu(string name) => new("neutracer", name);

    private static BpfLayout Make(BpfRecordKind kind, int event_, string name, int[] lengths, EventField[] fields) =>
        new(kind, ((int)kind * 16) + event_, new EventName("bpf", name), lengths, BpfHead.Own, fields);

    private static EventField Number(string name, int offset, int size) =>
        new(name, $"u{size * 8}", offset, size, IsSigned: false, FieldShape.Integer, FieldPlace.Fixed, size);

    private static EventField Signed(string name, int offset, int size) =>
        new(name, $"s{size * 8}", offset, size, IsSigned: true, FieldShape.Integer, FieldPlace.Fixed, size);

    private static EventField Address(string name, int offset, int size) =>
        new(name, "void *", offset, size, IsSigned: false, FieldShape.Integer, FieldPlace.Fixed, size);

    private static EventField Text(string name, int offset, int size) =>
        new(name, "char", offset, size, IsSigned: false, FieldShape.Text, FieldPlace.Fixed, 1);

    private static EventField Hex(string name, int offset, int size) =>
        new(name, "void *", offset, size, IsSigned: false, FieldShape.Array, FieldPlace.Fixed, 8);

    private static EventField Bytes(string name, int offset, int size) =>
        new(name, "u8", offset, size, IsSigned: false, FieldShape.Bytes, FieldPlace.Fixed, 1);
}
