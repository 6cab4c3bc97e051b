using System.Text.Json;

namespace LabTrace.Devices;

/// <summary>
/// The changes made to a target and not yet undone, each recorded before it is made. On disk it outlives a killed run; in
/// memory it serves targets that end with the run.
/// </summary>
/// <remarks>
/// One JSON object a line, flushed to the disk with fsync(2) before the change is made. A line cut short by a kill tells of
/// a change that was not made. The file appears with the first change and goes when nothing is left to undo.
/// </remarks>
public sealed class ChangeJournal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, UndoRecord> _pending = [];
    private readonly string? _path;
    private readonly JournalHeader? _header;
    private FileStream? _file;
    private int _lastChange;

    private ChangeJournal(string? path, JournalHeader? header) => (_path, _header) = (path, header);

    /// <summary>A journal that is gone with this process: for emulated targets, which are gone with it too.</summary>
    public static ChangeJournal InMemory() => new(path: null, header: null);

    /// <summary>A journal at a path where nothing stands yet.</summary>
    internal static ChangeJournal OnDisk(string path, JournalHeader header) => new(path, header);

    /// <summary>A journal that a run left, to be undone and settled line by line.</summary>
    internal static ChangeJournal Reopen(JournalFile left)
    {
        var journal = new ChangeJournal(left.Path, left.Header) { _lastChange = left.LastChange };
        foreach (var (number, undo) in left.Pending)
        {
            journal._pending.Add(number, undo);
        }

        journal._file = new FileStream(left.Path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        journal._file.SetLength(left.Length);
        _ = journal._file.Seek(0, SeekOrigin.End);
        return journal;
    }

    /// <summary>What a run left elsewhere, to be undone; settling it is remembered in memory only.</summary>
    internal static ChangeJournal Replay(JournalFile left)
    {
        var journal = InMemory();
        journal._lastChange = left.LastChange;
        foreach (var (number, undo) in left.Pending)
        {
            journal._pending.Add(number, undo);
        }

        return journal;
    }

    /// <summary>The file's name and header, for a journal on disk.</summary>
    internal (string Name, JournalHeader Header)? OnDiskAs => _path is null ? null : (Path.GetFileName(_path), _header!);

    /// <summary>Numbers and undo records of what is not settled, the last change first.</summary>
    internal IReadOnlyList<KeyValuePair<int, UndoRecord>> Pending
    {
        get
        {
            lock (_gate)
            {
                return [.. _pending.Reverse()];
            }
        }
    }

    /// <summary>Records changes about to be made; they are on the disk when this returns.</summary>
    /// <returns>The number of the first; the others follow.</returns>
    /// <exception cref="JournalException">The journal cannot be written; the changes must not be made.</exception>
    internal int Record(params ReadOnlySpan<UndoRecord> undos)
    {
        lock (_gate)
        {
            var first = _lastChange + 1;
            var lines = new MemoryStream();
            foreach (var undo in undos)
            {
                Append(lines, new JournalLine(Change: ++_lastChange, Undo: undo));
            }

            Write(lines, durable: true);
            for (var i = 0; i < undos.Length; i++)
            {
                _pending.Add(first + i, undos[i]);
            }

            return first;
        }
    }

    /// <summary>Says that a change needs no undoing any more.</summary>
    internal void Settle(int number)
    {
        lock (_gate)
        {
            _ = _pending.Remove(number);
            var line = new MemoryStream();
            Append(line, new JournalLine(Settled: number));
            Write(line, durable: false);
        }
    }

    /// <summary>Closes the journal, and removes its file when nothing is left to undo.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file is null)
            {
                return;
            }

            _file.Dispose();
            _file = null;
            if (_pending.Count == 0)
            {
                File.Delete(_path!);
            }
        }
    }

    private static void Append(MemoryStream lines, JournalLine line)
    {
        JsonSerializer.Serialize(lines, line, StateJson.Default.JournalLine);
        lines.WriteByte((byte)'\n');
    }

    private void Write(MemoryStream lines, bool durable)
    {
        if (_path is null)
        {
            return;
        }

        try
        {
            if (_file is null)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                _file = new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
                var header = new MemoryStream();
                Append(header, new JournalLine(Header: _header));
                _file.Write(header.GetBuffer().AsSpan(0, (int)header.Length));
            }

            _file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            if (durable)
            {
                _file.Flush(flushToDisk: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(_path, e);
        }
    }
}
