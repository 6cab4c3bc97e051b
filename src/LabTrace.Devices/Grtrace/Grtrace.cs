using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>
/// grtrace, the GPU ring tracer of a target: control, settings, statistics, injected events and the relay buffers. What it changes is
/// undone with the other changes.
/// </summary>
/// <remarks>
/// The parts of the class: opening, control and statistics here, settings in Grtrace.Settings.cs, recording in Grtrace.Recording.cs;
/// modules are <see cref="GrtraceModules"/>. Files have several names, see <see cref="GrtraceFile"/>: the first that is there is used.
/// </remarks>
public sealed partial class Grtrace
{
    private const string Directory = "grtrace";
    private const string ProcStats = "/proc/grtrace_stats";
    private const string UsualDebugfs = "/sys/kernel/debug";
    private IReadOnlySet<string> _names;

    private Grtrace(TargetChanges changes, string path, IReadOnlySet<string> names) => (Changes, Path, _names) = (changes, path, names);

    /// <summary>The directory in debugfs.</summary>
    public string Path { get; }

    /// <summary>The target.</summary>
    public ITarget Target => Changes.Target;

    /// <summary>The way to change the target.</summary>
    public TargetChanges Changes { get; }

    /// <summary>Finds grtrace on a target.</summary>
    /// <exception cref="NotOnTargetException">debugfs is not mounted, may not be read by this user, or grtrace is not loaded; says which, and what to do.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<Grtrace> OpenAsync(TargetChanges changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var target = changes.Target;
        var debugfs = await FindDebugfsAsync(target, cancellationToken);
        var path = $"{debugfs}/{Directory}";
        try
        {
            return new Grtrace(changes, path, await ListAsync(target, path, cancellationToken));
        }
        catch (TargetIOException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
            throw new NotOnTargetException($"{path} on target '{target.Name}' may not be read by this user: {e.Errno.Name()}", "run as root: sudo ./labtrace …", e);
        }
        catch (TargetIOException e) when (e.Errno == Errno.ENOENT)
        {
            throw await target.ExistsAsync("/sys/module/grtrace", cancellationToken)
                ? new NotOnTargetException(
                    $"grtrace is loaded on target '{target.Name}', but there is no {path}", "look for its words in the kernel's log: dmesg | grep grtrace", e)
                : new NotOnTargetException($"grtrace is not loaded on target '{target.Name}': there is no {path}", "modprobe grtrace", e);
        }
    }

    /// <summary>Looks again which files there are, after a module was loaded or unloaded.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken) => _names = await ListAsync(Target, Path, cancellationToken);

    /// <summary>The path of one of the files, by the first of its names that is there.</summary>
    /// <exception cref="NotOnTargetException">None is there; names the module that brings it.</exception>
    public string Find(GrtraceFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return TryFind(file) ?? throw new NotOnTargetException(
            $"grtrace of target '{Target.Name}' has no file for its {file.What}: {Path} has none of {string.Join(", ", file.Names)}",
            file.Module is null or Directory ? "use a version of grtrace that has it" : $"modprobe {file.Module}");
    }

    /// <summary>The path of a file by one of its names: that one if it is there, else by the first that is.</summary>
    /// <exception cref="ArgumentException">No file of grtrace has the name.</exception>
    /// <exception cref="NotOnTargetException">None of its names is there; names the module that brings it.</exception>
    public string Find(string name) => _names.Contains(name) && IsKnown(name, out _) ? $"{Path}/{name}"
        : IsKnown(name, out var file) ? Find(file)
        : throw new ArgumentException($"'{name}' is no file of grtrace{NearestNames.Clause(name, GrtraceFile.All.SelectMany(f => f.Names))}", nameof(name));

    /// <summary>As <see cref="Find(GrtraceFile)"/>, or null when none is there.</summary>
    public string? TryFind(GrtraceFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Names.FirstOrDefault(_names.Contains) is { } name ? $"{Path}/{name}" : null;
    }

    /// <summary>The relay files: one for each cpu, or one for all where there is none for each.</summary>
    /// <exception cref="NotOnTargetException">There is none.</exception>
    public IReadOnlyList<string> FindEventFiles()
    {
        foreach (var prefix in GrtraceFile.EventPrefixes)
        {
            var files = _names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && n.Length > prefix.Length && n.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0)
                .OrderBy(n => int.Parse(n.AsSpan(prefix.Length), CultureInfo.InvariantCulture)).Select(n => $"{Path}/{n}").ToArray();
            if (files.Length > 0)
            {
                return files;
            }
        }

        return GrtraceFile.EventPipes.FirstOrDefault(_names.Contains) is { } pipe
            ? [$"{Path}/{pipe}"]
            : throw new NotOnTargetException(
                $"grtrace of target '{Target.Name}' has no relay files: {Path} has none of {string.Join(", ", GrtraceFile.EventPrefixes.Select(p => p + "0").Concat(GrtraceFile.EventPipes))}",
                "boot a kernel with CONFIG_RELAY=y and build grtrace for it");
    }

    /// <summary>Starts tracing.</summary>
    /// <exception cref="TargetIOException">The module refused.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => SwitchAsync(on: true, cancellationToken);

    /// <summary>Stops tracing; what was recorded can still be read.</summary>
    /// <exception cref="TargetIOException">The module refused.</exception>
    public Task StopAsync(CancellationToken cancellationToken) => SwitchAsync(on: false, cancellationToken);

    /// <summary>Reads the counters.</summary>
    public async Task<GrtraceStats> ReadStatsAsync(CancellationToken cancellationToken) =>
        GrtraceStats.Parse(await Target.ReadTextAsync(Find(GrtraceFile.Stats), cancellationToken));

    /// <summary>Whether tracing is on.</summary>
    public async Task<bool> IsEnabledAsync(CancellationToken cancellationToken) => (await ReadStatsAsync(cancellationToken)).IsEnabled;

    /// <summary>Written events by the name of their kind; kinds without any are not there.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadEventsByTypeAsync(CancellationToken cancellationToken) =>
        GrtraceTables.Counts(await Target.ReadTextAsync(Find(GrtraceFile.EventsByType), cancellationToken));

    /// <summary>The rings that adapters know or events came from.</summary>
    public async Task<IReadOnlyList<GrtraceRing>> ReadRingsAsync(CancellationToken cancellationToken) =>
        GrtraceTables.Rings(await Target.ReadTextAsync(Find(GrtraceFile.Rings), cancellationToken));

    /// <summary>The module's version, as it says.</summary>
    public async Task<string> ReadVersionAsync(CancellationToken cancellationToken) => (await Target.ReadTextAsync(Find(GrtraceFile.Version), cancellationToken)).Trim();

    /// <summary>What the rings did in the aggregator's last window that is over; nothing when nothing happened.</summary>
    /// <exception cref="NotOnTargetException">grtrace_aggregator is not loaded.</exception>
    public async Task<IReadOnlyList<GrtraceWindow>> ReadWindowsAsync(CancellationToken cancellationToken) =>
        GrtraceTables.Windows(await Target.ReadTextAsync(Find(GrtraceFile.AggregatorStats), cancellationToken));

    /// <summary>What the sampler took of each ring.</summary>
    /// <exception cref="NotOnTargetException">grtrace_sampling is not loaded.</exception>
    public async Task<IReadOnlyList<GrtraceSample>> ReadSamplesAsync(CancellationToken cancellationToken) =>
        GrtraceTables.Samples(await Target.ReadTextAsync(Find(GrtraceFile.SamplingStats), cancellationToken));

    /// <summary>How busy the rings are; <c>/proc/grtrace_stats</c>.</summary>
    /// <exception cref="NotOnTargetException">grtrace_perf_mon is not loaded.</exception>
    public async Task<IReadOnlyList<GrtracePerformance>> ReadPerformanceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return GrtraceTables.Performance(await Target.ReadTextAsync(ProcStats, cancellationToken));
        }
        catch (TargetIOException e) when (e.Errno == Errno.ENOENT)
        {
            throw new NotOnTargetException($"target '{Target.Name}' has no {ProcStats}", "modprobe grtrace_perf_mon", e);
        }
    }

    /// <summary>Injects an event.</summary>
    /// <exception cref="TargetIOException">EINVAL: the module does not understand it.</exception>
    public ValueTask EmitAsync(GrtraceEmit item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        return EmitTextAsync(item.ToString(), cancellationToken);
    }

    /// <summary>Writes a text of one's own into <c>emit</c>.</summary>
    /// <exception cref="TargetIOException">EINVAL: the module does not understand it.</exception>
    public ValueTask EmitTextAsync(string text, CancellationToken cancellationToken) => Target.WriteTextAsync(Find(GrtraceFile.Emit), text, cancellationToken);

    /// <summary>Injects many events in one round trip for every few thousand.</summary>
    /// <exception cref="TargetIOException">One was refused; those before it were injected.</exception>
    public async Task EmitManyAsync(IEnumerable<GrtraceEmit> items, CancellationToken cancellationToken)
    {
        const int atOnce = 4096;
        var path = Find(GrtraceFile.Emit);
        foreach (var chunk in items.Chunk(atOnce))
        {
            var outcomes = await Target.WriteManyAsync([.. chunk.Select(i => new FileWrite(path, Encoding.ASCII.GetBytes(i.ToString() + "\n")))], cancellationToken);
            if (outcomes is [.., { Errno: not Errno.None } refused])
            {
                throw new TargetIOException(Target.Name, $"write '{chunk[outcomes.Count - 1]}' to", path, refused.Errno);
            }
        }
    }

    private static bool IsKnown(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GrtraceFile? file) =>
        (file = GrtraceFile.All.FirstOrDefault(f => f.Names.Contains(name, StringComparer.Ordinal))) is not null;

    private static async Task<string> FindDebugfsAsync(ITarget target, CancellationToken cancellationToken)
    {
        var path = MountTable.Parse(await target.ReadTextAsync("/proc/mounts", cancellationToken)).FirstOrDefault(m => m.Type == "debugfs").Path;
        if (path is not null)
        {
            return path;
        }

        var known = (await target.ReadTextAsync("/proc/filesystems", cancellationToken)).Split('\n').Any(l => l.EndsWith("\tdebugfs", StringComparison.Ordinal));
        throw known
            ? new NotOnTargetException($"debugfs is not mounted on target '{target.Name}'", $"mount -t debugfs none {UsualDebugfs}")
            : new NotOnTargetException($"the kernel of target '{target.Name}' has no debugfs", "boot a kernel with CONFIG_DEBUG_FS=y and CONFIG_RELAY=y");
    }

    private static async Task<IReadOnlySet<string>> ListAsync(ITarget target, string path, CancellationToken cancellationToken) =>
        (await target.ListAsync(path, cancellationToken)).Select(e => e.Name).ToHashSet(StringComparer.Ordinal);

    private async Task SwitchAsync(bool on, CancellationToken cancellationToken)
    {
        var path = Find(GrtraceFile.Control);
        var isWord = path.EndsWith("/control", StringComparison.Ordinal);
        string Value(bool value) => isWord ? (value ? "start" : "stop") : value ? "1" : "0";
        var wasOn = await IsEnabledAsync(cancellationToken);
        await Changes.SetAttributeAsync(path, Value(on), Value(wasOn), cancellationToken);
    }
}
