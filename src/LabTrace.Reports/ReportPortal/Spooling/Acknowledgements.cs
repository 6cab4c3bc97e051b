using System.Globalization;
using System.Text;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>What the server has, kept on the disk as it says so.</summary>
/// <remarks>
/// A line each: <c>S</c> started, <c>L</c> log, <c>F</c> finished, then our id, then the server's where it differs; a line <c>-</c>
/// takes back all before it. What the server acknowledged just when the process was killed is asked for again: its answer then is
/// that it has it.
/// </remarks>
internal sealed class Acknowledgements : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<(char, Guid)> _known = [];
    private readonly Dictionary<Guid, string> _serverIds = [];
    private readonly FileStream _file;

    /// <summary>Opens them, and reads those there are.</summary>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public Acknowledgements(string path)
    {
        var kept = File.Exists(path) ? SpoolReader.WholeLines(path) : 0;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _file.SetLength(kept);
        using (var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                Take(line);
            }
        }

        _file.Position = kept;
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _known.Count;
            }
        }
    }

    /// <summary>The server has what the entry asks for.</summary>
    public bool Has(SpoolEntry entry)
    {
        lock (_gate)
        {
            return _known.Contains((Letter(entry.Action), entry.Id));
        }
    }

    /// <summary>The server's id of a launch or item; ours unless it gave another.</summary>
    public string ServerId(Guid id)
    {
        lock (_gate)
        {
            return _serverIds.GetValueOrDefault(id) ?? id.ToString();
        }
    }

    /// <summary>Keeps that the server has what some entries ask for.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="serverId">The id the server gave a single one, or null when it is ours.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public void Add(IReadOnlyList<SpoolEntry> entries, string? serverId = null)
    {
        var lines = new StringBuilder();
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                _ = lines.Append(Letter(entry.Action)).Append(' ').Append(CultureInfo.InvariantCulture, $"{entry.Id}");
                if (serverId is not null)
                {
                    _ = lines.Append(' ').Append(serverId);
                    _serverIds[entry.Id] = serverId;
                }

                _ = lines.Append('\n');
                _ = _known.Add((Letter(entry.Action), entry.Id));
            }

            _file.Write(Encoding.UTF8.GetBytes(lines.ToString()));
        }
    }

    /// <summary>Forgets them all: the server has lost what it had.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _known.Clear();
            _serverIds.Clear();
            _file.Write("-\n"u8);
        }
    }

    public void Dispose() => _file.Dispose();

    private static char Letter(SpoolAction action) => action switch
    {
        SpoolAction.StartLaunch or SpoolAction.StartItem => 'S',
        SpoolAction.Log => 'L',
        _ => 'F',
    };

    private void Take(string line)
    {
        if (line == "-")
        {
            _known.Clear();
            _serverIds.Clear();
            return;
        }

        var parts = line.Split(' ');
        if (parts.Length >= 2 && parts[0].Length == 1 && Guid.TryParse(parts[1], out var id))
        {
            _ = _known.Add((parts[0][0], id));
            if (parts.Length > 2)
            {
                _serverIds[id] = parts[2];
            }
        }
    }
}
