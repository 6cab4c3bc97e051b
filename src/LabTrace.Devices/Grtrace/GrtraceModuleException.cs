namespace LabTrace.Devices;

/// <summary>The kernel refused one of grtrace's modules.</summary>
public sealed class GrtraceModuleException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="module">The module.</param>
    /// <param name="refusal">What modprobe or insmod said.</param>
    /// <param name="log">What the kernel's log says of grtrace, the last lines.</param>
    public GrtraceModuleException(string target, string module, CommandFailedException refusal, IReadOnlyList<string> log)
        : base(Describe(target, module, refusal, log), HintFor(log), refusal) => Log = log;

    /// <summary>What the kernel's log says of grtrace, the last lines.</summary>
    public IReadOnlyList<string> Log { get; }

    private static string Describe(string target, string module, CommandFailedException refusal, IReadOnlyList<string> log) =>
        $"the kernel of target '{target}' refused the module {module}: {refusal.Result.ErrorText.Trim()}"
        + (log.Count == 0 ? "" : "\n  its log says:\n    " + string.Join("\n    ", log));

    private static string HintFor(IReadOnlyList<string> log) =>
        log.Any(l => l.Contains("Unknown symbol", StringComparison.Ordinal)) ? "load the module that has the symbol first; modprobe does, insmod does not"
        : log.Any(l => l.Contains("invalid for parameter", StringComparison.Ordinal)) ? "list its parameters: modinfo -p grtrace"
        : "look at the kernel's log: dmesg | grep grtrace";
}
