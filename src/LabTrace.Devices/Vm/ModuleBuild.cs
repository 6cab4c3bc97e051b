using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Builds modules from a directory of sources against a kernel's headers, in the cache: the sources' directory is left as it is.</summary>
internal sealed class ModuleBuild(string place, VmCache cache, Action<string>? progress)
{
    private const int KeyDigits = 16;
    private static readonly string[] Sources = ["*.c", "*.h", "*.S", "Makefile", "Kbuild"];

    /// <summary>Builds, or takes what the same sources made before.</summary>
    /// <param name="source">A directory with a Kbuild or Makefile that names <c>obj-m</c>, and a <see cref="KernelSourceList"/> if it wants files of the kernel's own source.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The module files.</returns>
    /// <exception cref="LabConfigException">The sources do not build; the compiler's words are in the message.</exception>
    /// <exception cref="NotOnTargetException">Files of the kernel's own source are wanted, and this machine cannot have them.</exception>
    public async Task<IReadOnlyList<string>> BuildAsync(string source, ModuleKernel kernel, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(source) || !(File.Exists(Path.Combine(source, "Kbuild")) || File.Exists(Path.Combine(source, "Makefile"))))
        {
            throw new LabConfigException($"place '{place}': {source} is no directory of a module's sources: it has no Kbuild or Makefile", "see fixtures/kmod");
        }

        HostTools.Require(place, "make", "make");
        HostTools.Require(place, "gcc", "gcc");
        var files = new List<(string Path, byte[] Content)>();
        foreach (var file in Sources.SelectMany(p => Directory.GetFiles(source, p)).Order(StringComparer.Ordinal))
        {
            files.Add((Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancellationToken)));
        }

        if (await KernelSourceList.FindAsync(source, cancellationToken) is { } list)
        {
            await AddKernelSourceAsync(files, source, list, kernel, cancellationToken);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, content) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(content);
        }

        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(source))}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..KeyDigits]}";
        var built = await cache.DirectoryAsync(Path.Combine("built", kernel.Release, name), directory => BuildInAsync(directory, files, kernel.Headers, source, cancellationToken), cancellationToken);
        return [.. Directory.GetFiles(built, "*.ko").Order(StringComparer.Ordinal)];
    }

    /// <summary>Has the files of the kernel's own source ready that several directories want: to look into its package takes a while.</summary>
    /// <param name="sources">The directories, with and without such wishes.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">A list cannot be understood, or the source does not have a file.</exception>
    public async Task PrepareSourceAsync(IEnumerable<string> sources, ModuleKernel kernel, CancellationToken cancellationToken)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            files.UnionWith((await KernelSourceList.FindAsync(source, cancellationToken))?.Files.Select(f => f.Path) ?? []);
        }

        if (files.Count > 0)
        {
            _ = await kernel.FindSourceAsync(new DebianKernel(place, cache, progress), [.. files], cancellationToken);
        }
    }

    private async Task AddKernelSourceAsync(
        List<(string Path, byte[] Content)> files, string source, KernelSourceList list, ModuleKernel kernel, CancellationToken cancellationToken)
    {
        var found = await kernel.FindSourceAsync(new DebianKernel(place, cache, progress), [.. list.Files.Select(f => f.Path)], cancellationToken)
            ?? throw new NotOnTargetException(
                $"the modules of {source} are built from the kernel's own source, and place '{place}' does not say where that of its kernel {kernel.Release} is: {kernel.Headers} has no {list.Files[0].Path}",
                "`headers: DIR`, a whole kernel tree; the source of Debian's kernels is fetched by apt");
        foreach (var file in list.Files)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(found.Directory, file.Path), cancellationToken);
            files.Add((file.Path, Encoding.UTF8.GetBytes(list.Change(place, file, text, found.Name))));
        }
    }

    private async Task BuildInAsync(string directory, List<(string Path, byte[] Content)> files, string headers, string source, CancellationToken cancellationToken)
    {
        progress?.Invoke($"building the modules of {Path.GetFileName(source)}…");
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(directory, path);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content, cancellationToken);
        }

        await using var machine = new LocalTarget("this machine");
        var result = await machine.RunAsync(
            new Command("make", "-s", "-C", headers, $"M={directory}", "modules") { Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" } }, cancellationToken);
        if (result.ExitCode != 0)
        {
            var words = (result.ErrorText.Trim().Length > 0 ? result.ErrorText : result.OutputText).Trim().Replace(directory, source, StringComparison.Ordinal);
            throw new LabConfigException($"place '{place}': the modules of {source} cannot be built:\n{words}", $"make -C {headers} M={source} modules");
        }
    }
}
