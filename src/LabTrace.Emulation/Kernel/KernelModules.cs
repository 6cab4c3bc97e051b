using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Kernel;

/// <summary>The machine's kernel modules: the files, what is loaded in which order, references, and what the kernel says when it refuses.</summary>
/// <remarks>kernel/module/main.c and kernel/params.c of Linux 6.18.</remarks>
internal sealed class KernelModules
{
    /// <summary>The directory of the running kernel's modules.</summary>
    public const string Directory = "/lib/modules/" + KernelIdentityTexts.Release;

    private const int ReadOnly = 0x124;
    private const int Warning = 4;
    private const int Error = 3;
    private readonly Machine _machine;
    private readonly SortedDictionary<string, EmulatedModule> _known = new(StringComparer.Ordinal);
    private readonly List<LoadedModule> _loaded = [];
    private readonly Dictionary<string, Errno> _failures = new(StringComparer.Ordinal);

    public KernelModules(Machine machine)
    {
        _machine = machine;
        machine.Tree.Put("/sys/module", new LiveDirectory(
            name => Find(name) is { } loaded ? SysDirectory(loaded) : null, () => _loaded.Select(l => l.Module.Name)));
        machine.Tree.Put("/usr" + Directory + "/modules.dep", new AttributeFile(ReadOnly) { Show = () => string.Concat(_known.Values.Select(DependencyLine)) });
        machine.Tree.Put("/usr" + Directory + "/modules.softdep", new AttributeFile(ReadOnly)
        {
            Show = () => string.Concat(_known.Values.Where(m => m.SoftAfter.Count > 0).Select(m => $"softdep {m.Name} post: {string.Join(' ', m.SoftAfter)}\n")),
        });
    }

    /// <summary>Those that are loaded, the last first.</summary>
    public IEnumerable<LoadedModule> Loaded => _loaded.AsEnumerable().Reverse();

    /// <summary>Whether depmod was run since the modules were put there: modprobe and modinfo know modules by its index, insmod needs none.</summary>
    public bool HasIndex { get; set; } = true;

    /// <summary>The text of <c>/proc/modules</c>.</summary>
    public string ProcText => string.Concat(Loaded.Select(l =>
    {
        var users = Users(l.Module.Name);
        return string.Create(CultureInfo.InvariantCulture, $"{l.Module.Name} {l.Module.Size} {References(l)} {(users.Count == 0 ? "-" : string.Join(',', users) + ",")} Live 0x0000000000000000\n");
    }));

    /// <summary>The path of a module's file.</summary>
    public static string FileOf(EmulatedModule module) => $"{Directory}/{module.Directory}/{module.Name}.ko";

    /// <summary>Installs a module's file; it is not loaded.</summary>
    public void Install(EmulatedModule module)
    {
        _known[module.Name] = module;
        _machine.Tree.Put($"/usr{FileOf(module)}", new OrdinaryFile(0x1A4, () => System.Text.Encoding.ASCII.GetBytes("\x7f" + "ELF emulated module " + module.Name + "\n")));
    }

    /// <summary>From now on the loading of a module is refused; <see cref="Errno.None"/> ends that.</summary>
    public void FailLoading(string name, Errno errno) => _failures[name] = errno;

    /// <summary>A module that the index knows, by its name with underscores or hyphens, or null.</summary>
    public EmulatedModule? Indexed(string name) => HasIndex ? Installed(name) : null;

    /// <summary>A module with a file, by its name with underscores or hyphens, or null.</summary>
    public EmulatedModule? Installed(string name)
    {
        var plain = name.Replace('-', '_');
        return _known.TryGetValue(plain, out var module) && _machine.Tree.Find(FileOf(module)) is not null ? module : null;
    }

