namespace LabTrace.Emulation.Kernel;

/// <summary>What the emulated kernel says it is.</summary>
internal static class KernelIdentityTexts
{
    public const string Release = "6.18.44-emulated";
    public const string Version = "#1 SMP PREEMPT_DYNAMIC @0";
    public const string Machine = "x86_64";
    public const string ProcVersion = $"Linux version {Release} (labtrace@emulated) {Version}\n";
}
