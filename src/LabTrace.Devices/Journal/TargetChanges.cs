using System.Text;

namespace LabTrace.Devices;

/// <summary>
/// The ways to change a target such that everything is undone: each change is journalled before it is made, and
/// <see cref="UndoAsync"/> takes them back in reverse. Drivers change a target through this and nothing else.
/// </summary>
/// <remarks>Calls may come from several threads; changes that depend on each other are awaited one after the other.</remarks>
public sealed class TargetChanges : IAsyncDisposable
{
    private readonly ChangeJournal _journal;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ITargetProcess> _processes = [];
    private readonly HashSet<string> _restored = new(StringComparer.Ordinal);

    /// <summary>Makes changes of a target, told to a journal.</summary>
    /// <param name="target">The target to change.</param>
    /// <param name="journal">Where changes are recorded; disposed with this.</param>
    /// <param name="time">Times the retries of the undoing; the runner's clock, not the target's.</param>
    public TargetChanges(ITarget target, ChangeJournal journal, TimeProvider time)
    {
        (Target, _journal, _time) = (target, journal, time);
    }

    /// <summary>How long teardown may take in all, unless told otherwise.</summary>
    public static TimeSpan UndoLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The target, for reading; what is written to it directly is not undone.</summary>
    public ITarget Target { get; }

    /// <summary>Where the target itself keeps the journal, or null where it does not.</summary>
    internal BenchJournal? OnBench { get; init; }

    /// <summary>Changes that are recorded and not undone.</summary>
    public int Count => _journal.Pending.Count;

    /// <summary>Makes changes of a target, recorded in memory only.</summary>
    public static TargetChanges InMemory(ITarget target) => new(target, ChangeJournal.InMemory(), TimeProvider.System);

    /// <summary>Writes a value to an attribute, with a newline behind it.</summary>
    /// <param name="path">The attribute.</param>
    /// <param name="value">The value, without a newline.</param>
    /// <param name="restoreValue">
    /// What undoes it, or null to write back what the attribute reads as now. Needed where an attribute reads differently
    /// than it is written, as <c>trace_clock</c> does. Only the first change of an attribute counts.
    /// </param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused; nothing is to be undone then.</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public Task SetAttributeAsync(string path, string value, string? restoreValue, CancellationToken cancellationToken) =>
        SetAttributesAsync([new AttributeChange(path, value, restoreValue)], cancellationToken);

    /// <summary>Writes many attributes in order: one round trip to read them, one to write them, one flush of the journal.</summary>
    /// <exception cref="TargetIOException">A write was refused; those before it were made, those behind it not.</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public async Task SetAttributesAsync(IReadOnlyList<AttributeChange> changes, CancellationToken cancellationToken)
    {
        var (undos, paths) = (new List<UndoRecord>(), new List<string>());
        foreach (var change in await WithRestoreValuesAsync(FirstOfTheirPath(changes), cancellationToken))
        {
            undos.Add(new UndoRecord.WriteBack(change.Path, change.RestoreValue!));
            paths.Add(change.Path);
        }

        var first = await RecordAsync(undos, cancellationToken);
        lock (_gate)
        {
            _restored.UnionWith(paths);
        }

        var writes = changes.Select(c => new FileWrite(c.Path, Text(c.Value))).ToList();
        var outcomes = await Target.WriteManyAsync(writes, cancellationToken);
        if (outcomes.Count > 0 && outcomes[^1] is { Errno: not Errno.None } refused)
        {
            var made = outcomes.Take(outcomes.Count - 1).Select(o => o.Path).ToHashSet(StringComparer.Ordinal);
            Forget(paths.Select((path, i) => (path, first + i)).Where(p => !made.Contains(p.path)));
            Throw(refused, changes[outcomes.Count - 1].Value);
        }
    }

