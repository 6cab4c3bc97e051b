namespace LabTrace.Devices;

/// <summary>grtrace's kernel modules on a target: the core, what enhances it, and the adapters between GPU drivers and it.</summary>
/// <param name="changes">The way to change the target; modules that are loaded are unloaded with the other changes.</param>
public sealed class GrtraceModules(TargetChanges changes)
{
    /// <summary>The core.</summary>
    public const string Core = "grtrace";

    private const int ShownLines = 5;

    /// <summary>What the core takes along by its soft dependencies.</summary>
    public static IReadOnlyList<string> Enhancements { get; } = ["grtrace_aggregator", "grtrace_sampling", "grtrace_filter", "grtrace_perf_mon"];

    /// <summary>Adapters, which are loaded by hand.</summary>
    public static IReadOnlyList<string> Adapters { get; } =
        ["grtrace_drm_bridge", "grtrace_amdgpu", "grtrace_i915", "grtrace_nouveau", "grtrace_virtio_gpu"];

    // In the order in which depmod prefers them, then the tree they are built in.
    private static readonly string[] Directories = ["updates", "extra", "external", "kernel/drivers/gpu/grtrace", "weak-updates"];

    private ITarget Target => changes.Target;

    /// <summary>Whether a module is loaded.</summary>
    public ValueTask<bool> IsLoadedAsync(string module, CancellationToken cancellationToken) => Target.ExistsAsync($"/sys/module/{module}", cancellationToken);

