namespace LabTrace.Devices;

/// <summary>What of grtrace a place has. The core is loaded to see that it works; adapters only looked for, as they may load a GPU's driver.</summary>
internal static class GrtraceProbes
{
    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        new("grtrace", "trace a GPU's rings", _ => "build grtrace with CONFIG_GRTRACE=m and install it: modprobe grtrace", CoreAsync),
        .. GrtraceModules.Enhancements.Select(Module),
        .. GrtraceModules.Adapters.Append("grtrace_mygpu").Select(Module),
        new("gpu-load", "give a GPU work to do", _ => "use a place with the program gpuload, such as the emulated one", LoadAsync),
        new("grtrace-cli", "record with grtrace's own tool", _ => "build tools/grtrace of the kernel tree and put grtrace in the PATH", ToolAsync),
        new("grtrace-faults", "let grtrace lose, damage and refuse", _ => "use an emulated place", FaultsAsync),
    ];

    private static CapabilityProbe Module(string name) => new(
        name.Replace('_', '-'),
        $"use the module {name}",
        _ => $"build it with CONFIG_{name.ToUpperInvariant()}=m",
        async (bench, cancellationToken) =>
        {
            var result = await bench.RunAsync(new Command("modinfo", name), cancellationToken);
            return $"modinfo knows {result.OutputText.Split('\n')[0].Split(':')[^1].Trim()} (loading was not tried)";
        });

    private static async Task<string> CoreAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        _ = await new GrtraceModules(bench.Changes).LoadAsync(GrtraceModules.Core, [], cancellationToken);
        var grtrace = await Grtrace.OpenAsync(bench.Changes, cancellationToken);
        return $"{grtrace.Path} is there, version {(grtrace.TryFind(GrtraceFile.Version) is null ? "not told" : await grtrace.ReadVersionAsync(cancellationToken))}";
    }

    private static async Task<string> LoadAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        (await bench.RunAsync(new Command("gpuload", "--version"), cancellationToken)).OutputText.Trim();

    private static async Task<string> ToolAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        (await bench.RunAsync(new Command("grtrace", "--version"), cancellationToken)).OutputText.Trim();

    private static async Task<string> FaultsAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        $"{(await bench.Target.ListAsync("/sys/kernel/debug/labtrace/grtrace", cancellationToken)).Count} faults can be asked for";
}
