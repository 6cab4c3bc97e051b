using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>The first and only file system of a machine: busybox, the agent, named modules and programs, each with what it needs.</summary>
internal sealed class Initramfs(string place, VmSettings settings, KernelImage kernel, AgentFile agent)
{
    private const string LoaderPath = "/lib64/ld-linux-x86-64.so.2";
    private const string BpfLibrary = "libbpf.so.1";
    private static readonly string[] BpfLibraryDirectories = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

    // A shell and what scenarios run most, as they are on a machine of people's: busybox's have other symbols and names.
    private static readonly string[] UsualPrograms = ["sh", "setsid", "sleep", "cat", "echo", "true", "false", "printf", "printenv", "kmod", "dmesg"];
    private static readonly string[] ProgramsOfKmod = ["modprobe", "insmod", "rmmod", "lsmod", "modinfo"];

    private readonly CpioArchive _archive = new();
    private readonly List<string> _files = [];

    /// <summary>The files of this machine that were put into it.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>All that it depends on but the content of <see cref="Files"/>.</summary>
    /// <param name="built">Modules that were built for this kernel: files on this machine.</param>
    /// <param name="programs">Programs that were built for it.</param>
    public string Describe(IReadOnlyList<string> built, IReadOnlyList<string> programs) => string.Join(
        '\n',
        [
            kernel.Release,
            kernel.ModuleDirectory ?? "",
            agent.Hash,
            settings.Door?.PublicKey ?? "",
            Encoding.UTF8.GetString(GuestInit.Script(settings, [])),
            .. settings.Load, "",
            .. settings.Carry, "",
            .. built, "",
            .. programs, "",
            .. UsualPrograms.Concat(settings.Programs).Append("busybox").Select(p => $"{p} {HostTools.Find(p)}"),
            BpfLibraryFile() ?? "",
        ]);

    /// <summary>Makes the archive.</summary>
    /// <param name="built">Modules that were built for this kernel: files on this machine.</param>
    /// <param name="programs">Programs that were built for it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">A module is not there.</exception>
    /// <exception cref="PlaceNotAvailableException">Busybox is not installed.</exception>
    public async Task<ReadOnlyMemory<byte>> MakeAsync(IReadOnlyList<string> built, IReadOnlyList<string> programs, CancellationToken cancellationToken)
    {
        var busybox = HostTools.Find("busybox") ?? throw new PlaceNotAvailableException(place, "busybox", "apt-get install busybox-static");
        foreach (var directory in (string[])["/proc", "/sys", "/dev", "/tmp", "/run", "/root", "/mnt", "/var/tmp", "/etc", "/bin", "/sbin", "/usr/bin", "/usr/sbin"])
        {
            _archive.AddDirectory(directory);
        }

        _archive.AddCharacterDevice("/dev/console", 5, 1);
        _archive.AddCharacterDevice("/dev/null", 1, 3);
        await AddWithLibrariesAsync(busybox, "/bin/busybox", cancellationToken);
        _archive.AddFile(GuestInit.AgentPath, agent.Content.Span, isProgram: true);
        await AddAgentLibrariesAsync(cancellationToken);
        foreach (var program in UsualPrograms.Concat(settings.Programs))
        {
            await AddProgramAsync(program, isWanted: settings.Programs.Contains(program, StringComparer.Ordinal), cancellationToken);
        }

        foreach (var program in programs)
        {
            await AddWithLibrariesAsync(program, "/usr/bin/" + Path.GetFileName(program), cancellationToken);
        }

        foreach (var name in ProgramsOfKmod.Where(_ => _archive.Has("/usr/bin/kmod")))
        {
            _archive.AddLink("/usr/sbin/" + name, "../bin/kmod");
        }

        _archive.AddFile("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"u8);
        _archive.AddFile("/etc/group", "root:x:0:\n"u8);
        if (settings.Door is { } door)
        {
            await AddProgramAsync("dropbear", isWanted: true, cancellationToken);
            _archive.AddFile("/root/.ssh/authorized_keys", Encoding.UTF8.GetBytes(door.PublicKey + "\n"));
            _archive.AddFile("/etc/dropbear/dropbear_ed25519_host_key", await ReadAsync(door.HostKeyFile, cancellationToken));
            _archive.AddFile("/etc/shells", "/bin/sh\n"u8);
        }

        var own = await AddModulesAsync(built, cancellationToken);
        _archive.AddFile("/init", GuestInit.Script(settings, own), isProgram: true);
        return _archive.ToBytes();
    }

    private IEnumerable<string> OwnModules()
    {
        yield return "virtio_pci";
        yield return "virtio_console";
        if (settings.HasHostUserland)
        {
            yield return "9pnet_virtio";
            yield return "9p";
        }

        if (settings.Door is not null)
        {
            yield return "virtio_net";
        }
    }