    /// <summary>Writes bytes to an attribute that is a memory, such as a block of flash; undoing writes those that it holds now.</summary>
    /// <param name="path">The attribute.</param>
    /// <param name="content">All that is written to it, in one write.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused; EIO when it took a part, which is undone with the rest.</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public async Task SetBytesAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        bool isRestored;
        lock (_gate)
        {
            isRestored = _restored.Contains(path);
        }

        List<UndoRecord> undos = isRestored ? [] : [new UndoRecord.WriteBytes(path, await Target.ReadAsync(path, cancellationToken))];
        var change = await RecordAsync(undos, cancellationToken);
        lock (_gate)
        {
            _ = _restored.Add(path);
        }

        try
        {
            await Target.WriteAsync(path, content, WriteMode.Truncate, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno != Errno.EIO && undos.Count > 0)
        {
            Forget([(path, change)]);
            throw;
        }
    }

    /// <summary>Appends a line to a list such as <c>uprobe_events</c>.</summary>
    /// <param name="path">The list.</param>
    /// <param name="line">The line, without a newline.</param>
    /// <param name="undoLine">The line that takes it back, for example <c>-:group/name</c>; ENOENT then counts as gone.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public Task AppendLineAsync(string path, string line, string undoLine, CancellationToken cancellationToken) =>
        MakeAsync(
            new UndoRecord.AppendLine(path, undoLine),
            () => Target.WriteAsync(path, Text(line), WriteMode.Append, cancellationToken).AsTask());

    /// <summary>Writes a value to one file; writing another to a second file takes it back, as <c>bind</c> does <c>unbind</c>.</summary>
    /// <param name="path">The first file.</param>
    /// <param name="value">What is written to it.</param>
    /// <param name="undoPath">The second file.</param>
    /// <param name="undoValue">What is written to that.</param>
    /// <param name="shownBy">A file that is there when it was taken back already.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The target's kernel refused; nothing is to be undone then.</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public Task ExchangeAsync(string path, string value, string undoPath, string undoValue, string shownBy, CancellationToken cancellationToken) =>
        MakeAsync(new UndoRecord.Exchange(undoPath, undoValue, shownBy), () => Target.WriteTextAsync(path, value, cancellationToken).AsTask());

