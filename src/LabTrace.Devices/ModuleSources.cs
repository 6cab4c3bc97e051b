using LabTrace.Devices.Vm;

namespace LabTrace.Devices;

/// <summary>Builds modules for the kernel of a target, on the machine LabTrace runs on.</summary>
public static class ModuleSources
{
    /// <summary>Builds the modules of a directory, or takes what the same sources made before.</summary>
    /// <param name="target">Whose kernel they are for.</param>
    /// <param name="source">A directory with a Kbuild or Makefile.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The module files, on this machine.</returns>
    /// <exception cref="NotOnTargetException">There are no headers of that kernel here, or not the files of its source that are wanted.</exception>
    /// <exception cref="LabConfigException">The sources do not build; the compiler's words are in the message.</exception>
    public static async Task<IReadOnlyList<string>> BuildAsync(ITarget target, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var kernel = target is IModuleKernelTarget own
            ? await own.FindModuleKernelAsync(cancellationToken)
            : OfThisMachine(await target.ReadKernelIdentityAsync(cancellationToken));
        return Directory.Exists(kernel.Headers)
            ? await new ModuleBuild(target.Name, VmCache.OpenDefault(), progress: null).BuildAsync(Path.GetFullPath(source), kernel, cancellationToken)
            : throw new NotOnTargetException(
                $"modules for target '{target.Name}' cannot be built: the headers of its kernel {kernel.Release} are not in {kernel.Headers} of this machine",
                $"apt-get install linux-headers-{kernel.Release}, or use a place of kind vm");
    }

    private static ModuleKernel OfThisMachine(KernelIdentity kernel) => new(kernel.Release, kernel.Version, $"/lib/modules/{kernel.Release}/build");
}

/// <summary>A target that knows what modules of its kernel are built against.</summary>
internal interface IModuleKernelTarget
{
    /// <summary>Its kernel, with the build directory on this machine.</summary>
    Task<ModuleKernel> FindModuleKernelAsync(CancellationToken cancellationToken);
}
