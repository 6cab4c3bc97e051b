using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>Debian's kernels: their packages are fetched by apt and unpacked in the cache, nothing is installed.</summary>
internal sealed class DebianKernel(string place, VmCache cache, Action<string>? progress)
{
    private const string UsualPackage = "linux-image-amd64";
    private const string AptLists = "/var/lib/apt/lists";
    private const string Sources = "sources";
    private const int KeyDigits = 16;

    /// <summary>Fetches a kernel with its modules.</summary>
    /// <param name="package">A package, or a name that depends on the newest one (<c>linux-image-rt-amd64</c>); null for Debian's usual kernel.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="PlaceNotAvailableException">This machine has no apt.</exception>
    /// <exception cref="LabConfigException">There is no such package.</exception>
    public async Task<KernelImage> FetchAsync(string? package, CancellationToken cancellationToken)
    {
        var concrete = await ResolveAsync(package ?? UsualPackage, cancellationToken);
        var root = await cache.DirectoryAsync(Path.Combine("kernels", concrete), async directory =>
        {
            await UnpackAsync(concrete, directory, cancellationToken);
            var release = Path.GetFileName(Directory.GetDirectories(Path.Combine(directory, "lib", "modules"))[0]);
            _ = await HostTools.RunAsync(new Command(HostTools.Find("depmod") ?? "depmod", "-b", directory, release), cancellationToken);
        }, cancellationToken);
        var modules = Directory.GetDirectories(Path.Combine(root, "lib", "modules"))[0];
        var kernelRelease = Path.GetFileName(modules);
        var file = Path.Combine(root, "boot", "vmlinuz-" + kernelRelease);
        return new KernelImage(kernelRelease, file, modules)
        {
            Configuration = Path.Combine(root, "boot", "config-" + kernelRelease),
            Version = KernelImage.ReadVersion(file).Version,
        };
    }

