namespace LabTrace.Devices;

/// <summary>Whether events can be put on functions at run time.</summary>
internal static class ProbeEventProbes
{
    private const string Program = "sleep";
    private const string KernelFunction = "vfs_read";

    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        new("uprobes", "put probes on functions of programs and libraries", _ => "boot a kernel with CONFIG_UPROBE_EVENTS=y", UprobesAsync),
        new("kprobes", "put probes on kernel functions", _ => "boot a kernel with CONFIG_KPROBE_EVENTS=y", KprobesAsync),
    ];

    // At the program's entry: a real instruction, that each run passes once. Byte 0 would be its ELF header.
    private static async Task<string> UprobesAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.UndoneInstanceAsync(cancellationToken);
        var probe = await instance.AddUserProbeAsync(new UserProbe("doctor", Program, UserProbe.EntryPoint), cancellationToken);
        return $"put the probe {probe} on the entry of `{Program}` and enabled it";
    }

    private static async Task<string> KprobesAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var instance = await bench.UndoneInstanceAsync(cancellationToken);
        var probe = await instance.AddKernelProbeAsync(new KernelProbe("doctor_k", KernelFunction), cancellationToken);
        return $"put the probe {probe} on {KernelFunction} and enabled it";
    }
}