    /// <summary>grtrace's modules that are loaded, the last first, as <c>/proc/modules</c> has them.</summary>
    public async Task<IReadOnlyList<GrtraceModule>> ReadLoadedAsync(CancellationToken cancellationToken) =>
    [
        .. (await Target.ReadTextAsync("/proc/modules", cancellationToken)).Split('\n').Select(l => l.Split(' '))
            .Where(w => w.Length > 3 && w[0].StartsWith(Core, StringComparison.Ordinal))
            .Select(w => new GrtraceModule(
                w[0], int.TryParse(w[2], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 0, [.. w[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Where(u => u != "-")])),
    ];

    /// <summary>Loads a module by modprobe, with what it needs; where there is no modprobe, or it does not know the module, by insmod of its file.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="parameters">Such as <c>buffer_size=1048576</c>.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>False when it was loaded already; it then stays.</returns>
    /// <exception cref="NotOnTargetException">There is no such module; says what to build.</exception>
    /// <exception cref="GrtraceModuleException">The kernel refused it; carries what the kernel's log says.</exception>
    /// <remarks>Loaded by insmod, the same modules are there as by modprobe: the core before all others, and behind it those that enhance it, if the
    /// kernel takes them.</remarks>
    public async Task<bool> LoadAsync(string module, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await changes.LoadModuleAsync(module, parameters, cancellationToken);
        }
        catch (CommandFailedException e) when (IsUnknown(e.Result))
        {
            return await InsertWithOthersAsync(module, parameters, e, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno == Errno.ENOENT)
        {
            return await InsertWithOthersAsync(module, parameters, e, cancellationToken);
        }
        catch (CommandFailedException e)
        {
            throw await RefusedAsync(module, e, cancellationToken);
        }
    }

    /// <summary>Loads a module's file by insmod, which looks for nothing else.</summary>
    /// <exception cref="NotOnTargetException">There is no such file; says what to build.</exception>
    /// <exception cref="GrtraceModuleException">The kernel refused it: ENOENT for a symbol that no loaded module has.</exception>
    public Task<bool> InsertAsync(string module, IReadOnlyList<string> parameters, CancellationToken cancellationToken) =>
        InsertAsync(module, parameters, cause: null, cancellationToken);

    /// <summary>Loads several modules with one <c>modprobe -a</c>: a further name without <c>-a</c> would be a parameter of the first.</summary>
    /// <exception cref="GrtraceModuleException">The kernel refused one.</exception>
    public async Task LoadAllAsync(IReadOnlyList<string> modules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(modules);
        List<string> wanted = [];
        foreach (var module in modules)
        {
            if (!await IsLoadedAsync(module, cancellationToken))
            {
                wanted.Add(module);
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        try
        {
            await changes.RunUndoableAsync(
                new Command("modprobe", ["-a", .. wanted]), new Command("modprobe", ["-r", .. wanted.AsEnumerable().Reverse()]), isVolatile: true, cancellationToken);
        }
        catch (Exception e) when (e is CommandFailedException { Result: var result } && IsUnknown(result) || e is TargetIOException { Errno: Errno.ENOENT })
        {
            // By their files then, or with the words that say what to build.
            foreach (var module in wanted)
            {
                _ = await LoadAsync(module, [], cancellationToken);
            }
        }
        catch (CommandFailedException e)
        {
            throw await RefusedAsync(string.Join(", ", wanted), e, cancellationToken);
        }
    }

    /// <summary>Unloads a module; the module comes back with the other changes if it was there before them.</summary>
    /// <exception cref="TargetIOException">EBUSY: other modules use it; ENOENT: it is not loaded.</exception>
    public async Task UnloadAsync(string module, CancellationToken cancellationToken)
    {
        try
        {
            await changes.RunUndoableAsync(new Command("rmmod", module), new Command("modprobe", module), isVolatile: true, cancellationToken);
        }
        catch (CommandFailedException e)
        {
            var text = e.Result.ErrorText.Trim();
            throw text.Contains("in use", StringComparison.Ordinal) ? new TargetIOException(Target.Name, "unload module", module, Errno.EBUSY, text)
                : text.Contains("not currently loaded", StringComparison.Ordinal) ? new TargetIOException(Target.Name, "unload module", module, Errno.ENOENT, $"modprobe {module}")
                : e;
        }
    }

    /// <summary>A loaded module's parameter.</summary>
    /// <exception cref="TargetIOException">ENOENT: the module is not loaded or has no such parameter.</exception>
    public async Task<string> ReadParameterAsync(string module, string parameter, CancellationToken cancellationToken) =>
        (await Target.ReadTextAsync($"/sys/module/{module}/parameters/{parameter}", cancellationToken)).Trim();

    private static bool IsUnknown(CommandResult result) => result.ErrorText.Contains("not found", StringComparison.Ordinal);

    private static string OptionOf(string module) => "CONFIG_" + module.ToUpperInvariant();

    private async Task<bool> InsertWithOthersAsync(string module, IReadOnlyList<string> parameters, Exception cause, CancellationToken cancellationToken)
    {
        if (module != Core)
        {
            if (!await IsLoadedAsync(Core, cancellationToken) && await FindFileAsync(module, cancellationToken) is not null)
            {
                _ = await InsertWithOthersAsync(Core, [], cause, cancellationToken);
            }

            return await InsertAsync(module, parameters, cause, cancellationToken);
        }

        var isNew = await InsertAsync(Core, parameters, cause, cancellationToken);
        foreach (var enhancement in Enhancements)
        {
            try
            {
                _ = await FindFileAsync(enhancement, cancellationToken) is { } path && await changes.LoadModuleAsync(path, [], cancellationToken);
            }
            catch (CommandFailedException)
            {
                // A soft dependency that cannot be loaded does not matter, to modprobe neither.
            }
        }

        return isNew;
    }

    /// <summary>The file of a module for the running kernel; null when it was not built or not installed.</summary>
    private async Task<string?> FindFileAsync(string module, CancellationToken cancellationToken)
    {
        var release = (await Target.ReadKernelIdentityAsync(cancellationToken)).Release;
        foreach (var directory in Directories)
        {
            var path = $"/lib/modules/{release}/{directory}/{module}.ko";
            if (await Target.ExistsAsync(path, cancellationToken))
            {
                return path;
            }
        }

        return null;
    }

    private async Task<bool> InsertAsync(string module, IReadOnlyList<string> parameters, Exception? cause, CancellationToken cancellationToken)
    {
        if (await FindFileAsync(module, cancellationToken) is { } path)
        {
            try
            {
                return await changes.LoadModuleAsync(path, parameters, cancellationToken);
            }
            catch (CommandFailedException e)
            {
                throw await RefusedAsync(module, e, cancellationToken);
            }
        }

        var release = (await Target.ReadKernelIdentityAsync(cancellationToken)).Release;
        throw new NotOnTargetException(
            $"target '{Target.Name}' has no module {module}: neither modprobe nor /lib/modules/{release}/{{{string.Join(',', Directories)}}} has it",
            $"build it with {OptionOf(module)}=m: make M=drivers/gpu/grtrace && make M=drivers/gpu/grtrace modules_install && depmod -a",
            cause);
    }

    private async Task<GrtraceModuleException> RefusedAsync(string module, CommandFailedException refusal, CancellationToken cancellationToken)
    {
        var log = await Target.RunAsync(new Command("dmesg"), cancellationToken);
        var lines = log.OutputText.Split('\n').Where(l => l.Contains(Core, StringComparison.Ordinal)).TakeLast(ShownLines).ToArray();
        return new GrtraceModuleException(Target.Name, module, refusal, lines);
    }
}

/// <summary>A module that is loaded.</summary>
/// <param name="Name">Its name.</param>
/// <param name="References">How many use it.</param>
/// <param name="Users">Modules that do.</param>
public sealed record GrtraceModule(string Name, int References, IReadOnlyList<string> Users);
