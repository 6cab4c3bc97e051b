using System.Text;

namespace LabTrace.Devices;

/// <summary>What the machine itself can do, tracing apart.</summary>
internal static class MachineProbes
{
    private const int FirstUser = 1; // /proc/PID/status: Uid: real, effective, saved, file system
    private const ushort BtfMagic = 0xEB9F;

    public static IReadOnlyList<CapabilityProbe> All { get; } =
    [
        new("root", "change the kernel's settings", _ => "run as root: sudo ./labtrace …", RootAsync),
        new("programs", "run programs", _ => "apt-get install coreutils", ProgramsAsync),
        new("held-start", "record a program from its first instruction", _ => "the target needs a POSIX sh in its PATH", HeldStartAsync),
        new("modules", "load kernel modules", _ => "boot a kernel with CONFIG_MODULES=y, and apt-get install kmod", ModulesAsync),
        new("gpio-sim", "make GPIO chips in memory", _ => $"boot a kernel with CONFIG_GPIO_SIM, or at a place of kind vm let it be built: `build: [fixtures/kmod/{SimulatedGpioChip.Module}]`", GpioSimAsync),
        new("labtrace-gpio", "use GPIO lines by a program", _ => "cc -static -o labtrace-gpio fixtures/programs/labtrace-gpio.c, and put it into PATH", GpioProgramAsync),
        new("kmsg", "read the kernel's log", e => e == Errno.EPERM ? "run as root: sudo ./labtrace …" : "boot a kernel with CONFIG_PRINTK=y", KmsgAsync),
        new("debugfs", "read drivers' debug files", _ => "mount -t debugfs debugfs /sys/kernel/debug", DebugfsAsync),
        new("lkdtm", "make the kernel complain on purpose", _ => "boot a kernel with CONFIG_LKDTM and load it: modprobe lkdtm; or at a place of kind vm `build: [fixtures/kmod/lkdtm]` and `load: [lkdtm]`", LkdtmAsync),
        new("bpf", "load BPF programs", _ => "boot a kernel with CONFIG_BPF_SYSCALL=y, and run as root", BpfAsync),
        new("btf", "read the kernel's own types, for BPF programs that run on any kernel", _ => "boot a kernel with CONFIG_DEBUG_INFO_BTF=y", BtfAsync),
        new("reboot", "boot the target while a scenario runs", _ => "use a place of kind ssh or vm", RebootAsync),
        new("throw-away", "do to the machine what it does not survive", _ => "use a place of kind vm", ThrowAwayAsync),
        new("ptp", "read a PTP hardware clock", _ => "fit a card with a PTP clock, or load one: modprobe ptp_mock", PtpAsync),
    ];