    /// <summary>Fetches the headers that belong to a kernel.</summary>
    /// <returns>The directory to build modules in: <c>make -C</c>.</returns>
    public async Task<string> FetchHeadersAsync(string release, CancellationToken cancellationToken)
    {
        var root = await cache.DirectoryAsync(Path.Combine("headers", release), async directory =>
        {
            var own = "linux-headers-" + release;
            var others = await DependenciesAsync(own, cancellationToken);
            foreach (var package in others.Where(IsOfHeaders).Prepend(own))
            {
                await UnpackAsync(package, directory, cancellationToken);
            }
        }, cancellationToken);

        // The package's Makefile names the common headers, and these the build programs, where dpkg would have put them.
        var headers = Path.Combine(root, "usr", "src", "linux-headers-" + release);
        var makefile = Path.Combine(headers, "Makefile");
        var text = await File.ReadAllTextAsync(makefile, cancellationToken);
        if (!text.Contains(root, StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(makefile, text.Replace("/usr/src/", Path.Combine(root, "usr", "src") + "/", StringComparison.Ordinal), cancellationToken);
        }

        return headers;

        static bool IsOfHeaders(string package) =>
            package.StartsWith("linux-headers-", StringComparison.Ordinal) || package.StartsWith("linux-kbuild-", StringComparison.Ordinal);
    }

    /// <summary>The version of the package that a kernel came from, by its own word.</summary>
    /// <param name="version">uname -v: <c>#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)</c>.</param>
    /// <returns>Null when it is none of Debian's.</returns>
    public static string? PackageVersionOf(string version) =>
        version.Split(' ').SkipWhile(word => word != "Debian").ElementAtOrDefault(1);

    /// <summary>Fetches files of the source that a kernel was built from. The package is let go again: of its 1.3 GB a few files are wanted.</summary>
    /// <param name="release">The kernel, <c>6.1.0-56-amd64</c>.</param>
    /// <param name="packageVersion">See <see cref="PackageVersionOf"/>.</param>
    /// <param name="files">From the root of the source.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="PlaceNotAvailableException">This machine has no apt, tar or xz.</exception>
    /// <exception cref="LabConfigException">Apt does not have the package, or the source not one of the files.</exception>
    public async Task<KernelSource> FetchSourceAsync(string release, string packageVersion, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var package = "linux-source-" + string.Join('.', release.Split('.', '-').Take(2));
        var name = $"Debian's {package} {packageVersion}";
        var kept = $"{package}_{packageVersion}-";
        if (Directory.Exists(cache.At(Sources))
            && Directory.GetDirectories(cache.At(Sources), kept + "*").FirstOrDefault(d => files.All(file => File.Exists(Path.Combine(d, file)))) is { } found)
        {
            return new KernelSource(name, found);
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files))))[..KeyDigits];
        var taken = await cache.DirectoryAsync(Path.Combine(Sources, kept + key), async directory =>
        {
            HostTools.Require(place, "apt-get", "apt (or name the `headers` of a whole kernel tree)");
            HostTools.Require(place, "dpkg-deb", "dpkg");
            HostTools.Require(place, "xz", "xz-utils");
            var unpacked = Path.Combine(directory, ".package");
            _ = Directory.CreateDirectory(unpacked);
            await UnpackAsync($"{package}={packageVersion}", unpacked, cancellationToken);
            progress?.Invoke($"taking {files.Count} files of the kernel's source…");
            await KernelSource.TakeAsync(place, Path.Combine(unpacked, "usr", "src", package + ".tar.xz"), files, directory, cancellationToken);
            Directory.Delete(unpacked, recursive: true);
        }, cancellationToken);
        return new KernelSource(name, taken);
    }

    // Asking apt takes a third of a second; its answer holds until its lists change.
    private async Task<string> ResolveAsync(string package, CancellationToken cancellationToken)
    {
        var stamp = Directory.Exists(AptLists) ? Directory.GetLastWriteTimeUtc(AptLists).Ticks : 0;
        var remembered = cache.At("kernels", string.Create(CultureInfo.InvariantCulture, $"{package}.{stamp}"));
        if (File.Exists(remembered))
        {
            var known = await File.ReadAllTextAsync(remembered, cancellationToken);
            if (Directory.Exists(cache.At("kernels", known)))
            {
                return known;
            }
        }

        HostTools.Require(place, "apt-cache", "apt (or name a kernel of your own: `kernel: PATH`)");
        HostTools.Require(place, "dpkg-deb", "dpkg");
        var image = (await DependenciesAsync(package, cancellationToken))
            .FirstOrDefault(p => p.StartsWith("linux-image-", StringComparison.Ordinal) && char.IsAsciiDigit(p["linux-image-".Length])) ?? package;
        _ = Directory.CreateDirectory(cache.At("kernels"));
        foreach (var old in Directory.GetFiles(cache.At("kernels"), package + ".*"))
        {
            File.Delete(old);
        }

        await File.WriteAllTextAsync(remembered, image, cancellationToken);
        return image;
    }

    private async Task<IReadOnlyList<string>> DependenciesAsync(string package, CancellationToken cancellationToken)
    {
        try
        {
            var told = await HostTools.RunAsync(new Command("apt-cache", "depends", package), cancellationToken);
            return [.. told.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("Depends: ", StringComparison.Ordinal)).Select(l => l["Depends: ".Length..])];
        }
        catch (CommandFailedException e)
        {
            throw new LabConfigException(
                $"place '{place}': apt knows no package '{package}': {e.Result.ErrorText.Trim()}", "apt-get update, or name a kernel of your own: `kernel: PATH`", e);
        }
    }

    private async Task UnpackAsync(string package, string directory, CancellationToken cancellationToken)
    {
        var download = Path.Combine(directory, ".deb");
        _ = Directory.CreateDirectory(download);
        try
        {
            await DownloadAsync(package, download, cancellationToken);
            progress?.Invoke($"unpacking {package}…");
            _ = await HostTools.RunAsync(new Command("dpkg-deb", "-x", Directory.GetFiles(download, "*.deb")[0], directory), cancellationToken);
        }
        finally
        {
            Directory.Delete(download, recursive: true);
        }
    }

    private async Task DownloadAsync(string package, string directory, CancellationToken cancellationToken)
    {
        progress?.Invoke($"downloading {package} by apt (once)…");
        await using var machine = new LocalTarget("this machine");
        await using var apt = await machine.StartAsync(
            new Command("apt-get", "-q", "-o", "APT::Status-Fd=1", "download", package) { WorkingDirectory = directory, Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" } },
            cancellationToken);
        var told = 0;
        using (var lines = new StreamReader(apt.StandardOutput))
        {
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                // dlstatus:1:42.17:Retrieving file 1 of 1 (12s remaining)
                if (line.Split(':') is ["dlstatus", _, var percent, ..]
                    && double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var done) && done >= told + 20)
                {
                    told = (int)(done / 20) * 20;
                    progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"downloading {package}: {told} %"));
                }
            }
        }

        var result = await apt.WaitAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new LabConfigException(
                $"place '{place}': apt could not download {package}: {result.ErrorText.Trim()}", "apt-get update, or name a kernel of your own: `kernel: PATH`");
        }
    }
}