    // Returns what init loads for LabTrace itself: what the kernel has built in, or was built without modules, needs no loading.
    private async Task<IReadOnlyList<string>> AddModulesAsync(IReadOnlyList<string> built, CancellationToken cancellationToken)
    {
        if (kernel.ModuleDirectory is not { } from)
        {
            return settings.Load.Count + settings.Carry.Count == 0 ? [] : throw new LabConfigException(
                $"place '{place}' wants modules, and its kernel has none", "`modules: DIR/lib/modules/RELEASE`");
        }

        _files.Add(Path.Combine(from, "modules.dep"));
        var tree = ModuleTree.Read(from);
        var own = OwnModules().Where(tree.Has).ToList();
        var builtNames = built.Select(ModuleTree.NameOf).ToHashSet(StringComparer.Ordinal);
        var named = settings.Load.Concat(settings.Carry).Select(m => m.Split(' ')[0]).Where(m => !builtNames.Contains(ModuleTree.NameOf(m)));
        var needs = new List<string>();
        foreach (var file in built)
        {
            needs.AddRange(await NeedsAsync(file, cancellationToken));
        }

        var files = tree.FilesOf(place, own.Concat(named).Concat(needs.Where(tree.Has)));

        // depmod makes the indexes that modprobe reads, over just the modules that are there.
        var staging = Directory.CreateTempSubdirectory("labtrace-modules-").FullName;
        try
        {
            var target = Path.Combine(staging, "lib", "modules", kernel.Release);
            foreach (var file in files)
            {
                Copy(Path.Combine(from, file), Path.Combine(target, file));
            }

            foreach (var file in built)
            {
                Copy(file, Path.Combine(target, "updates", Path.GetFileName(file)));
            }

            foreach (var list in (string[])["modules.builtin", "modules.builtin.modinfo", "modules.order"])
            {
                if (File.Exists(Path.Combine(from, list)))
                {
                    Copy(Path.Combine(from, list), Path.Combine(target, list));
                }
            }

            _ = Directory.CreateDirectory(target);
            _ = await HostTools.RunAsync(new Command(HostTools.Find("depmod") ?? "depmod", "-b", staging, kernel.Release), cancellationToken);
            foreach (var file in Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                _archive.AddFile("/" + Path.GetRelativePath(staging, file), await File.ReadAllBytesAsync(file, cancellationToken));
            }
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }

        return own;
    }

    private static async Task<IReadOnlyList<string>> NeedsAsync(string module, CancellationToken cancellationToken) =>
        (await HostTools.RunAsync(new Command(HostTools.Find("modinfo") ?? "modinfo", "-F", "depends", module), cancellationToken))
            .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        _files.Add(file);
        return File.ReadAllBytesAsync(file, cancellationToken);
    }

    private void Copy(string from, string to)
    {
        _files.Add(from);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    private async Task AddProgramAsync(string program, bool isWanted, CancellationToken cancellationToken)
    {
        var file = program.StartsWith('/') ? program : HostTools.Find(program);
        if (file is null || !File.Exists(file))
        {
            if (isWanted)
            {
                throw new LabConfigException($"place '{place}': there is no program '{program}' on this machine to take along", "install it, or leave it out of `programs`");
            }

            return;
        }

        var inside = program.StartsWith('/') ? program : "/usr/bin/" + program;
        await AddWithLibrariesAsync(file, inside, cancellationToken);
        if (program == "sh")
        {
            _archive.AddLink("/bin/sh", inside);
        }
    }

    private async Task AddWithLibrariesAsync(string file, string inside, CancellationToken cancellationToken)
    {
        _archive.AddFile(inside, await ReadAsync(file, cancellationToken), isProgram: true);
        foreach (var library in await HostTools.LibrariesAsync(file, cancellationToken))
        {
            await AddLibraryAsync(library, cancellationToken);
        }
    }

    // The agent is published for this kind of machine, so this machine's loader finds what it needs.
    private async Task AddAgentLibrariesAsync(CancellationToken cancellationToken)
    {
        var copy = Path.Combine(Path.GetTempPath(), $"labtrace-agent-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllBytesAsync(copy, agent.Content, cancellationToken);
            foreach (var library in await HostTools.LibrariesAsync(copy, cancellationToken))
            {
                await AddLibraryAsync(library, cancellationToken);
            }

            await AddLibraryAsync(LoaderPath, cancellationToken);

            // Loaded by name when a scenario records with eBPF, so ldd does not tell it.
            if (BpfLibraryFile() is { } bpf)
            {
                await AddWithLibrariesAsync(bpf, bpf, cancellationToken);
            }
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static string? BpfLibraryFile() => BpfLibraryDirectories.Select(d => Path.Combine(d, BpfLibrary)).FirstOrDefault(File.Exists);

    private async Task AddLibraryAsync(string library, CancellationToken cancellationToken)
    {
        if (!_archive.Has(library) && File.Exists(library))
        {
            _archive.AddFile(library, await ReadAsync(library, cancellationToken), isProgram: true);
        }
    }
}
