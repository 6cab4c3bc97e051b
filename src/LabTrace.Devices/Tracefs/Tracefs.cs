using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>The tracing file system of a target: what can be traced there, and instances to trace with.</summary>
/// <remarks>Documentation/trace/ftrace.rst and events.rst of the kernel. Nothing of the shared top buffer is changed.</remarks>
public sealed class Tracefs
{
    /// <summary>Where tracefs is mounted when LabTrace mounts it.</summary>
    public const string DefaultPath = "/sys/kernel/tracing";

    private const int MaxNameTries = 100;
    private static int s_lastInstance;

    private Tracefs(TargetChanges changes, string path) => (Changes, Path) = (changes, path);

    /// <summary>The mount point on the target.</summary>
    public string Path { get; }

    /// <summary>The target it is on.</summary>
    public ITarget Target => Changes.Target;

    internal TargetChanges Changes { get; }

    /// <summary>Finds tracefs on a target, and mounts it when it is not: a journalled change, undone with the others.</summary>
    /// <exception cref="NotOnTargetException">The kernel has none, it cannot be mounted, or this user may not read it.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<Tracefs> OpenAsync(TargetChanges changes, CancellationToken cancellationToken)
    {
        var path = await FindAsync(changes.Target, cancellationToken) ?? await MountAsync(changes, cancellationToken);
        await CheckAccessAsync(changes.Target, path, cancellationToken);
        return new Tracefs(changes, path);
    }

    /// <summary>Where tracefs is mounted, or null when nowhere.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<string?> FindAsync(ITarget target, CancellationToken cancellationToken)
    {
        var mounts = MountTable.Parse(await target.ReadTextAsync("/proc/mounts", cancellationToken));
        var path = MountTable.FindTracefs(mounts);
        return path is not null && await IsThereAsync(target, path, cancellationToken) ? path : null;
    }

    /// <summary>Reads the names of all events.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<IReadOnlyList<EventName>> ReadAvailableEventsAsync(CancellationToken cancellationToken) =>
        EventCatalog.Parse(await Target.ReadTextAsync(Path + "/available_events", cancellationToken));

    /// <summary>Finds the events that a name or pattern covers: <c>sched:sched_switch</c>, <c>sched:*</c>, <c>sched_switch</c>, <c>sched</c>.</summary>
    /// <returns>At least one event.</returns>
    /// <exception cref="NotOnTargetException">It covers none; the message names the nearest.</exception>
    public async Task<IReadOnlyList<EventName>> ResolveAsync(EventName pattern, CancellationToken cancellationToken)
    {
        if (!EventCatalog.IsPattern(pattern)
            && await Target.ExistsAsync($"{Path}/events/{pattern.System}/{pattern.Name}/enable", cancellationToken))
        {
            return [pattern];
        }

        var available = await ReadAvailableEventsAsync(cancellationToken);
        var matches = EventCatalog.Match(pattern, available);
        return matches.Count > 0 ? matches : throw EventCatalog.Unknown(pattern, available, Target.Name, Path);
    }

    /// <summary>Reads how an event's records are laid out.</summary>
    /// <exception cref="NotOnTargetException">There is no such event.</exception>
    public async Task<EventFormat> ReadFormatAsync(EventName name, CancellationToken cancellationToken)
    {
        var found = (await ResolveAsync(name, cancellationToken))[0];
        return EventFormat.Parse(found.System, await Target.ReadAsync($"{Path}/events/{found.System}/{found.Name}/format", cancellationToken));
    }

