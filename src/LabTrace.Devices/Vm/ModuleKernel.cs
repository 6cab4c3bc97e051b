namespace LabTrace.Devices.Vm;

/// <summary>The kernel that modules are built for.</summary>
/// <param name="Release">As uname -r says.</param>
/// <param name="Version">As uname -v says; empty where nobody knows.</param>
/// <param name="Headers">Its build directory on this machine: <c>make -C</c>.</param>
internal sealed record ModuleKernel(string Release, string Version, string Headers)
{
    /// <summary>The kernel of a virtual machine, its headers fetched where they are Debian's.</summary>
    /// <returns>Null when its place does not say against which headers modules are built.</returns>
    public static async Task<ModuleKernel?> FindAsync(VmSettings settings, KernelImage kernel, DebianKernel debian, CancellationToken cancellationToken)
    {
        var headers = settings.HeaderDirectory ?? (settings.IsDebianKernel ? await debian.FetchHeadersAsync(kernel.Release, cancellationToken) : null);
        return headers is null ? null : new ModuleKernel(kernel.Release, kernel.Version, headers);
    }

    /// <summary>Finds files of its source: in the build directory, where that is a whole tree or points to one, or in the package of one of Debian's kernels.</summary>
    /// <param name="debian">Fetches the package.</param>
    /// <param name="files">From the root of the source.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>Null when neither has them.</returns>
    public async Task<KernelSource?> FindSourceAsync(DebianKernel debian, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        string[] trees = [Headers, Path.Combine(Headers, "source")];
        if (trees.FirstOrDefault(tree => files.All(file => File.Exists(Path.Combine(tree, file)))) is { } whole)
        {
            return new KernelSource(whole, whole);
        }

        return DebianKernel.PackageVersionOf(Version) is { } package ? await debian.FetchSourceAsync(Release, package, files, cancellationToken) : null;
    }
}
