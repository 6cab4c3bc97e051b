namespace LabTrace.Devices;

/// <summary>The kernel refused a filter, trigger, setting or probe; its own explanation, where it gives one, is in the message.</summary>
public sealed class KernelRefusedException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="what">What was refused, as a noun phrase: <c>the filter 'foo == 1' of event 'sched:sched_switch'</c>.</param>
    /// <param name="target">The target's name.</param>
    /// <param name="errno">The refusal.</param>
    /// <param name="explanation">What the kernel's error_log says about it, or null.</param>
    /// <param name="hint">What to try, or null.</param>
    /// <param name="inner">The refused call.</param>
    public KernelRefusedException(
        string what, string target, Errno errno, KernelError? explanation = null, string? hint = null, Exception? inner = null)
        : base(Describe(what, target, errno, explanation), hint, inner)
    {
        Errno = errno;
        Explanation = explanation;
    }

    /// <summary>The refusal.</summary>
    public Errno Errno { get; }

    /// <summary>What the kernel's error_log says about it, or null.</summary>
    public KernelError? Explanation { get; }

    private static string Describe(string what, string target, Errno errno, KernelError? explanation) =>
        $"{what} was refused on target '{target}': {errno.Name()} ({errno.Text()})"
        + (explanation is null ? "" : "\n  " + explanation.ToString().Replace("\n", "\n  ", StringComparison.Ordinal));
}
