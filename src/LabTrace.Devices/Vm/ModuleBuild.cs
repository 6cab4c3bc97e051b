using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Builds modules from a directory of sources against a kernel's headers, in the cache: the sources' directory is left as it is.</summary>
internal sealed class ModuleBuild(string place, VmCache cache, Action<string>? progress)
{
    private const int KeyDigits = 16;
    private static readonly string[] Sources = ["*.c", "*.h", "*.S", "Makefile", "Kbuild"];

    /// <summary>Builds, or takes what the same sources made before.</summary>
    /// <param name="source">A directory with a Kbuild or Makefile that names <c>obj-m</c>.</param>
    /// <param name="headers">The kernel's build directory.</param>
    /// <param name="release">The kernel.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The module files.</returns>
    /// <exception cref="LabConfigException">The sources do not build; the compiler's words are in the message.</exception>
    public async Task<IReadOnlyList<string>> BuildAsync(string source, string headers, string release, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(source) || !(File.Exists(Path.Combine(source, "Kbuild")) || File.Exists(Path.Combine(source, "Makefile"))))
        {
            throw new LabConfigException($"place '{place}': {source} is no directory of a module's sources: it has no Kbuild or Makefile", "see fixtures/kmod");
        }

        HostTools.Require(place, "make", "make");
        HostTools.Require(place, "gcc", "gcc");
        var files = Sources.SelectMany(p => Directory.GetFiles(source, p)).Order(StringComparer.Ordinal).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(await File.ReadAllBytesAsync(file, cancellationToken));
        }

        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(source))}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..KeyDigits]}";
        var built = await cache.DirectoryAsync(Path.Combine("built", release, name), directory => BuildInAsync(directory, files, headers, source, cancellationToken));
        return [.. Directory.GetFiles(built, "*.ko").Order(StringComparer.Ordinal)];
    }

    private async Task BuildInAsync(string directory, List<string> files, string headers, string source, CancellationToken cancellationToken)
    {
        progress?.Invoke($"building the modules of {Path.GetFileName(source)}…");
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
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
