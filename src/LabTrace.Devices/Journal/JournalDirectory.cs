using System.Globalization;

namespace LabTrace.Devices;

/// <summary>The journals of a place on the disk of the machine LabTrace runs on.</summary>
/// <param name="path">The directory; it need not be there.</param>
/// <param name="time">The runner's clock.</param>
public sealed class JournalDirectory(string path, TimeProvider time)
{
    private const string Extension = ".journal";
    private static int _lastNumber;

    /// <summary>The journals of a place.</summary>
    /// <param name="stateDirectory">For example <see cref="StateDirectory.Default"/>.</param>
    /// <param name="place">The place's name.</param>
    /// <param name="time">The runner's clock.</param>
    public static JournalDirectory OfPlace(string stateDirectory, string place, TimeProvider time) =>
        new(Path.Combine(StateDirectory.OfPlace(stateDirectory, place), "journals"), time);

    /// <summary>Opens a journal of this process; its file appears with the first change.</summary>
    /// <param name="place">The place whose target is changed.</param>
    /// <param name="scenario">What changes it.</param>
    /// <param name="bootId">The target's boot.</param>
    public ChangeJournal Create(string place, string scenario, string bootId)
    {
        var now = time.GetUtcNow();
        var number = Interlocked.Increment(ref _lastNumber);
        var name = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMdd-HHmmss}-{Environment.ProcessId}-{number}{Extension}");
        return ChangeJournal.OnDisk(Path.Combine(path, name), new JournalHeader(place, scenario, bootId, ProcessIdentity.Current, now));
    }

    /// <summary>The names of all journal files.</summary>
    internal IReadOnlySet<string> Names() =>
        Directory.Exists(path) ? Directory.GetFiles(path, "*" + Extension).Select(f => Path.GetFileName(f)!).ToHashSet(StringComparer.Ordinal) : [];

    /// <summary>Lists the journals that hold changes still to be undone, the oldest first.</summary>
    public IReadOnlyList<LeftJournal> List() =>
        Read().Where(j => j.Pending.Count > 0).Select(j => new LeftJournal(
            j.Path, j.Header.Scenario, j.Header.Since, j.Header.Owner.Pid, j.Header.Owner.IsAlive, j.Pending.Count)).ToList();

    /// <summary>
    /// Undoes what dead runs left, the youngest first. A living run's journal is left alone; of changes made before the
    /// target was booted, those that the boot undid are dropped with a note. Whoever calls it holds the place's lock, as
    /// <see cref="Lab.OpenAsync"/> does.
    /// </summary>
    /// <param name="target">The place's target.</param>
    /// <param name="cancellationToken">Ends the undoing; the journals keep what is left.</param>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<UndoReport> RestoreAsync(ITarget target, CancellationToken cancellationToken)
    {
        var report = UndoReport.Nothing;
        var left = Read().Where(j => !j.Header.Owner.IsAlive).Reverse().ToList();
        if (left.Count == 0)
        {
            return report;
        }

        var bootId = (await target.ReadKernelIdentityAsync(cancellationToken)).BootId;
        foreach (var file in left)
        {
            report += await RestoreAsync(target, file, bootId, cancellationToken);
        }

        return report;
    }

    private async Task<UndoReport> RestoreAsync(ITarget target, JournalFile file, string bootId, CancellationToken cancellationToken)
    {
        using var journal = ChangeJournal.Reopen(file);
        var notes = new List<string>();
        if (file.Malformed > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{file.Malformed} lines of {file.Path} could not be read; what they recorded was not undone"));
        }

        if (!string.Equals(file.Header.BootId, bootId, StringComparison.Ordinal))
        {
            var dropped = file.Pending.Where(p => p.Value.IsUndoneByBoot()).Select(p => p.Key).ToList();
            dropped.ForEach(journal.Settle);
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{dropped.Count} changes of '{file.Header.Scenario}' dropped: '{target.Name}' was booted since, which undid them"));
        }

        var report = await Undoing.UndoAsync(target, journal, new Dictionary<int, ITargetProcess>(), time, cancellationToken);
        return report with { Notes = notes };
    }

    private IEnumerable<JournalFile> Read()
    {
        if (!Directory.Exists(path))
        {
            yield break;
        }

        foreach (var name in Directory.GetFiles(path, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (TryRead(name) is { } file)
            {
                yield return file;
            }
        }
    }

    // Without a header no change was made, and an owner that still writes it must keep it.
    private static JournalFile? TryRead(string name)
    {
        try
        {
            return JournalFile.Read(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>A journal with changes still to be undone.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Scenario">What made the changes.</param>
/// <param name="Since">When, UTC.</param>
/// <param name="OwnerPid">The process that made them.</param>
/// <param name="OwnerIsAlive">That process still runs, so that the journal is its own to undo.</param>
/// <param name="Changes">How many.</param>
public sealed record LeftJournal(string Path, string Scenario, DateTimeOffset Since, int OwnerPid, bool OwnerIsAlive, int Changes);
