namespace LabTrace.Devices.Vm;

/// <summary>The modules of a kernel: where they lie and what each needs, as its <c>modules.dep</c> says.</summary>
internal sealed class ModuleTree
{
    private readonly Dictionary<string, (string Path, string[] Needs)> _modules = new(StringComparer.Ordinal);
    private readonly HashSet<string> _builtIn = new(StringComparer.Ordinal);
    private readonly string _directory;

    private ModuleTree(string directory) => _directory = directory;

    /// <summary>Reads <c>modules.dep</c> and <c>modules.builtin</c>.</summary>
    /// <param name="directory"><c>lib/modules/RELEASE</c>.</param>
    public static ModuleTree Read(string directory)
    {
        var tree = new ModuleTree(directory);
        foreach (var line in File.ReadLines(Path.Combine(directory, "modules.dep")))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                tree._modules[NameOf(line[..colon])] = (line[..colon], line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        var builtIn = Path.Combine(directory, "modules.builtin");
        if (File.Exists(builtIn))
        {
            tree._builtIn.UnionWith(File.ReadLines(builtIn).Select(NameOf));
        }

        return tree;
    }

    /// <summary>The files of modules and of all they need, relative to the directory; what is built into the kernel has none.</summary>
    /// <exception cref="LabConfigException">There is no such module; names the nearest.</exception>
    public IReadOnlyList<string> FilesOf(string place, IEnumerable<string> names)
    {
        List<string> files = [];
        foreach (var name in names.Select(NameOf))
        {
            if (_modules.TryGetValue(name, out var module))
            {
                // modules.dep lists what has to be loaded first last.
                files.AddRange(module.Needs.Reverse().Append(module.Path));
            }
            else if (!_builtIn.Contains(name))
            {
                throw new LabConfigException(
                    $"place '{place}': the kernel has no module '{name}'{NearestNames.Clause(name, _modules.Keys.Concat(_builtIn))}", $"modules are in {_directory}");
            }
        }

        return [.. files.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Says whether a module is there, as a file or built in.</summary>
    public bool Has(string name) => _modules.ContainsKey(NameOf(name)) || _builtIn.Contains(NameOf(name));

    /// <summary>A module's name from its file's: <c>kernel/drivers/i2c/i2c-stub.ko.xz</c> is i2c_stub.</summary>
    public static string NameOf(string path)
    {
        var name = Path.GetFileName(path);
        var dot = name.IndexOf(".ko", StringComparison.Ordinal);
        return (dot > 0 ? name[..dot] : name).Replace('-', '_');
    }
}
