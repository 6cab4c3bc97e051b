using LabTrace.Devices;

namespace LabTrace.Emulation.Kernel;

/// <summary>A kernel module that the emulated machine has under <c>/lib/modules</c>.</summary>
/// <param name="Name">Its name, with underscores.</param>
/// <param name="Description">MODULE_DESCRIPTION.</param>
internal sealed record EmulatedModule(string Name, string Description)
{
    /// <summary>MODULE_VERSION.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>Modules whose symbols it uses, each with one such symbol: <c>modprobe</c> loads them, <c>insmod</c> fails without them.</summary>
    public IReadOnlyList<(string Module, string Symbol)> Uses { get; init; } = [];

    /// <summary>MODULE_SOFTDEP post: what <c>modprobe</c> loads behind it, and does not mind missing.</summary>
    public IReadOnlyList<string> SoftAfter { get; init; } = [];

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<ModuleParameter> Parameters { get; init; } = [];

    /// <summary>Bytes that <c>/proc/modules</c> tells.</summary>
    public int Size { get; init; } = 20480;

    /// <summary>Below <c>/lib/modules/RELEASE</c>.</summary>
    public string Directory { get; init; } = "updates";

    /// <summary>module_init; what it returns refuses the loading.</summary>
    public Func<LoadedModule, Errno> Init { get; init; } = _ => Errno.None;

    /// <summary>module_exit.</summary>
    public Action Exit { get; init; } = () => { };
}

/// <summary>A parameter of a module.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As <c>modinfo -p</c> tells it: uint, charp, bool.</param>
/// <param name="Usual">Its value when none is given.</param>
/// <param name="Description">MODULE_PARM_DESC.</param>
/// <param name="IsValid">Whether the kernel takes a value.</param>
internal sealed record ModuleParameter(string Name, string Type, string Usual, string Description, Func<string, bool> IsValid);

/// <summary>A module that is loaded.</summary>
/// <param name="Module">What was loaded.</param>
/// <param name="Values">Parameters by name.</param>
internal sealed record LoadedModule(EmulatedModule Module, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>References that are not other modules'.</summary>
    public int Holds { get; set; }
}