    /// <summary>Makes an instance with a name nobody else has, its recording off; undoing the changes removes it.</summary>
    /// <param name="label">A word added to the name, for people who look at the target; or null.</param>
    /// <param name="cancellationToken">Ends the attempt; an instance made by then is undone with the other changes.</param>
    /// <exception cref="NotOnTargetException">The kernel has no instances, or has no room for another.</exception>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<TraceInstance> CreateInstanceAsync(string? label, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var number = Interlocked.Increment(ref s_lastInstance);
            var name = string.Create(CultureInfo.InvariantCulture, $"labtrace-{Environment.ProcessId}-{number}{(label is null ? "" : "-" + label)}");
            try
            {
                return await CreateInstanceNamedAsync(name, cancellationToken);
            }
            catch (TargetIOException e) when (e.Errno == Errno.EEXIST && tries < MaxNameTries)
            {
                // A run on another machine had the same pid, and was killed before it could clean up here.
            }
        }
    }

    /// <summary>Makes an instance with a given name, its recording off; undoing the changes removes it.</summary>
    /// <exception cref="ArgumentException">The name is empty or has a slash.</exception>
    /// <exception cref="NotOnTargetException">The kernel has no instances, or has no room for another.</exception>
    /// <exception cref="TargetIOException">EEXIST when there is one of that name.</exception>
    public async Task<TraceInstance> CreateInstanceNamedAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new ArgumentException($"'{name}' cannot be the name of a trace instance", nameof(name));
        }

        var path = $"{Path}/instances/{name}";
        try
        {
            await Changes.CreateDirectoryAsync(path, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.ENOENT or Errno.ENOMEM or Errno.ENOSPC)
        {
            throw e.Errno == Errno.ENOENT
                ? new NotOnTargetException($"the kernel of target '{Target.Name}' has no trace instances: there is no {Path}/instances", "boot a kernel of Linux 3.10 or newer", e)
                : new NotOnTargetException($"the kernel of target '{Target.Name}' has no memory for another trace instance", $"remove instances nobody uses: ls {Path}/instances", e);
        }

        var instance = new TraceInstance(this, name, path);
        await instance.StopAsync(cancellationToken);
        return instance;
    }

    /// <summary>An instance that somebody else made and will remove.</summary>
    /// <param name="name">The name of its directory under <c>instances/</c>.</param>
    public TraceInstance Borrow(string name) => new(this, name, $"{Path}/instances/{name}");

    /// <summary>The buffer that the whole machine shares; some tracers of older kernels work in no other.</summary>
    public TraceInstance MainBuffer() => new(this, "main", Path);

    /// <summary>The same tracefs, its changes told to another journal.</summary>
    internal Tracefs With(TargetChanges changes) => new(changes, Path);

    private static async Task<string> MountAsync(TargetChanges changes, CancellationToken cancellationToken)
    {
        var target = changes.Target;
        var known = await target.ReadTextAsync("/proc/filesystems", cancellationToken);
        if (!known.Split('\n').Any(line => line.EndsWith("\ttracefs", StringComparison.Ordinal)))
        {
            throw new NotOnTargetException(
                $"the kernel of target '{target.Name}' has no tracefs: /proc/filesystems does not list it", "boot a kernel with CONFIG_FTRACE=y");
        }

        var mount = new Command("mount", "-t", "tracefs", "tracefs", DefaultPath);
        try
        {
            await changes.RunUndoableAsync(mount, undo: new Command("umount", DefaultPath), isVolatile: true, cancellationToken);
            return DefaultPath;
        }
        catch (LabException e) when (e is CommandFailedException or TargetIOException)
        {
            // Another run may have mounted it between our look and our try: mount(8) then says EBUSY.
            var reason = e is CommandFailedException failed ? failed.Result.ErrorText.Trim() : e.Message;
            return await FindAsync(target, cancellationToken) ?? throw new NotOnTargetException(
                $"tracefs is not mounted on target '{target.Name}', and mounting it failed: {reason}", $"as root: {mount}", e);
        }
    }

    private static async Task CheckAccessAsync(ITarget target, string path, CancellationToken cancellationToken)
    {
        try
        {
            _ = await target.ReadAsync(path + "/available_tracers", cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
            throw new NotOnTargetException(
                $"tracefs at {path} on target '{target.Name}' may not be read by this user: {e.Errno.Name()}", "run as root: sudo ./labtrace …", e);
        }
    }

    // An ordinary user cannot look into the directory, but sees that it is there.
    private static async Task<bool> IsThereAsync(ITarget target, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await target.ExistsAsync(path, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
            return true;
        }
    }
}
