namespace LabTrace.Tracing;

/// <summary>Which program's records a frame of a BPF capture holds.</summary>
/// <remarks>Layouts: Formats/Bpf/Bpf.md. The numbers are in the file and never change.</remarks>
public enum BpfRecordKind
{
    /// <summary>System calls, entered and left.</summary>
    Syscalls = 1,

    /// <summary>Accesses to PCI configuration space.</summary>
    Pcie = 2,

    /// <summary>The life of DMA fences.</summary>
    DmaFence = 3,

    /// <summary>Memory functions of the NVLink core.</summary>
    Nvlink = 4,

    /// <summary>ioctls of graphics drivers.</summary>
    DrmIoctl = 5,

    /// <summary>Calls of functions with their durations.</summary>
    FunctionLatency = 6,

    /// <summary>TCP segments the kernel dropped.</summary>
    TcpDrop = 7,

    /// <summary>NeuTracer's <c>syscall_event</c>, 104 bytes.</summary>
    OriginalSyscall = 101,

    /// <summary>NeuTracer's <c>pcie_event</c>, 64 bytes.</summary>
    OriginalPcie = 102,

    /// <summary>NeuTracer's <c>dma_fence_event</c>, 128 bytes.</summary>
    OriginalDmaFence = 103,

    /// <summary>NeuTracer's <c>nvlink_event</c>, 72 bytes.</summary>
    OriginalNvlink = 104,

    /// <summary>The <c>data_t</c> of ptp_ocp_trace.py, 72 bytes.</summary>
    OriginalFunction = 105,
}

/// <summary>The programs that LabTrace ships, by their names.</summary>
public static class BpfPrograms
{
    /// <summary>Names as users write them, in the order of <see cref="BpfRecordKind"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["syscalls", "pcie", "dma_fence", "nvlink", "drm_ioctl", "function_latency", "tcp_drop"];

    /// <summary>The name of a program's records, null for those of other tools.</summary>
    public static string? NameOf(BpfRecordKind kind) => (int)kind >= 1 && (int)kind <= Names.Count ? Names[(int)kind - 1] : null;

    /// <summary>The kind of a program's records, null when no program has this name.</summary>
    public static BpfRecordKind? Find(string name) =>
        Names.Index().Where(n => n.Item == name).Select(n => (BpfRecordKind?)(n.Index + 1)).FirstOrDefault();
}
