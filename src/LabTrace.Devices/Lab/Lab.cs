using System.Collections.Concurrent;

namespace LabTrace.Devices;

/// <summary>A place opened for a run: locked, what dead runs left undone, ready to open scenarios.</summary>
public sealed class Lab : IAsyncDisposable
{
    private const string KernelLogName = "kernel log";
    private const string KernelName = "kernel";
    private const string ConsoleName = "console.log";

    private readonly LabOptions _options;
    private readonly PlaceLock? _lock;
    private readonly JournalDirectory _journals;
    private readonly ConcurrentDictionary<string, bool> _captureNames = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task<object?>> _known = new(StringComparer.Ordinal);
    private readonly ITarget _target;
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly ConcurrentQueue<TargetChanges> _undoLater = new();
    private BenchState? _bench;
    private int _open;

    private Lab(LabOptions options, PlaceLock? placeLock, JournalDirectory journals, ITarget target, UndoReport leftovers)
    {
        (_options, _lock, _journals, _target, Leftovers) = (options, placeLock, journals, target, leftovers);
    }

    /// <summary>The place.</summary>
    public PlaceDescription Place => _options.Place;

    /// <summary>Where the run leaves its captures.</summary>
    public string OutputDirectory => _options.OutputDirectory;

    /// <summary>Cancelled by Ctrl-C; teardown does not heed it.</summary>
    public CancellationToken Interrupt => _options.Interrupt;

    /// <summary>Why the place cannot be had here at all, or null when it can.</summary>
    public PlaceNotAvailableException? Absence { get; private init; }

    /// <summary>What dead runs had left and opening undid.</summary>
    public UndoReport Leftovers { get; }

    /// <summary>
    /// A target of the place to look at: its kernel, what it can do. A scenario changes the target it is given by
    /// <see cref="OpenScenarioAsync(string, string?, CancellationToken)"/>, which at an emulated place is another one.
    /// </summary>
    public ITarget Target => _target;

    /// <summary>Opens a place: locks it, opens its target, undoes what dead runs left.</summary>
    /// <exception cref="PlaceBusyException">Another run uses it.</exception>
    /// <exception cref="LabConfigException">The state directory or the place cannot be used.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<Lab> OpenAsync(LabOptions options, CancellationToken cancellationToken)
    {
        var place = options.Place;
        foreach (var secret in place.Secrets)
        {
            SecretPattern.Add(secret, SecretRedactor.Process);
        }

        var journals = JournalDirectory.OfPlace(options.StateDirectory, place.StateName, options.Time);
        if (!place.OutlivesRuns)
        {
            ITarget throwAway;
            try
            {
                throwAway = await options.OpenTarget(place, cancellationToken);
            }
            catch (PlaceNotAvailableException e)
            {
                return new Lab(options, null, journals, new AbsentTarget(place, e), UndoReport.Nothing) { Absence = e };
            }

            (throwAway as IConsoleTarget)?.KeepConsole(Path.Combine(options.OutputDirectory, ConsoleName));
            return new Lab(options, null, journals, throwAway, UndoReport.Nothing);
        }

        var placeLock = await PlaceLock.AcquireAsync(
            options.StateDirectory, place.StateName, options.Wait, options.Progress, options.Time, cancellationToken);
        ITarget? target = null;
        try
        {
            target = await options.OpenTarget(place, cancellationToken);
            var known = journals.Names();
            var bench = target is ILockTarget ? await BenchState.OpenAsync(target, place.Settings.TryGetValue("state-directory", out var root) ? [root] : BenchState.UsualRoots, options.Wait, options.Progress, options.Time, cancellationToken) : null;
            var leftovers = await journals.RestoreAsync(target, cancellationToken);
            if (bench is not null)
            {
                var bootId = (await target.ReadKernelIdentityAsync(cancellationToken)).BootId;
                leftovers += await bench.RestoreAsync(known, bootId, options.Time, cancellationToken);
            }

            return new Lab(options, placeLock, journals, target, leftovers) { _bench = bench };
        }
        catch
        {
            if (target is not null)
            {
                await target.DisposeAsync();
            }

            placeLock.Dispose();
            throw;
        }
    }

    /// <summary>The target's kernel, read once a run.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public Task<KernelIdentity> ReadKernelAsync(CancellationToken cancellationToken) =>
        RememberAsync(KernelName, static async (target, token) => await target.ReadKernelIdentityAsync(token), cancellationToken);