    /// <summary>The module a file holds, or null.</summary>
    public EmulatedModule? OfFile(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".ko", StringComparison.Ordinal) && _machine.Tree.Find(path) is OrdinaryFile ? _known.GetValueOrDefault(name[..^3]) : null;
    }

    /// <summary>A loaded module, or null.</summary>
    public LoadedModule? Find(string name) => _loaded.Find(l => l.Module.Name == name.Replace('-', '_'));

    /// <summary>Loaded modules that use one, and keep it from being unloaded.</summary>
    public IReadOnlyList<string> Users(string name) =>
        [.. Loaded.Where(l => l.Module.Uses.Any(u => u.Module == name)).Select(l => l.Module.Name)];

    /// <summary>References to a module: those who use it and those who hold it.</summary>
    public int References(LoadedModule loaded) => Users(loaded.Module.Name).Count + loaded.Holds;

    /// <summary>init_module(2).</summary>
    /// <exception cref="Refusal">EEXIST, ENOENT for an unknown symbol, EINVAL for a parameter's value, and what the module's init returns.</exception>
    public void Insert(EmulatedModule module, IReadOnlyList<string> arguments)
    {
        if (Find(module.Name) is not null)
        {
            Refusal.Throw(Errno.EEXIST);
        }

        foreach (var (_, symbol) in module.Uses.Where(u => Find(u.Module) is null))
        {
            Say(Warning, $"{module.Name}: Unknown symbol {symbol} (err -2)");
            Refusal.Throw(Errno.ENOENT);
        }

        var values = module.Parameters.ToDictionary(p => p.Name, p => p.Usual, StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            Take(module, values, argument);
        }

        if (_failures.TryGetValue(module.Name, out var failure) && failure != Errno.None)
        {
            Say(Error, string.Create(CultureInfo.InvariantCulture, $"{module.Name}: initialisation failed (err -{(int)failure})"));
            Refusal.Throw(failure);
        }

        var loaded = new LoadedModule(module, values);
        if (module.Init(loaded) is not Errno.None and var errno)
        {
            Refusal.Throw(errno);
        }

        _loaded.Add(loaded);
    }

    /// <summary>delete_module(2).</summary>
    /// <exception cref="Refusal">ENOENT when it is not loaded, EWOULDBLOCK as the kernel says for a module in use.</exception>
    public void Remove(string name)
    {
        var loaded = Find(name) ?? throw new Refusal(Errno.ENOENT);
        if (References(loaded) > 0)
        {
            Refusal.Throw(Errno.EAGAIN);
        }

        _ = _loaded.Remove(loaded);
        loaded.Module.Exit();
    }

    private void Take(EmulatedModule module, Dictionary<string, string> values, string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument : argument[..equals];
        if (module.Parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
        {
            Say(Warning, $"{module.Name}: unknown parameter '{name}' ignored");
            return;
        }

        var value = equals < 0 ? "" : argument[(equals + 1)..];
        if (!parameter.IsValid(value))
        {
            Say(Error, $"{module.Name}: `{value}' invalid for parameter `{name}'");
            Refusal.Throw(Errno.EINVAL);
        }

        values[name] = value;
    }

    private void Say(int level, string text) => _machine.Log.Print(level, text);

    private string DependencyLine(EmulatedModule module) =>
        $"{module.Directory}/{module.Name}.ko:{string.Concat(module.Uses.Select(u => _known.TryGetValue(u.Module, out var used) ? $" {used.Directory}/{used.Name}.ko" : ""))}\n";

    private AttributeDirectory SysDirectory(LoadedModule loaded)
    {
        var parameters = new AttributeDirectory(0x1ED);
        foreach (var (name, value) in loaded.Values)
        {
            _ = parameters.Add(name, new AttributeFile(ReadOnly) { Show = () => value + "\n" });
        }

        return new AttributeDirectory(0x1ED)
            .Add("refcnt", new AttributeFile(ReadOnly) { Show = () => string.Create(CultureInfo.InvariantCulture, $"{References(loaded)}\n") })
            .Add("initstate", new AttributeFile(ReadOnly) { Show = () => "live\n" })
            .Add("version", new AttributeFile(ReadOnly) { Show = () => loaded.Module.Version + "\n" })
            .Add("parameters", parameters);
    }
}