    /// <summary>Makes a directory, such as a trace instance.</summary>
    /// <exception cref="TargetIOException">EEXIST: it is another's and will not be removed; ENOENT, EACCES…</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public async Task CreateDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        await MustNotExistAsync(path, "mkdir", cancellationToken);
        await MakeAsync(new UndoRecord.RemoveDirectory(path), () => Target.CreateDirectoryAsync(path, cancellationToken).AsTask());
    }

    /// <summary>Makes an ordinary file of mode 0600.</summary>
    /// <exception cref="TargetIOException">EEXIST: it is another's and is left alone; ENOENT, EACCES…</exception>
    /// <exception cref="JournalException">The journal cannot be written; nothing was changed.</exception>
    public async Task CreateFileAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await MustNotExistAsync(path, "create", cancellationToken);
        await MakeAsync(
            new UndoRecord.RemoveFile(path),
            () => Target.WriteAsync(path, content, WriteMode.Create, cancellationToken).AsTask());
    }

    /// <summary>
    /// Starts a program that undoing ends: in this run by SIGINT and, after its grace, SIGKILL; in a later run by SIGKILL, if
    /// its pid is still its own. It is held until it is in the journal.
    /// </summary>
    /// <exception cref="TargetIOException">ENOENT when there is no such program, EACCES when it may not be run.</exception>
    /// <exception cref="JournalException">The journal cannot be written; the program did not run.</exception>
    public async Task<ITargetProcess> StartAsync(Command command, CancellationToken cancellationToken) =>
        (await StartRecordedAsync(command, cancellationToken)).Process;

    /// <summary>Runs a program to its end; undoing ends it if it still runs. See <see cref="StartAsync"/>.</summary>
    /// <returns>How it ended; a non-zero exit code and a timeout are results.</returns>
    /// <exception cref="TargetIOException">ENOENT when there is no such program, EACCES when it may not be run.</exception>
    public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        var (process, change) = await StartRecordedAsync(command, cancellationToken);
        await using (process)
        {
            await process.ReleaseAsync(cancellationToken);
            var result = await process.WaitAsync(cancellationToken);
            _journal.Settle(change);
            lock (_gate)
            {
                _ = _processes.Remove(change);
            }

            return result;
        }
    }

    /// <summary>Runs a program that changes the target, such as mount(8), with the program that takes it back.</summary>
    /// <param name="command">Changes the target; must end with zero.</param>
    /// <param name="undo">Takes it back; must end with zero.</param>
    /// <param name="isVolatile">A reboot of the target undoes it too.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="CommandFailedException">The program did not end with zero; nothing is to be undone then.</exception>
    public Task RunUndoableAsync(Command command, Command undo, bool isVolatile, CancellationToken cancellationToken) =>
        MakeAsync(
            new UndoRecord.RunCommand(undo.Program, undo.Arguments, isVolatile),
            async () => (await Target.RunAsync(command, cancellationToken)).EnsureSuccess());

    /// <summary>Loads a kernel module: by modprobe, or by insmod when it is given as the path of a file.</summary>
    /// <returns>False when it was loaded already; it then stays.</returns>
    /// <exception cref="CommandFailedException">The kernel refused; modprobe's words say why.</exception>
    public async Task<bool> LoadModuleAsync(string module, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
    {
        var isFile = module.StartsWith('/');
        var name = (isFile ? Path.GetFileName(module).Split('.')[0] : module).Replace('-', '_');
        if (await Target.ExistsAsync($"/sys/module/{name}", cancellationToken))
        {
            return false;
        }

        await MakeAsync(
            new UndoRecord.UnloadModule(name, WithDependencies: !isFile),
            async () => (await Target.RunAsync(
                new Command(isFile ? "insmod" : "modprobe", [module, .. parameters]), cancellationToken)).EnsureSuccess());
        return true;
    }

    /// <summary>
    /// Takes all changes back, the last first. It never throws for a change that resists: that one is reported, stays in the
    /// journal and is tried again by the next run or <c>labtrace restore</c>.
    /// </summary>
    /// <param name="cancellationToken">Teardown's own token, never the one that ended the scenario; <see cref="UndoLimit"/> holds besides.</param>
    public async Task<UndoReport> UndoAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(UndoLimit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Dictionary<int, ITargetProcess> processes;
        lock (_gate)
        {
            processes = new(_processes);
            _restored.Clear();
        }

        var report = await Undoing.UndoAsync(Target, _journal, processes, _time, linked.Token);
        if (report.IsComplete && OnBench is { } bench)
        {
            try
            {
                await bench.RemoveAsync(linked.Token);
            }
            catch (Exception e) when (e is LabException or OperationCanceledException)
            {
                // What it holds is undone; the next run finds that, and removes it.
            }
        }

        return report;
    }

    /// <summary>The target was booted: changes that a boot undoes are no longer to be undone, and its programs have ended.</summary>
    internal void ForgetBooted()
    {
        lock (_gate)
        {
            _restored.Clear();
            _processes.Clear();
        }

        foreach (var (change, _) in _journal.Pending.Where(p => p.Value.IsUndoneByBoot()).ToList())
        {
            _journal.Settle(change);
        }
    }

    /// <summary>The target is gone for good, and all that was changed there with it.</summary>
    internal UndoReport Forget()
    {
        ForgetBooted();
        foreach (var (change, _) in _journal.Pending.ToList())
        {
            _journal.Settle(change);
        }

        return UndoReport.Nothing;
    }

    /// <summary>Undoes what is left, without a report, and closes the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        _ = await UndoAsync(CancellationToken.None);
        Close();
    }

    /// <summary>Closes the journal; what is left in it is for the next run.</summary>
    internal void Close() => _journal.Dispose();

    private static byte[] Text(string line) => Encoding.UTF8.GetBytes(line + "\n");

    private async Task<(ITargetProcess Process, int Change)> StartRecordedAsync(Command command, CancellationToken cancellationToken)
    {
        var process = await Target.StartAsync(command with { HeldAtStart = true }, cancellationToken);
        try
        {
            var ticks = await Undoing.ReadStartTicksAsync(Target, process.Pid, cancellationToken);
            var change = await RecordAsync([new UndoRecord.KillProcess(process.Pid, ticks, command.ToString())], cancellationToken);
            lock (_gate)
            {
                _processes.Add(change, process);
            }

            if (!command.HeldAtStart)
            {
                await process.ReleaseAsync(cancellationToken);
            }

            return (process, change);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private async Task<int> RecordAsync(IReadOnlyList<UndoRecord> undos, CancellationToken cancellationToken)
    {
        var first = _journal.Record([.. undos]);
        if (OnBench is { } bench && undos.Count > 0)
        {
            await bench.AppendAsync(first, undos, cancellationToken);
        }

        return first;
    }

    private async Task MakeAsync(UndoRecord undo, Func<Task> make)
    {
        var change = await RecordAsync([undo], CancellationToken.None);
        try
        {
            await make();
        }
        catch (Exception e) when (e is TargetIOException or CommandFailedException { Result.TimedOut: false })
        {
            // Refused, so nothing changed. Any other end leaves open whether it did: then it is undone.
            _journal.Settle(change);
            throw;
        }
    }

    private List<AttributeChange> FirstOfTheirPath(IReadOnlyList<AttributeChange> changes)
    {
        lock (_gate)
        {
            return changes.DistinctBy(c => c.Path, StringComparer.Ordinal).Where(c => !_restored.Contains(c.Path)).ToList();
        }
    }

    private async Task<List<AttributeChange>> WithRestoreValuesAsync(List<AttributeChange> changes, CancellationToken cancellationToken)
    {
        var unknown = changes.Where(c => c.RestoreValue is null).Select(c => c.Path).ToList();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (unknown.Count > 0)
        {
            foreach (var read in await Target.ReadManyAsync(unknown, cancellationToken))
            {
                var text = read.Content is { } content
                    ? Encoding.UTF8.GetString(content)
                    : throw new TargetIOException(Target.Name, "read, to restore it later,", read.Path, read.Errno);
                values[read.Path] = text.EndsWith('\n') ? text[..^1] : text;
            }
        }

        return changes.ConvertAll(c => c with { RestoreValue = c.RestoreValue ?? values[c.Path] });
    }

    private void Forget(IEnumerable<(string Path, int Change)> notMade)
    {
        foreach (var (path, change) in notMade)
        {
            _journal.Settle(change);
            lock (_gate)
            {
                _ = _restored.Remove(path);
            }
        }
    }

    private async Task MustNotExistAsync(string path, string operation, CancellationToken cancellationToken)
    {
        if (await Target.ExistsAsync(path, cancellationToken))
        {
            throw new TargetIOException(Target.Name, operation, path, Errno.EEXIST, "it is not this run's; remove it, or use another name");
        }
    }

    private void Throw(WriteOutcome refused, string value) =>
        throw new TargetIOException(
            Target.Name, $"write '{value}' to", refused.Path, refused.Errno, TargetIOException.HintFor(refused.Errno, refused.Path));
}

/// <summary>One attribute of <see cref="TargetChanges.SetAttributesAsync"/>.</summary>
/// <param name="Path">The attribute.</param>
/// <param name="Value">What to write, without a newline.</param>
/// <param name="RestoreValue">What undoes it, or null for what it reads as now.</param>
public sealed record AttributeChange(string Path, string Value, string? RestoreValue = null);
