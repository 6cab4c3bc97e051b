using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Prints events of BPF captures as people read them, and as the tools did that the programs follow.</summary>
public static class BpfLines
{
    private static readonly string[] PcieNames = ["pci_read_byte", "pci_read_word", "pci_read_dword", "pci_write_byte", "pci_write_word", "pci_write_dword"];

    /// <summary>A line for people: <c>[pid 1234] 12.345678 getppid() = 1 &lt;0.000001&gt;</c>.</summary>
    public static string Plain(in TraceEvent item)
    {
        var ns = item.Time.Nanoseconds;
        var name = item.Name.Name.StartsWith("syscall", StringComparison.Ordinal) ? "" : item.Name.Name + ": ";
        var unfinished = item.Name.Name == "syscall_enter" ? " ..." : "";
        return string.Create(CultureInfo.InvariantCulture, $"{ns / 1_000_000_000}.{ns % 1_000_000_000 / 1000:D6} {item.Comm}[{item.Pid}] {name}{item.Text}{unfinished}");
    }

    /// <summary>
    /// The line of the original tool: grtrace-bpf-annotate for ioctls, ptp_ocp_trace.py for functions, NeuTracer for system calls, PCIe and DMA fences.
    /// Null for events that none of them printed.
    /// </summary>
    /// <param name="item">The event.</param>
    /// <param name="timeOfDay">Its time of day, which ptp_ocp_trace.py prints; null prints the time since boot.</param>
    public static string? Original(in TraceEvent item, DateTimeOffset? timeOfDay = null)
    {
        var e = item;
        string Field(string name) => e.TryGetField(name, out var value) ? value.ToRawText() : "";
        long Number(string name) => e.TryGetField(name, out var value) && value.TryGetInteger(out var number) ? (long)number : 0;
        var ns = item.Time.Nanoseconds;
        var who = string.Create(CultureInfo.InvariantCulture, $"[{ns}] PID:{item.Tgid} TID:{item.Pid} ({item.Comm})");
        switch (item.Name.Name)
        {
            case "ioctl_enter":
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"[{ns / 1_000_000_000}.{ns % 1_000_000_000 / 1000:D6}] IOCTL_ENTER pid={item.Tgid} tid={item.Pid} comm={item.Comm} cmd=0x{Number("cmd"):x} arg=0x{(ulong)Number("arg"):x}");
            case "ioctl_exit":
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"[{ns / 1_000_000_000}.{ns % 1_000_000_000 / 1000:D6}] IOCTL_EXIT pid={item.Tgid} tid={item.Pid} comm={item.Comm} ret={Number("ret")} duration_ns={Number("duration_ns")}");
            case "function":
                var at = timeOfDay ?? DateTimeOffset.UnixEpoch.AddTicks((long)(ns / 100));
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"[{at:HH:mm:ss.fff}] {item.Comm,-16} PID:{item.Tgid,6} TID:{item.Pid,6} {Field("function"),-32} duration: {Number("duration_ns") / 1000.0,8:F2} μs");
            case "syscall_enter":
                return $"[SYSCALL] {who} syscall:{Number("nr")} args:[{string.Join(", ", Enumerable.Range(0, 6).Select(i => $"0x{(ulong)e.Args(i):x}"))}] ";
            case "syscall_exit":
                return $"[SYSCALL] {who} syscall:{Number("nr")} ret:{Number("ret")}";
            case "pcie_enter":
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"[PCIE] {who} op:{Named(Number("op"))} bus:0x{Number("bus"):x2} dev:0x{Number("devfn"):x2} off:0x{Number("offset"):x} size:{Number("size")} val:0x{Number("value"):x}");
            case "pcie_exit":
                return string.Create(CultureInfo.InvariantCulture, $"[PCIE] {who} op:{Named(Number("op"))} result:0x{Number("ret"):x}");
            case var fence when fence.StartsWith("dma_fence_", StringComparison.Ordinal):
                var driver = Field("driver");
                var wait = fence == "dma_fence_wait_end" ? string.Create(CultureInfo.InvariantCulture, $" wait:{Number("duration_ns") / 1e6:F3}ms") : "";
                return $"[DMA_FENCE] {who} type:{fence["dma_fence_".Length..]} ctx:{Number("context")} seqno:{Number("seqno")} driver:{(driver.Length == 0 ? "unknown" : driver)}{wait}";
            default:
                return null;
        }
    }

    private static string Named(long operation) => operation is >= 0 and < 6 ? PcieNames[operation] : "unknown";

    // Hidden from fields, for the decoded arguments stand there.
    private static long Args(this TraceEvent item, int index) =>
        BpfLayouts.Of(item.Name.System == "neutracer" ? BpfRecordKind.OriginalSyscall : BpfRecordKind.Syscalls, item.Payload.Span) is { } layout
        && layout.TryRead(item.Payload, "args", out var args) && index < args.Count ? unchecked((long)(ulong)args[index]) : 0;
}
