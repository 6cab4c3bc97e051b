namespace LabTrace.Devices.Vm;

/// <summary>Files of the source that a kernel was built from.</summary>
/// <param name="Name">Whose source it is, for messages.</param>
/// <param name="Directory">Where they are on this machine, each at its path from the root of the source.</param>
internal sealed record KernelSource(string Name, string Directory)
{
    /// <summary>Takes files out of a packed source, and reads no further than the last of them.</summary>
    /// <param name="place">The place, for messages.</param>
    /// <param name="archive">A .tar.xz with one directory that holds all.</param>
    /// <param name="files">From the root of the source.</param>
    /// <param name="directory">Where they are put.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">One of them is not in it, or it cannot be read.</exception>
    public static async Task TakeAsync(string place, string archive, IReadOnlyList<string> files, string directory, CancellationToken cancellationToken)
    {
        const string suffix = ".tar.xz";
        var root = Path.GetFileName(archive)[..^suffix.Length];
        await using var machine = new LocalTarget("this machine");
        var result = await machine.RunAsync(
            new Command("tar", ["-xJf", archive, "-C", directory, "--strip-components=1", "--occurrence=1", .. files.Select(file => $"{root}/{file}")])
            {
                Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" },
            },
            cancellationToken);
        if (files.Where(file => !File.Exists(Path.Combine(directory, file))).ToList() is { Count: > 0 } missing)
        {
            throw new LabConfigException(
                $"place '{place}': {Path.GetFileName(archive)} has no {string.Join(", no ", missing)}", $"see what is in it: tar -tJf {archive}");
        }

        _ = result.EnsureSuccess();
    }
}
