namespace LabTrace.Devices;

/// <summary>A BPF program cannot run on a target: the kernel refused every mechanism.</summary>
public sealed class BpfRefusedException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="target">The target.</param>
    /// <param name="program">The program.</param>
    /// <param name="refusals">What was tried, and why it did not work: one line each.</param>
    /// <param name="verifierLog">The end of what the verifier said, or empty.</param>
    /// <param name="hint">What to try, or null.</param>
    public BpfRefusedException(string target, string program, IReadOnlyList<string> refusals, string verifierLog, string? hint)
        : base(
            $"BPF program '{program}' cannot be attached on target '{target}': {string.Join("; ", refusals)}"
            + (verifierLog.Length == 0 ? "" : $"\nverifier log:\n{verifierLog.TrimEnd()}"),
            hint) => (Refusals, VerifierLog) = (refusals, verifierLog);

    /// <summary>What was tried, and why it did not work: one line each.</summary>
    public IReadOnlyList<string> Refusals { get; }

    /// <summary>The end of what the verifier said about a program it refused; empty when it was not the verifier.</summary>
    public string VerifierLog { get; }
}

/// <summary>A target cannot run BPF programs because a part is not installed there.</summary>
/// <param name="target">The target.</param>
/// <param name="missing">What is missing.</param>
/// <param name="hint">How to get it.</param>
public sealed class BpfUnavailableException(string target, string missing, string hint) : LabException($"target '{target}' cannot run BPF programs: {missing}", hint)
{
    /// <summary>What is missing.</summary>
    public string Missing { get; } = missing;
}
