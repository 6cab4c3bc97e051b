using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LabTrace.Devices;

/// <summary>
/// What a bench itself keeps of the runs at it: a lock, and a journal of each scenario's changes. So a runner that died is undone
/// by the next one, wherever that runs.
/// </summary>
internal sealed class BenchState
{
    /// <summary>Where it is kept unless the place says otherwise: the first of these that can be written.</summary>
    public static readonly IReadOnlyList<string> UsualRoots = ["/var/lib/labtrace", "/var/tmp/labtrace"];
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly ITarget _target;
    private readonly string _root;

    private BenchState(ITarget target, string root) => (_target, _root) = (target, root);

    /// <summary>Where journals are.</summary>
    public string Journals => _root + "/journals";

    /// <summary>Finds a directory on the bench that can be written, and takes the bench's lock there.</summary>
    /// <param name="target">The bench.</param>
    /// <param name="roots">Directories to try, in order.</param>
    /// <param name="wait">How long to wait for another run.</param>
    /// <param name="progress">Told whom it waits for, and that nothing can be kept there; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null where nothing can be kept; the runner's own lock and journal then have to do.</returns>
    /// <exception cref="PlaceBusyException">Another run, perhaps of another machine, uses the bench.</exception>
    public static async Task<BenchState?> OpenAsync(ITarget target, IReadOnlyList<string> roots, TimeSpan wait, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var root in roots)
        {
            if (await MakeAsync(target, root, cancellationToken) && await MakeAsync(target, root + "/journals", cancellationToken))
            {
                var state = new BenchState(target, root);
                await state.LockAsync(wait, progress, time, cancellationToken);
                return state;
            }
        }

