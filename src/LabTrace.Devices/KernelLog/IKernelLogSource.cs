namespace LabTrace.Devices;

/// <summary>Where a target's kernel log comes from: <c>/dev/kmsg</c>, an emulated kernel, a serial console.</summary>
public interface IKernelLogSource : IAsyncDisposable
{
    /// <summary>Takes what the kernel has logged since the last call; does not wait for more.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<KernelLogBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads why the kernel is no longer trusted: bits of <c>/proc/sys/kernel/tainted</c>, 0 for a clean one.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<ulong> ReadTaintAsync(CancellationToken cancellationToken);
}

/// <summary>What one look at a kernel log gave.</summary>
/// <param name="Records">In order of their sequence numbers.</param>
/// <param name="Overwritten">Records that the kernel had to overwrite before they were read.</param>
public sealed record KernelLogBatch(IReadOnlyList<KernelLogRecord> Records, long Overwritten);

/// <summary>A target that hands out its kernel's log itself, because reading a file on it would disturb what it does.</summary>
public interface IKernelLogTarget
{
    /// <summary>Opens the log, at its oldest record.</summary>
    IKernelLogSource OpenKernelLog();
}
