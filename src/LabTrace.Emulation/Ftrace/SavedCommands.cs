using System.Globalization;

namespace LabTrace.Emulation.Ftrace;

/// <summary>What the kernel remembers of tasks it recorded: their commands and their thread groups, one list for all instances.</summary>
internal sealed class SavedCommands
{
    public const int DefaultSize = 6552;
    private readonly Dictionary<int, string> _comms = [];
    private readonly Queue<int> _order = new();
    private readonly SortedDictionary<int, int> _tgids = [];

    public int Size { get; set; } = DefaultSize;

    public string CommsText => string.Concat(_order.Select(p => $"{p} {_comms[p]}\n"));

    public string TgidsText => string.Concat(_tgids.Select(t => $"{t.Key} {t.Value}\n"));

    public void SaveComm(int pid, string comm)
    {
        if (pid == 0)
        {
            return;
        }

        if (!_comms.ContainsKey(pid))
        {
            if (_order.Count >= Size)
            {
                _ = _comms.Remove(_order.Dequeue());
            }

            _order.Enqueue(pid);
        }

        _comms[pid] = comm;
    }

    public void SaveTgid(int pid, int tgid)
    {
        if (pid != 0)
        {
            _tgids[pid] = tgid;
        }
    }

    /// <summary>The command as the text reading prints it.</summary>
    public string CommOf(int pid) => pid == 0 ? "<idle>" : _comms.GetValueOrDefault(pid, "<...>");

    /// <summary>The tgid column's inside: seven wide, dashes when unknown.</summary>
    public string TgidOf(int pid) => _tgids.TryGetValue(pid, out var tgid) ? tgid.ToString(CultureInfo.InvariantCulture).PadLeft(7) : "-------";
}
