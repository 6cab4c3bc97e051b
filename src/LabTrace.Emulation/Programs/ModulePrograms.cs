using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>kmod's programs, in its words: modprobe, insmod, rmmod, lsmod, modinfo, depmod.</summary>
internal static class ModulePrograms
{
    private const int FinitModule = 313;
    private const int DeleteModule = 176;

    public static IEnumerable<EmulatedProgram> All =>
    [
        new("modprobe", Modprobe),
        new("insmod", Insmod),
        new("rmmod", Rmmod),
        new("lsmod", Lsmod),
        new("modinfo", Modinfo),
        new("depmod", Depmod),
    ];

    private static IEnumerable<Act> Modprobe(ProcessContext process)
    {
        var options = process.Arguments.TakeWhile(a => a.StartsWith('-')).ToList();
        var words = process.Arguments.Skip(options.Count).ToList();
        if (options.Contains("--version") || options.Contains("-V"))
        {
            return process.Print("kmod version 34\n+ZSTD +XZ +ZLIB +LIBCRYPTO\n");
        }

        if (words.Count == 0)
        {
            return Fail(process, "modprobe: ERROR: missing parameters. See -h.");
        }

        if (options.Contains("-r") || options.Contains("--remove"))
        {
            return Each(words, name => Unload(process, name));
        }

        return options.Contains("-a") || options.Contains("--all")
            ? Each(words, name => Load(process, name, []))
            : Load(process, words[0], [.. words.Skip(1)]);
    }

    private static IEnumerable<Act> Depmod(ProcessContext process)
    {
        process.Machine.Modules.HasIndex = true;
        yield break;
    }

    private static IEnumerable<Act> Each(List<string> names, Func<string, IEnumerable<Act>> act)
    {
        foreach (var name in names)
        {
            yield return Act.Run(act(name));
        }
    }

    private static IEnumerable<Act> Load(ProcessContext process, string name, IReadOnlyList<string> arguments)
    {
        var modules = process.Machine.Modules;
        if (modules.Indexed(name) is not { } module)
        {
            yield return Act.Run(Fail(process, $"modprobe: FATAL: Module {name} not found in directory {KernelModules.Directory}"));
            yield break;
        }

        if (modules.Find(module.Name) is not null)
        {
            yield break;
        }

        foreach (var (used, _) in module.Uses)
        {
            yield return Act.Run(Load(process, used, []));
            if (process.ExitCode != 0)
            {
                yield break;
            }
        }

        var errno = Errno.None;
        yield return Act.Run(Insert(process, module, arguments, e => errno = e));
        if (errno != Errno.None)
        {
            yield return Act.Run(Fail(process, $"modprobe: ERROR: could not insert '{module.Name}': {WordsOf(errno)}"));
            yield break;
        }

        foreach (var after in module.SoftAfter.Where(a => modules.Indexed(a) is not null))
        {
            // A soft dependency that cannot be loaded does not matter.
            yield return Act.Run(Load(process, after, []));
            process.ExitCode = 0;
        }
    }

    private static IEnumerable<Act> Unload(ProcessContext process, string name)
    {
        var modules = process.Machine.Modules;
        if (modules.Indexed(name) is not { } module)
        {
            yield return Act.Run(Fail(process, $"modprobe: FATAL: Module {name} not found."));
            yield break;
        }

        foreach (var after in module.SoftAfter.Reverse().Where(a => modules.Find(a) is { } loaded && modules.References(loaded) == 0))
        {
            yield return Act.Run(Delete(process, after, _ => { }));
        }

        if (modules.Find(module.Name) is not { } found)
        {
            yield break;
        }

        if (modules.References(found) > 0)
        {
            yield return Act.Run(Fail(process, $"modprobe: FATAL: Module {module.Name} is in use."));
            yield break;
        }

        yield return Act.Run(Delete(process, module.Name, _ => { }));
        foreach (var (used, _) in module.Uses.Where(u => modules.Find(u.Module) is { } loaded && modules.References(loaded) == 0 && IsUnwanted(loaded)))
        {
            yield return Act.Run(Unload(process, used));
        }
    }

    // modprobe -r takes along what was loaded for it. What the machine was booted with stays here, as somebody uses it.
    private static bool IsUnwanted(LoadedModule loaded) => loaded.Module.Directory == "updates";

