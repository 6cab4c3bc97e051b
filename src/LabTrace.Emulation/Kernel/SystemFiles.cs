using System.Globalization;
using System.Security.Cryptography;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Programs;

namespace LabTrace.Emulation.Kernel;

/// <summary>The ordinary part of the machine: programs, libraries, <c>/tmp</c>, and what of <c>/proc</c> and <c>/sys</c> is read.</summary>
internal sealed class SystemFiles : IEmulatedDevice
{
    private const int ReadOnly = 0x124;
    private const int ReadWrite = 0x1A4;
    private const int TicksPerSecond = 100;

    public void Attach(Machine machine)
    {
        var tree = machine.Tree;
        AddPrograms(tree);
        _ = tree.MakeOrdinary("/tmp");
        _ = tree.MakeOrdinary("/root");
        tree.Put("/etc/hostname", new OrdinaryFile(ReadWrite, () => Bytes(machine.Options.Name + "\n")));
        tree.Put("/etc/os-release", new OrdinaryFile(ReadWrite, () => "NAME=\"LabTrace emulated\"\nID=labtrace\n"u8.ToArray()));
        tree.Put("/dev/null", new AttributeFile(0x1B6) { Show = () => "", Store = _ => { } });
        tree.Put("/sys/devices/system/cpu", Cpus(machine));
        tree.Put("/proc", Proc(machine));
    }

    /// <summary>The machine's boot id: the same for the same seed.</summary>
    public static string BootId(int seed)
    {
        var hash = SHA256.HashData(BitConverter.GetBytes(seed));
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static void AddPrograms(FileTree tree)
    {
        foreach (var program in ProgramCatalog.All)
        {
            tree.Put("/usr/bin/" + program.Name, program.MakeFile());
        }

        tree.Put(EmulatedLibc.Path, new OrdinaryFile(0x1ED, () => EmulatedLibc.Image.Bytes));
        _ = tree.Root.Add("bin", new LinkNode("usr/bin")).Add("sbin", new LinkNode("usr/bin")).Add("lib", new LinkNode("usr/lib"));
    }

    private static AttributeDirectory Cpus(Machine machine)
    {
        var count = machine.Options.Cpus;
        var range = count == 1 ? "0\n" : $"0-{count - 1}\n";
        var directory = new AttributeDirectory(0x1ED);
        foreach (var name in (string[])["online", "possible", "present"])
        {
            _ = directory.Add(name, Show(() => range));
        }

        for (var cpu = 0; cpu < count; cpu++)
        {
            _ = directory.Add($"cpu{cpu}", () => new AttributeDirectory(0x1ED));
        }

        return directory;
    }

    private static AttributeFile Show(Func<string> text) => new(ReadOnly) { Show = text };

    private static LiveDirectory Proc(Machine machine)
    {
        var uptime = () => machine.Time.NowNs / 1e9;
        var files = new Dictionary<string, Node>(StringComparer.Ordinal)
        {
            ["mounts"] = Show(() => machine.Mounts.Text),
            ["version"] = Show(() => KernelIdentityTexts.ProcVersion),
            ["modules"] = Show(() => machine.Modules.ProcText),
            ["filesystems"] = Show(() => "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\ttracefs\nnodev\tdebugfs\n"),
            ["cmdline"] = Show(() => "console=ttyS0 root=/dev/vda rw\n"),
            ["kallsyms"] = Show(() => KernelSymbols.Kallsyms + machine.PtpOcp?.Symbols),
            ["uptime"] = Show(() => string.Create(CultureInfo.InvariantCulture, $"{uptime():F2} {uptime() * machine.Options.Cpus:F2}\n")),
            ["loadavg"] = Show(() => $"0.00 0.00 0.00 1/{machine.Tasks.Count} {machine.Tasks.Keys.Max()}\n"),
            ["self"] = new LinkNode(machine.Agent.Pid.ToString(CultureInfo.InvariantCulture)),
            ["sys"] = ProcSys(machine),
        };
        return new LiveDirectory(
            name => files.GetValueOrDefault(name) ?? machine.ProcFiles.GetValueOrDefault(name) ?? (int.TryParse(name, NumberStyles.None, null, out var pid) && machine.Tasks.TryGetValue(pid, out var task) ? Process(machine, task) : null),
            () => files.Keys.Concat(machine.ProcFiles.Keys).Concat(machine.Tasks.Keys.Select(p => p.ToString(CultureInfo.InvariantCulture))));
    }

    private static AttributeDirectory ProcSys(Machine machine) =>
        new AttributeDirectory(0x1ED).Add("kernel", new AttributeDirectory(0x1ED)
            .Add("random", new AttributeDirectory(0x1ED).Add("boot_id", Show(() => BootId(machine.Options.Seed) + "\n")))
            .Add("hostname", Show(() => machine.Options.Name + "\n"))
            .Add("osrelease", Show(() => KernelIdentityTexts.Release + "\n"))
            .Add("ostype", Show(() => "Linux\n"))
            .Add("version", Show(() => KernelIdentityTexts.Version + "\n"))
            .Add("tainted", new AttributeFile(0x1A4)
            {
                Show = () => string.Create(CultureInfo.InvariantCulture, $"{machine.Log.Taint}\n"),
                Store = text => Taint(machine, text.Trim()),
            })
            .Add("kptr_restrict", Show(() => "0\n")));

    // Flags are added, never taken away: kernel/sysctl.c, proc_taint.
    private static void Taint(Machine machine, string text)
    {
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var flags))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        machine.Log.Taint |= flags;
    }

    private static AttributeDirectory Process(Machine machine, KernelTask task)
    {
        var state = task.State switch
        {
            TaskState.Running => 'R',
            TaskState.Sleeping => 'S',
            TaskState.Disk => 'D',
            TaskState.Stopped => 'T',
            TaskState.IdleThread => 'I',
            _ => 'Z',
        };
        var parent = task.Parent?.Pid ?? (task.IsKernelThread ? 2 : 1);
        var started = task.StartedAt * TicksPerSecond / 1_000_000_000;
        return new AttributeDirectory(0x16D)
            .Add("comm", Show(() => task.Comm + "\n"))
            .Add("cmdline", Show(() => task.Process is { Program: not null } process ? string.Join('\0', [process.Program.Name, .. process.Arguments]) + "\0" : ""))
            .Add("mounts", Show(() => machine.Mounts.Text))
            .Add("maps", Show(() => $"7f07300cf000-7f07302b1000 r-xp 00000000 fe:00 1311 {EmulatedLibc.Path}\n"))
            .Add("stat", Show(() => string.Create(
                CultureInfo.InvariantCulture,
                $"{task.Pid} ({task.Comm}) {state} {parent} {task.Pid} {task.Pid} 0 -1 4194304 94 0 0 0 0 0 0 0 20 0 1 0 {started} 3133440 360 "
                + $"18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 {task.Cpu} 0 0 0 0 0 0 0 0 0 0 0 0 {task.ExitCode}\n")))
            .Add("status", Show(() =>
                $"Name:\t{task.Comm}\nUmask:\t0022\nState:\t{state}\nTgid:\t{task.Tgid}\nNgid:\t0\nPid:\t{task.Pid}\nPPid:\t{parent}\nTracerPid:\t0\n"
                + string.Create(CultureInfo.InvariantCulture, $"Uid:\t{task.Uid}\t{task.Uid}\t{task.Uid}\t{task.Uid}\nGid:\t{task.Uid}\t{task.Uid}\t{task.Uid}\t{task.Uid}\n")
                + "CapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n"
                + "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nSeccomp:\t0\n"));
    }
}
