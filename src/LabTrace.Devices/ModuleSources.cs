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
    /// <exception cref="NotOnTargetException">There are no headers of that kernel here.</exception>
    /// <exception cref="LabConfigException">The sources do not build; the compiler's words are in the message.</exception>
    public static async Task<IReadOnlyList<string>> BuildAsync(ITarget target, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var release = (await target.ReadKernelIdentityAsync(cancellationToken)).Release;
        var headers = target is IModuleHeaders own
            ? await own.FindHeadersAsync(cancellationToken)
            : $"/lib/modules/{release}/build";
        return Directory.Exists(headers)
            ? await new ModuleBuild(target.Name, VmCache.OpenDefault(), progress: null).BuildAsync(Path.GetFullPath(source), headers, release, cancellationToken)
            : throw new NotOnTargetException(
                $"modules for target '{target.Name}' cannot be built: the headers of its kernel {release} are not in {headers} of this machine", $"apt-get install linux-headers-{release}, or use a place of kind vm");
    }
}

/// <summary>A target that knows where the headers of its kernel are.</summary>
internal interface IModuleHeaders
{
    /// <summary>The kernel's build directory on this machine.</summary>
    Task<string> FindHeadersAsync(CancellationToken cancellationToken);
}