    private static async Task<string> RootAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var status = await bench.ReadAsync("/proc/self/status", cancellationToken);
        var line = status.Split('\n').FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal)) ?? "Uid:\t?\t?";
        var uid = line.Split('\t')[FirstUser + 1];
        return uid == "0" ? "effective uid 0" : throw new ProbeFailedException($"effective uid {uid}, not 0");
    }

    private static async Task<string> ProgramsAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        _ = await bench.RunAsync(new Command("sleep", "0"), cancellationToken);
        return "ran `sleep 0`";
    }

    private static async Task<string> HeldStartAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        await using var process = await bench.Target.StartAsync(new Command("echo", "released") { HeldAtStart = true }, cancellationToken);
        await process.ReleaseAsync(cancellationToken);
        var result = (await process.WaitAsync(cancellationToken)).EnsureSuccess();
        return result.OutputText.Trim() == "released"
            ? $"held `echo released` as pid {process.Pid}, and released it"
            : throw new ProbeFailedException($"held `echo released`, but it wrote '{result.OutputText.Trim()}'");
    }

    private static async Task<string> ModulesAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var loaded = await bench.ReadAsync("/proc/modules", cancellationToken);
        var version = await bench.RunAsync(new Command("modprobe", "--version"), cancellationToken);
        return $"/proc/modules lists {loaded.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length}; "
            + $"{version.OutputText.Split('\n')[0]} runs (loading itself was not tried)";
    }

    private static async Task<string> GpioSimAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var found = await bench.Changes.RunAsync(new Command("modprobe", "-n", SimulatedGpioChip.Module), cancellationToken);
        return found.ExitCode == 0
            ? $"`{found.Command}` finds the module and what it needs (loading itself was not tried)"
            : throw new ProbeFailedException($"`{found.Command}` finds no such module: {found.ErrorText.Trim().Split('\n')[^1]}");
    }

    private static async Task<string> GpioProgramAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var chips = await bench.RunAsync(new Command("labtrace-gpio", "chips"), cancellationToken);
        return $"`labtrace-gpio chips` lists {chips.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length}";
    }

    private static async Task<string> KmsgAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        await using var log = await bench.Target.OpenReadAsync("/dev/kmsg", cancellationToken);
        var record = new byte[8192];
        var got = await log.ReadAsync(record, cancellationToken);
        return got > 0 ? $"read a record of {got} bytes from /dev/kmsg" : throw new ProbeFailedException("/dev/kmsg is empty");
    }

    private static async Task<string> DebugfsAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var path = MountTable.Parse(await bench.ReadAsync("/proc/mounts", cancellationToken)).FirstOrDefault(m => m.Type == "debugfs").Path;
        if (path is null)
        {
            var known = (await bench.ReadAsync("/proc/filesystems", cancellationToken)).Split('\n').Any(l => l.EndsWith("\tdebugfs", StringComparison.Ordinal));
            throw known
                ? new ProbeFailedException("the kernel has debugfs, but it is not mounted")
                : new ProbeFailedException("/proc/filesystems does not list debugfs", "boot a kernel with CONFIG_DEBUG_FS=y");
        }

        return $"listed {(await bench.Target.ListAsync(path, cancellationToken)).Count} entries of {path}";
    }

    // Trying it would be the very crash it makes; the list of crashes is lkdtm's own answer.
    private static async Task<string> LkdtmAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        const string path = "/sys/kernel/debug/provoke-crash/DIRECT";
        var types = (await bench.ReadAsync(path, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return $"{path} offers {types.Length - 1} crash types";
    }

    // Trying them would be to boot the target: what it is says what it can.
    private static Task<string> RebootAsync(ProbeBench bench, CancellationToken cancellationToken) => bench.Target is IBootableTarget
        ? Task.FromResult("its link is made anew behind a boot (booting itself was not tried)")
        : throw new ProbeFailedException("LabTrace would not outlive its boot");

    private static Task<string> ThrowAwayAsync(ProbeBench bench, CancellationToken cancellationToken) => bench.Target is IBootableTarget { IsDisposable: true }
        ? Task.FromResult("the machine ends with the run, and another takes its place when it dies")
        : throw new ProbeFailedException("the machine is not LabTrace's to destroy");

    // No target can make a system call for us; these files are there exactly when the kernel has bpf(2).
    private static async Task<string> BpfAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var restricted = await bench.ReadAsync("/proc/sys/kernel/unprivileged_bpf_disabled", cancellationToken);
        _ = await RootAsync(bench, cancellationToken);
        return $"bpf(2) is there (unprivileged_bpf_disabled is {restricted}) and the user is root; loading a program was not tried";
    }

    private static async Task<string> BtfAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        await using var btf = await bench.Target.OpenReadAsync("/sys/kernel/btf/vmlinux", cancellationToken);
        var head = new byte[2];
        await btf.ReadExactlyAsync(head, cancellationToken);
        return BitConverter.ToUInt16(head) is BtfMagic or 0x9FEB
            ? "/sys/kernel/btf/vmlinux starts with BTF's magic number"
            : throw new ProbeFailedException($"/sys/kernel/btf/vmlinux starts with {Convert.ToHexString(head)}, not with BTF's magic number");
    }

    private static async Task<string> PtpAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        var clocks = await bench.Target.ListAsync("/sys/class/ptp", cancellationToken);
        if (clocks.Count == 0)
        {
            throw new ProbeFailedException("/sys/class/ptp is empty");
        }

        var names = await bench.Target.ReadManyAsync(clocks.Select(c => $"/sys/class/ptp/{c.Name}/clock_name").ToArray(), cancellationToken);
        return string.Join(", ", clocks.Select((c, i) => $"{c.Name} ({Encoding.UTF8.GetString(names[i].Content ?? "?"u8.ToArray()).Trim()})"));
    }
}