        progress?.Invoke($"target '{target.Name}' has no directory for a journal and a lock of its own: only this machine knows of this run");
        return null;
    }

    /// <summary>Takes the lock, as after a link that was lost and took it along.</summary>
    public async Task LockAsync(TimeSpan wait, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_target is not ILockTarget locks)
        {
            return;
        }

        var me = new LockHolder(ProcessIdentity.Current, Environment.UserName, SecretRedactor.Process.Redact(Environment.CommandLine), time.GetUtcNow());
        var holder = JsonSerializer.Serialize(me, StateJson.Default.LockHolder);
        var started = time.GetTimestamp();

        // A boot may have emptied the directory.
        _ = await MakeAsync(_target, _root, cancellationToken) && await MakeAsync(_target, Journals, cancellationToken);
        while (await locks.TryLockAsync(_root + "/lock", holder, cancellationToken) is { Length: > 0 } other)
        {
            var who = Describe(other);
            if (time.GetElapsedTime(started) >= wait)
            {
                throw new PlaceBusyException($"target '{_target.Name}' is in use by {who}", "run with --wait, or end that run");
            }

            progress?.Invoke($"target '{_target.Name}' is in use by {who}; waiting");
            progress = null;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Undoes what dead runs of any machine left; whoever calls it holds the lock.</summary>
    /// <param name="known">Names of journals that this machine has itself, and has restored.</param>
    /// <param name="bootId">The bench's boot.</param>
    /// <param name="time">Times the retries.</param>
    /// <param name="cancellationToken">Ends the undoing; what is left stays in the journals.</param>
    public async Task<UndoReport> RestoreAsync(IReadOnlySet<string> known, string bootId, TimeProvider time, CancellationToken cancellationToken)
    {
        var report = UndoReport.Nothing;
        foreach (var entry in (await _target.ListAsync(Journals, cancellationToken)).Where(e => e.Kind == FileKind.File).Reverse())
        {
            var path = $"{Journals}/{entry.Name}";
            if (known.Contains(entry.Name))
            {
                await _target.RemoveFileAsync(path, cancellationToken);
                continue;
            }

            if (JournalFile.Parse(path, await _target.ReadAsync(path, cancellationToken)) is not { } file)
            {
                await _target.RemoveFileAsync(path, cancellationToken);
                continue;
            }

            using var journal = ChangeJournal.Replay(file);
            if (file.Header.BootId != bootId)
            {
                file.Pending.Where(p => p.Value.IsUndoneByBoot()).Select(p => p.Key).ToList().ForEach(journal.Settle);
            }

            var undone = await Undoing.UndoAsync(_target, journal, new Dictionary<int, ITargetProcess>(), time, cancellationToken);
            report += undone with
            {
                Notes = [string.Create(CultureInfo.InvariantCulture, $"a run of {file.Header.Owner.Host} (pid {file.Header.Owner.Pid}) had left changes of '{file.Header.Scenario}'")],
            };
            if (undone.IsComplete)
            {
                await _target.RemoveFileAsync(path, cancellationToken);
            }
        }

        return report;
    }

    /// <summary>A scenario's journal on the bench, made with its first change.</summary>
    /// <param name="name">The file's name: that of the runner's own journal.</param>
    /// <param name="header">Whose it is.</param>
    public BenchJournal OpenJournal(string name, JournalHeader header) => new(_target, $"{Journals}/{name}", header);

    private static async Task<bool> MakeAsync(ITarget target, string path, CancellationToken cancellationToken)
    {
        try
        {
            await target.CreateDirectoryAsync(path, cancellationToken);
            return true;
        }
        catch (TargetIOException e)
        {
            return e.Errno == Errno.EEXIST && await CanWriteAsync(target, path, cancellationToken);
        }
    }

    private static async Task<bool> CanWriteAsync(ITarget target, string path, CancellationToken cancellationToken)
    {
        var trial = $"{path}/.try-{ProcessIdentity.Current.Pid}";
        try
        {
            await target.WriteAsync(trial, ReadOnlyMemory<byte>.Empty, WriteMode.Create, cancellationToken);
            await target.RemoveFileAsync(trial, cancellationToken);
            return true;
        }
        catch (TargetIOException)
        {
            return false;
        }
    }

    private static string Describe(string holder)
    {
        try
        {
            return JsonSerializer.Deserialize(holder, StateJson.Default.LockHolder) is { } other
                ? $"pid {other.Process.Pid} of {other.User} on {other.Process.Host} since {other.Since:u} (`{other.Command}`)"
                : "another run";
        }
        catch (JsonException)
        {
            return "another run";
        }
    }
}

/// <summary>The changes of one scenario, as the bench keeps them: written there before each is made.</summary>
internal sealed class BenchJournal(ITarget target, string path, JournalHeader header)
{
    private bool _isThere;

    /// <summary>Adds changes about to be made.</summary>
    public async Task AppendAsync(int first, IReadOnlyList<UndoRecord> undos, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        if (!_isThere)
        {
            await target.WriteAsync(path, ReadOnlyMemory<byte>.Empty, WriteMode.Create, cancellationToken);
            _isThere = true;
            _ = lines.Append(JsonSerializer.Serialize(new JournalLine(Header: header), StateJson.Default.JournalLine)).Append('\n');
        }

        for (var i = 0; i < undos.Count; i++)
        {
            _ = lines.Append(JsonSerializer.Serialize(new JournalLine(Change: first + i, Undo: undos[i]), StateJson.Default.JournalLine)).Append('\n');
        }

        try
        {
            await target.WriteAsync(path, Encoding.UTF8.GetBytes(lines.ToString()), WriteMode.Append, cancellationToken);
        }
        catch (TargetIOException e) when (_isThere && e.Errno == Errno.ENOENT && undos.Count > 0)
        {
            // The bench has booted, and its directory did not outlive that; nor did what was recorded before.
            _isThere = false;
            await AppendAsync(first, undos, cancellationToken);
        }
    }

    /// <summary>All is undone.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (_isThere)
        {
            _isThere = false;
            await target.RemoveFileAsync(path, cancellationToken);
        }
    }
}
