using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Gpu;

/// <summary>A ring of a GPU: jobs that wait, the one that runs, and the numbers that jobs get.</summary>
internal sealed class GpuRing(uint id, string name, GrtEngines engine)
{
    public uint Id { get; } = id;

    public string Name { get; } = name;

    public GrtEngines Engine { get; } = engine;

    public string EngineName { get; } = GrtMetadata.Default.Engines.First(e => e.Class == engine).Name;

    /// <summary>Jobs that wait, in the order in which they came.</summary>
    public List<GpuJob> Waiting { get; } = [];

    public GpuJob? Running { get; set; }

    /// <summary>The end of the running job, or what is done about it when it hangs.</summary>
    public SimEvent? Due { get; set; }

    /// <summary>The context that the engine was last turned to.</summary>
    public ulong Context { get; set; }

    /// <summary>The number of the next job; 32 bits, and wraps.</summary>
    public uint NextSeqno { get; set; } = 1;

    public bool IsStalled { get; set; }
}

/// <summary>A job of a GPU.</summary>
internal sealed class GpuJob
{
    public required GpuRing Ring { get; init; }

    public required ulong Context { get; init; }

    public required uint Seqno { get; init; }

    public uint Pid { get; init; }

    public uint Uid { get; init; }

    /// <summary>A job of a higher one interrupts one of a lower.</summary>
    public int Priority { get; init; }

    /// <summary>Work that is left, in nanoseconds.</summary>
    public long LeftNs { get; set; }

    /// <summary>When it got the engine last.</summary>
    public long Since { get; set; }

    public bool HasStarted { get; set; }

    public bool Hangs { get; init; }

    /// <summary>A job that must be complete before this one starts.</summary>
    public GpuJob? Fence { get; init; }

    public bool IsWaitingForFence { get; set; }

    public bool IsComplete { get; set; }

    public Action? OnComplete { get; init; }
}
