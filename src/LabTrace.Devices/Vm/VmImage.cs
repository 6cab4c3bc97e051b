using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>All that a machine is started from, in the cache: the same place makes the same image.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="InitramfsFile">Its first file system.</param>
/// <param name="Key">Hex digits that stand for all of it: kernel, files, settings.</param>
internal sealed record VmImage(KernelImage Kernel, string InitramfsFile, string Key)
{
    private const string Folder = "initramfs";
    private const int KeyDigits = 24;

    /// <summary>Fetches, builds and puts together what a place wants.</summary>
    /// <exception cref="PlaceNotAvailableException">A program is missing on this machine.</exception>
    /// <exception cref="LabConfigException">The place names what is not there.</exception>
    public static async Task<VmImage> PrepareAsync(
        string place, VmSettings settings, AgentFile agent, VmCache cache, Action<string>? progress, CancellationToken cancellationToken)
    {
        var debian = new DebianKernel(place, cache, progress);
        var kernel = settings.IsDebianKernel
            ? await debian.FetchAsync(settings.Kernel.Split(':').ElementAtOrDefault(1), cancellationToken)
            : KernelImage.Open(place, settings.Kernel, settings.ModuleDirectory);
        var programs = new List<string>();
        foreach (var source in settings.Build.Where(IsProgram))
        {
            programs.Add(await new ProgramBuild(place, cache, progress).BuildAsync(source, cancellationToken));
        }

        string[] modules = [.. settings.Build.Where(source => !IsProgram(source))];
        var built = modules.Length == 0 ? [] : await BuildModulesAsync(place, modules, await ModuleKernel.FindAsync(settings, kernel, debian, cancellationToken), cache, progress, cancellationToken);
        var initramfs = new Initramfs(place, settings, kernel, agent);
        var ingredients = new Ingredients(cache, initramfs.Describe(built, programs));
        var file = ingredients.FindResult();
        if (file is null)
        {
            var bytes = await initramfs.MakeAsync(built, programs, cancellationToken);
            var name = Path.Combine(Folder, Convert.ToHexStringLower(SHA256.HashData(bytes.Span))[..KeyDigits] + ".cpio");
            file = await cache.FileAsync(name, path => File.WriteAllBytesAsync(path, bytes, cancellationToken), cancellationToken);
            await ingredients.NoteAsync(name, initramfs.Files, cancellationToken);
            cache.Prune(Folder);
        }

        kernel = kernel with { File = await UnpackedKernel.FindAsync(kernel.File, cache, cancellationToken) };
        return new VmImage(kernel, file, KeyOf(settings, kernel, Path.GetFileNameWithoutExtension(file)));
    }

    private static bool IsProgram(string source) => source.EndsWith(".c", StringComparison.Ordinal);

    private static async Task<List<string>> BuildModulesAsync(
        string place, IReadOnlyList<string> sources, ModuleKernel? kernel, VmCache cache, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (kernel is null)
        {
            throw new LabConfigException($"place '{place}' builds modules and does not say against which headers", "`headers: DIR`, the kernel's build directory");
        }

        var build = new ModuleBuild(place, cache, progress);
        await build.PrepareSourceAsync(sources, kernel, cancellationToken);
        var built = new List<string>();
        foreach (var source in sources)
        {
            try
            {
                built.AddRange(await build.BuildAsync(source, kernel, cancellationToken));
            }
            catch (NotOnTargetException e)
            {
                // What a scenario may do without, a place that names it may not.
                throw new LabConfigException(e.Message, hint: null, e);
            }
        }

        return built;
    }

    private static string KeyOf(VmSettings settings, KernelImage kernel, string hash)
    {
        var info = new FileInfo(kernel.File);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{kernel.File}|{info.Length}|{info.LastWriteTimeUtc.Ticks}|{hash}|{settings.MemoryMib}|{settings.Cpus}|{settings.Append}|{settings.Qemu}|{settings.Door}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..KeyDigits];
    }
}