    /// <summary>Finds something out about the place's target once a run; all who ask get the same answer.</summary>
    /// <typeparam name="T">The answer's type, one for each name.</typeparam>
    /// <param name="name">What is asked.</param>
    /// <param name="find">Finds it out, on <see cref="Target"/>; an answer that could not be had is asked for again next time.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    public async Task<T> RememberAsync<T>(
        string name, Func<ITarget, CancellationToken, Task<T>> find, CancellationToken cancellationToken)
    {
        var known = _known.GetOrAdd(name, async _ => await find(_target, cancellationToken));
        try
        {
            return (T)(await known.WaitAsync(cancellationToken))!;
        }
        catch
        {
            _ = _known.TryRemove(KeyValuePair.Create(name, known));
            throw;
        }
    }

    /// <summary>The kernel's log of a place that scenarios share, opened once a run.</summary>
    /// <exception cref="TargetIOException">EPERM without the right to read it, ENOENT where the kernel has none.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    internal Task<KernelLogFeed> OpenKernelLogAsync(CancellationToken cancellationToken) => RememberAsync(
        KernelLogName, static async (target, token) => new KernelLogFeed(await KmsgSource.OpenAsync(target, token)), cancellationToken);

    /// <summary>Opens the place for one scenario: a fresh target at an emulated place, the shared one elsewhere.</summary>
    /// <param name="scenario">The scenario's name, for the journal and the capture directory.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public Task<LabScenario> OpenScenarioAsync(string scenario, CancellationToken cancellationToken) =>
        OpenScenarioAsync(scenario, feature: null, cancellationToken);

    /// <summary>Opens the place for one scenario of a feature: a place with throw-away machines may give it a fresh one.</summary>
    /// <param name="scenario">The scenario's name, for the journal and the capture directory.</param>
    /// <param name="feature">The feature's name, or null for what belongs to none.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<LabScenario> OpenScenarioAsync(string scenario, string? feature, CancellationToken cancellationToken)
    {
        scenario = SecretRedactor.Process.Redact(scenario);
        var captures = Path.Combine(OutputDirectory, "captures", UniqueName(scenario));
        if (!Place.IsShared)
        {
            var own = await _options.OpenTarget(Place, cancellationToken);
            return new LabScenario(this, scenario, new TargetChanges(own, ChangeJournal.InMemory(), _options.Time), captures, ownsTarget: true);
        }

        await RenewAsync(feature, cancellationToken);
        var journal = Place.OutlivesRuns
            ? _journals.Create(Place.Name, scenario, (await ReadKernelAsync(cancellationToken)).BootId)
            : ChangeJournal.InMemory();
        var onBench = _bench is { } bench && journal.OnDiskAs is { } file ? bench.OpenJournal(file.Name, file.Header) : null;
        _ = Interlocked.Increment(ref _open);
        return new LabScenario(this, scenario, new TargetChanges(_target, journal, _options.Time) { OnBench = onBench }, captures, ownsTarget: false);
    }

    /// <summary>The link to the target is another one: what was known of its kernel is no longer known, and the lock is taken again.</summary>
    internal async Task RelinkedAsync(CancellationToken cancellationToken)
    {
        _ = _known.TryRemove(KernelName, out _);
        if (_bench is not null)
        {
            await _bench.LockAsync(_options.Wait, _options.Progress, _options.Time, cancellationToken);
        }
    }

    /// <summary>Keeps what could not be undone because the link was lost, until there is a link again.</summary>
    internal void UndoLater(TargetChanges changes) => _undoLater.Enqueue(changes);

    /// <summary>A scenario has let the shared target go.</summary>
    internal void ScenarioClosed() => Interlocked.Decrement(ref _open);

    // A machine that is down is replaced for whoever comes next; one that works is not taken from under a scenario that uses it.
    private async Task RenewAsync(string? feature, CancellationToken cancellationToken)
    {
        if (_target is not IBootableTarget bootable)
        {
            return;
        }

        await _renewing.WaitAsync(cancellationToken);
        try
        {
            var wants = feature is not null && bootable.WantsFresh(feature);
            if (bootable.Down is not null || (wants && _open == 0))
            {
                await bootable.RenewAsync(cancellationToken);
                await RelinkedAsync(cancellationToken);
                while (_undoLater.TryDequeue(out var changes))
                {
                    await changes.DisposeAsync();
                }
            }
        }
        finally
        {
            _ = _renewing.Release();
        }
    }

    /// <summary>Closes the target and lets the next run have the place.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_known.TryGetValue(KernelLogName, out var log) && log.IsCompletedSuccessfully && log.Result is KernelLogFeed feed)
        {
            await feed.DisposeAsync();
        }

        while (_undoLater.TryDequeue(out var changes))
        {
            // The journals keep it for the next run.
            changes.Close();
        }

        await _target.DisposeAsync();
        _lock?.Dispose();
        _renewing.Dispose();
    }

    // Two rows of one outline have one name; each keeps its own captures.
    private string UniqueName(string scenario)
    {
        var name = FileNames.Of(scenario);
        var unique = name;
        for (var number = 2; !_captureNames.TryAdd(unique, true); number++)
        {
            unique = $"{name}-{number}";
        }

        return unique;
    }
}