    private static IEnumerable<Act> Insmod(ProcessContext process)
    {
        var path = process.Arguments.Count > 0 ? process.Arguments[0] : "";
        if (process.Machine.Modules.OfFile(process.Full(path)) is not { } module)
        {
            var isThere = process.Machine.Tree.Find(process.Full(path)) is not null;
            yield return Act.Run(Fail(process, isThere
                ? $"insmod: ERROR: could not insert module {path}: Invalid module format"
                : $"insmod: ERROR: could not load module {path}: No such file or directory"));
            yield break;
        }

        var errno = Errno.None;
        yield return Act.Run(Insert(process, module, [.. process.Arguments.Skip(1)], e => errno = e));
        if (errno != Errno.None)
        {
            yield return Act.Run(Fail(process, $"insmod: ERROR: could not insert module {path}: {WordsOf(errno)}"));
        }
    }

    private static IEnumerable<Act> Rmmod(ProcessContext process)
    {
        foreach (var name in process.Arguments.Where(a => !a.StartsWith('-')))
        {
            var modules = process.Machine.Modules;
            if (modules.Find(name) is not { } loaded)
            {
                yield return Act.Run(Fail(process, $"rmmod: ERROR: Module {name} is not currently loaded"));
                continue;
            }

            if (modules.Users(loaded.Module.Name) is { Count: > 0 } users)
            {
                yield return Act.Run(Fail(process, $"rmmod: ERROR: Module {loaded.Module.Name} is in use by: {string.Join(' ', users)}"));
                continue;
            }

            var errno = Errno.None;
            yield return Act.Run(Delete(process, loaded.Module.Name, e => errno = e));
            if (errno != Errno.None)
            {
                yield return Act.Run(Fail(process, $"rmmod: ERROR: Module {loaded.Module.Name} is in use"));
            }
        }
    }

    private static IEnumerable<Act> Lsmod(ProcessContext process)
    {
        var modules = process.Machine.Modules;
        return process.Print("Module                  Size  Used by\n" + string.Concat(modules.Loaded.Select(l => string.Create(
            CultureInfo.InvariantCulture, $"{l.Module.Name,-19} {l.Module.Size,8}  {modules.References(l)}{string.Concat(modules.Users(l.Module.Name).Select((u, i) => (i == 0 ? " " : ",") + u))}\n"))));
    }

    private static IEnumerable<Act> Modinfo(ProcessContext process)
    {
        var name = process.Arguments.LastOrDefault(a => !a.StartsWith('-')) ?? "";
        if ((process.Machine.Modules.Indexed(name) ?? process.Machine.Modules.OfFile(process.Full(name))) is not { } module)
        {
            return Fail(process, $"modinfo: ERROR: Module {name} not found.");
        }

        if (process.Arguments.Contains("-p") || process.Arguments.Contains("--parameters"))
        {
            return process.Print(string.Concat(module.Parameters.Select(p => $"{p.Name}:{p.Description} ({p.Type})\n")));
        }

        return process.Print(
            $"filename:       {KernelModules.FileOf(module)}\nversion:        {module.Version}\ndescription:    {module.Description}\nlicense:        GPL\n"
            + (module.SoftAfter.Count > 0 ? $"softdep:        post: {string.Join(' ', module.SoftAfter)}\n" : "")
            + $"depends:        {string.Join(',', module.Uses.Select(u => u.Module))}\nname:           {module.Name}\nvermagic:       {KernelIdentityTexts.Release} SMP preempt mod_unload\n"
            + string.Concat(module.Parameters.Select(p => $"parm:           {p.Name}:{p.Description} ({p.Type})\n")));
    }

    private static IEnumerable<Act> Insert(ProcessContext process, EmulatedModule module, IReadOnlyList<string> arguments, Action<Errno> ended) =>
        process.Call(FinitModule, () => Try(process, () => process.Machine.Modules.Insert(module, arguments), ended), 3, 0x5622f0a1c2a0, 0);

    private static IEnumerable<Act> Delete(ProcessContext process, string name, Action<Errno> ended) =>
        process.Call(DeleteModule, () => Try(process, () => process.Machine.Modules.Remove(name), ended), 0x5622f0a1c2a0, 0x800);

    private static long Try(ProcessContext process, Action action, Action<Errno> ended)
    {
        try
        {
            if (process.Task.Uid != 0)
            {
                Refusal.Throw(Errno.EPERM);
            }

            action();
            return 0;
        }
        catch (Refusal refusal)
        {
            ended(refusal.Errno);
            return -(long)refusal.Errno;
        }
    }

    private static string WordsOf(Errno errno) => errno switch
    {
        Errno.ENOENT => "Unknown symbol in module, or unknown parameter (see dmesg)",
        Errno.EINVAL => "Invalid argument",
        _ => errno.Text(),
    };

    private static IEnumerable<Act> Fail(ProcessContext process, string message)
    {
        yield return Act.Run(process.Write(2, System.Text.Encoding.UTF8.GetBytes(message + "\n")));
        process.ExitCode = 1;
    }
}
