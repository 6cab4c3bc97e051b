namespace LabTrace.Devices;

/// <summary>What the kernel counts for a whole ring buffer, cpu by cpu.</summary>
/// <param name="Cpus">One record per cpu, in order of cpu.</param>
public sealed record BufferStats(IReadOnlyList<CpuBufferStats> Cpus)
{
    /// <summary>Events in the buffer, not yet read.</summary>
    public long Entries => Cpus.Sum(c => c.Entries);

    /// <summary>Events overwritten by newer ones before they were read.</summary>
    public long Overrun => Cpus.Sum(c => c.Overrun);

    /// <summary>New events refused because the buffer was full and does not overwrite.</summary>
    public long DroppedEvents => Cpus.Sum(c => c.DroppedEvents);

    /// <summary>Events consumed by readers.</summary>
    public long ReadEvents => Cpus.Sum(c => c.ReadEvents);

    /// <summary>Events written since the buffer was cleared: those there, those read and those overwritten.</summary>
    public long Written => Cpus.Sum(c => c.Written);

    /// <summary>Events no reader will ever see: overwritten, dropped, or lost to a nested commit.</summary>
    public long Lost => Cpus.Sum(c => c.Lost);
}
