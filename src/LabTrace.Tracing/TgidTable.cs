using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Processes of threads, as tracefs' <c>saved_tgids</c> lists them.</summary>
public sealed class TgidTable
{
    private readonly Dictionary<int, int> _tgids = [];

    /// <summary>Reads <c>pid tgid</c> lines; lines that are none are ignored.</summary>
    /// <param name="savedTgids">The file's bytes.</param>
    public static TgidTable Parse(ReadOnlySpan<byte> savedTgids)
    {
        var table = new TgidTable();
        foreach (var range in savedTgids.Split((byte)'\n'))
        {
            var line = savedTgids[range];
            var blank = line.IndexOf((byte)' ');
            if (blank > 0
                && int.TryParse(line[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && int.TryParse(line[(blank + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var tgid))
            {
                table._tgids[pid] = tgid;
            }
        }

        return table;
    }

    /// <summary>The process of a thread, -1 when unknown.</summary>
    public int this[int pid] => _tgids.GetValueOrDefault(pid, -1);

    /// <summary>Learns the process of a thread.</summary>
    public void Set(int pid, int tgid) => _tgids[pid] = tgid;
}
