using LabTrace.Devices;

namespace LabTrace.Cli.LabConfig;

/// <summary>The places a person can name: the files of the nearest <c>lab-config</c> folder, and the emulated place, which needs none.</summary>
internal static class Places
{
    private const string Folder = "lab-config";
    private static readonly Dictionary<string, string> NoSettings = [];

    /// <summary>Finds a place by the name of its file in <c>lab-config</c>, or by a path.</summary>
    /// <exception cref="LabConfigException">There is no such place, or its file is wrong.</exception>
    public static PlaceDescription Find(string nameOrFile)
    {
        if (nameOrFile.Contains('/', StringComparison.Ordinal) || nameOrFile.EndsWith(".yaml", StringComparison.Ordinal))
        {
            return File.Exists(nameOrFile)
                ? PlaceFile.Read(nameOrFile)
                : throw new LabConfigException($"there is no place file '{nameOrFile}'", "list places with `labtrace places`");
        }

        var folder = FindFolder();
        var file = folder is null ? null : Path.Combine(folder, nameOrFile + ".yaml");
        if (file is not null && File.Exists(file))
        {
            return PlaceFile.Read(file);
        }

        if (nameOrFile is "emulated" or "local")
        {
            return BuiltIn(nameOrFile);
        }

        var names = Names().ToList();
        throw new LabConfigException(
            $"there is no place '{nameOrFile}'{NearestNames.Clause(nameOrFile, names)}",
            $"places here: {string.Join(", ", names)}; add one as {Folder}/{nameOrFile}.yaml");
    }

    /// <summary>Names of all places, in ordinal order.</summary>
    public static IEnumerable<string> Names()
    {
        var files = FindFolder() is { } folder ? Directory.GetFiles(folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!) : [];
        return files.Union(["emulated", "local"], StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private static PlaceDescription BuiltIn(string name) => name == "emulated"
        ? new(name, TargetKind.Emulated, "an emulated Linux machine in memory, deterministic, in virtual time", null, [], NoSettings)
        : new(name, TargetKind.Local, "the kernel of this machine", null, [], NoSettings);

    /// <summary>The folder of place files here or above; null when there is none.</summary>
    public static string? FindFolder()
    {
        for (var directory = new DirectoryInfo(Directory.GetCurrentDirectory()); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, Folder);
            if (Directory.Exists(folder))
            {
                return Path.GetRelativePath(Directory.GetCurrentDirectory(), folder);
            }
        }

        return null;
    }
}
