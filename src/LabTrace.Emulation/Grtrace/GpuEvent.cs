using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>An event on its way into grtrace, from an adapter or from <c>emit</c>.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Job">What it carries.</param>
/// <param name="Cpu">Where it happened.</param>
/// <param name="TimeNs">When, nanoseconds since boot.</param>
internal readonly record struct GpuEvent(GrtEventKind Kind, GrtJob Job, int Cpu, long TimeNs)
{
    /// <summary>Whether it is one of a job's stages, which level <c>normal</c> records.</summary>
    public bool IsOfJob => Kind is <= GrtEventKind.Complete or GrtEventKind.Error;

    /// <summary>What tells jobs apart.</summary>
    public (ulong Ctx, uint Ring, ulong Seqno) Key => (Job.CtxId, Job.RingId, Job.Seqno);
}
