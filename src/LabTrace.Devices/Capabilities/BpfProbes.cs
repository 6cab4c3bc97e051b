using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Whether BPF programs can be run, and the programs that scenarios about them use.</summary>
internal static class BpfProbes
{
    private const string FaultFile = "/sys/kernel/debug/labtrace/bpf/drop_every";

    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        .. BpfPrograms.Names.Where(n => n != "function_latency").Select(program => new CapabilityProbe(
            "bpf-" + program.Replace('_', '-'), Summary(program), _ => "install libbpf1, run as root, and boot a kernel with CONFIG_DEBUG_INFO_BTF=y", (bench, token) => TryAsync(bench, new BpfRequest(program), token))),
        new("bpf-function-latency", "time functions of programs with eBPF", _ => "install libbpf1, run as root, and boot a kernel with CONFIG_UPROBES=y", UserFunctionAsync),
        new("bpf-kernel-functions", "time functions of the kernel with eBPF", _ => "boot a kernel with CONFIG_KPROBE_EVENTS=y", KernelFunctionAsync),
        new("bpf-faults", "make BPF records get lost", _ => "use an emulated place", FaultsAsync),
        Program("bpftrace", "run bpftrace scripts", ["-e", "BEGIN { exit(); }"], "apt-get install bpftrace, and run as root"),
        Program("strace", "compare with strace", ["-f", "-o", "/dev/null", "true"], "apt-get install strace"),
        Program("labtrace-workload", "run the program whose every call is known", ["nested", "1"], "cc -O1 -fno-inline -fno-omit-frame-pointer -rdynamic -o labtrace-workload fixtures/bpf/labtrace-workload.c, and put it into PATH"),
        new("device-workloads", "run the workloads that need a device", _ => "use an emulated place", DevicesAsync),
    ];

    private static string Summary(string program) => program switch
    {
        "syscalls" => "record system calls with eBPF",
        "pcie" => "record accesses to PCI configuration space with eBPF",
        "dma_fence" => "record DMA fences with eBPF",
        "nvlink" => "record the NVLink core's memory functions with eBPF",
        "drm_ioctl" => "record ioctls of graphics drivers with eBPF",
        _ => "record dropped TCP segments with eBPF",
    };

    private static CapabilityProbe Program(string name, string summary, string[] arguments, string remedy) => new(
        name,
        summary,
        _ => remedy,
        async (bench, token) =>
        {
            _ = await bench.RunAsync(new Command(name, arguments) { Timeout = TimeSpan.FromSeconds(20) }, token);
            return $"ran `{name} {string.Join(' ', arguments)}`";
        });

    private static async Task<string> TryAsync(ProbeBench bench, BpfRequest request, CancellationToken cancellationToken)
    {
        if (bench.Target is not IBpfTarget target)
        {
            throw new ProbeFailedException($"a target of kind {bench.Target.Kind} runs no BPF programs", "use a local, ssh or emulated place");
        }

        try
        {
            await using var session = await target.StartBpfAsync(request, cancellationToken);
            return $"attached {request.Program} by {session.Report.Mechanism} ({string.Join(", ", session.Report.Attached)})";
        }
        catch (LabException e) when (e is BpfRefusedException or BpfUnavailableException)
        {
            throw new ProbeFailedException(e.Message.Split('\n')[0], e.Hint);
        }
    }

    private static async Task<string> UserFunctionAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var functions = await BpfFunctions.FindAsync(bench.Target, ["libc.so.6:clock_nanosleep"], cancellationToken);
        return await TryAsync(bench, new BpfRequest("function_latency") { Functions = functions }, cancellationToken);
    }

    private static Task<string> KernelFunctionAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        TryAsync(bench, new BpfRequest("function_latency") { Functions = [new BpfFunction("schedule")] }, cancellationToken);

    private static async Task<string> FaultsAsync(ProbeBench bench, CancellationToken cancellationToken) =>
        $"{FaultFile} reads {await bench.ReadAsync(FaultFile, cancellationToken)}";

    private static async Task<string> DevicesAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        _ = await bench.RunAsync(new Command("labtrace-workload", "pci", "1"), cancellationToken);
        return "ran `labtrace-workload pci 1`";
    }
}
