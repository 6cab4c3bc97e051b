using System.Globalization;

namespace LabTrace.Devices.Vm;

/// <summary>Which virtual machine a place is, as its file says.</summary>
internal sealed record VmSettings
{
    /// <summary>Debian's kernel, fetched by apt.</summary>
    public const string DebianKernel = "debian";

    /// <summary><c>debian</c>, <c>debian:PACKAGE</c>, or the path of a bzImage or vmlinux.</summary>
    public string Kernel { get; init; } = DebianKernel;

    /// <summary>It is one of Debian's packages.</summary>
    public bool IsDebianKernel => Kernel == DebianKernel || Kernel.StartsWith(DebianKernel + ":", StringComparison.Ordinal);

    /// <summary>The kernel's modules: <c>…/lib/modules/RELEASE</c>; null for those of Debian's kernel, or none.</summary>
    public string? ModuleDirectory { get; init; }

    /// <summary>The headers that modules are built against: <c>…/build</c>; null for Debian's.</summary>
    public string? HeaderDirectory { get; init; }

    /// <summary>Machines with other kernels, by the names that scenarios boot them by.</summary>
    public IReadOnlyDictionary<string, VmSettings> Kernels { get; init; } = new Dictionary<string, VmSettings>();

    /// <summary>Modules that are loaded before the first step, each with its parameters behind it.</summary>
    public IReadOnlyList<string> Load { get; init; } = [];

    /// <summary>Modules that are there to be loaded by a step.</summary>
    public IReadOnlyList<string> Carry { get; init; } = [];

    /// <summary>Directories of sources that are built into modules and carried, and <c>.c</c> files that are built into programs.</summary>
    public IReadOnlyList<string> Build { get; init; } = [];

    /// <summary>Programs of this machine that are there beside busybox's.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>The whole of this machine's files is there, read-only.</summary>
    public bool HasHostUserland { get; init; }

    /// <summary>MiB of memory.</summary>
    public int MemoryMib { get; init; } = 512;

    /// <summary>How many cpus.</summary>
    public int Cpus { get; init; } = 2;

    /// <summary><c>auto</c>, <c>tcg</c> or <c>kvm</c>.</summary>
    public string Accelerator { get; init; } = "auto";

    /// <summary>Put behind the kernel's command line.</summary>
    public string Append { get; init; } = "";

    /// <summary>When a fresh machine takes the place of the one in use.</summary>
    public VmFreshness Fresh { get; init; } = VmFreshness.Feature;

    /// <summary>A machine that has booted is kept as a file, from which the next one starts.</summary>
    public bool KeepsState { get; init; } = true;

    /// <summary>How long a boot may take.</summary>
    public TimeSpan BootTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>QEMU's program.</summary>
    public string Qemu { get; init; } = "qemu-system-x86_64";

    /// <summary>An ssh server in the machine, for people.</summary>
    public VmDoor? Door { get; init; }

    /// <summary>Reads the settings of a place of kind <c>vm</c>.</summary>
    /// <exception cref="LabConfigException">A value is none of those there are.</exception>
    public static VmSettings Of(PlaceDescription place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var settings = place.Settings;
        var root = place.SourceFile is { } file ? Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "/" : Environment.CurrentDirectory;
        var usual = new VmSettings
        {
            Kernel = Text("kernel") is { } kernel ? KernelOf(kernel) : DebianKernel,
            ModuleDirectory = Text("modules") is { } modules ? FilePath(modules) : null,
            HeaderDirectory = Text("headers") is { } headers ? FilePath(headers) : null,
            Load = List("load"),
            Carry = List("carry"),
            Build = [.. List("build").Select(FilePath)],
            Programs = List("programs"),
            HasHostUserland = Choice("userland", "own", "host") == "host",
            MemoryMib = Number("memory", 512),
            Cpus = Number("cpus", 2),
            Accelerator = Choice("accel", "auto", "tcg", "kvm"),
            Append = Text("append") ?? "",
            Fresh = Choice("fresh", "feature", "scenario", "run") switch
            {
                "scenario" => VmFreshness.Scenario,
                "run" => VmFreshness.Run,
                _ => VmFreshness.Feature,
            },
            KeepsState = Text("keep-state") != "false",
            BootTimeout = TimeSpan.FromSeconds(Number("boot-timeout", 120)),
            Qemu = Text("qemu") ?? "qemu-system-x86_64",
        };
        return usual with { Kernels = List("kernels").ToDictionary(name => name, Other, StringComparer.Ordinal) };

        // The same machine with another kernel: `kernels.NAME.KEY`.
        VmSettings Other(string name) => usual with
        {
            Kernel = KernelOf(settings[$"kernels.{name}.kernel"]),
            ModuleDirectory = Text($"kernels.{name}.modules") is { } modules ? FilePath(modules) : null,
            HeaderDirectory = Text($"kernels.{name}.headers") is { } headers ? FilePath(headers) : null,
            Append = $"{usual.Append} {Text($"kernels.{name}.append")}".Trim(),
        };

        string KernelOf(string text) => text == DebianKernel || text.StartsWith(DebianKernel + ":", StringComparison.Ordinal) ? text : FilePath(text);

        string? Text(string key) => settings.GetValueOrDefault(key);

        // What a place's file names lies beside the folder the file is in.
        string FilePath(string path) => Path.GetFullPath(path, root);

        int Number(string key, int usual) => Text(key) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

        string[] List(string key) => Text(key)?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

        string Choice(string key, params string[] choices) => Text(key) is not { } text ? choices[0] : choices.Contains(text, StringComparer.Ordinal)
            ? text
            : throw new LabConfigException($"place '{place.Name}': '{key}' is '{text}', and must be one of: {string.Join(", ", choices)}", $"see {place.SourceFile}");
    }
}

/// <summary>When a fresh machine takes the place of the one in use; one that is down is replaced always.</summary>
internal enum VmFreshness
{
    /// <summary>For each feature.</summary>
    Feature,

    /// <summary>For each scenario.</summary>
    Scenario,

    /// <summary>One machine for the whole run.</summary>
    Run,
}

/// <summary>How people get into a machine by ssh.</summary>
/// <param name="Port">TCP port on this machine's loopback.</param>
/// <param name="PublicKey">The key that is let in, as authorized_keys has it.</param>
/// <param name="HostKeyFile">The machine's own key, the same for all boots, as dropbear keeps it.</param>
internal sealed record VmDoor(int Port, string PublicKey, string HostKeyFile);
