using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Thread names by pid, as tracefs' <c>saved_cmdlines</c> lists them.</summary>
public sealed class CommTable
{
    /// <summary>What ftrace prints for a thread whose name it has forgotten.</summary>
    public const string Unknown = "<...>";

    private readonly Dictionary<int, string> _comms = [];

    /// <summary>Reads <c>pid comm</c> lines; the last of a pid wins, lines that are none are ignored.</summary>
    /// <param name="savedCmdlines">The file's bytes.</param>
    public static CommTable Parse(ReadOnlySpan<byte> savedCmdlines)
    {
        var table = new CommTable();
        foreach (var range in savedCmdlines.Split((byte)'\n'))
        {
            var line = savedCmdlines[range];
            var blank = line.IndexOf((byte)' ');
            if (blank > 0 && int.TryParse(line[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                table.Set(pid, FieldValue.TextOf(line[(blank + 1)..]));
            }
        }

        return table;
    }

    /// <summary>How many names are known.</summary>
    public int Count => _comms.Count;

    /// <summary>Learns a name.</summary>
    public void Set(int pid, string comm) => _comms[pid] = comm;

    /// <summary>The name of a thread, as ftrace prints it.</summary>
    /// <param name="pid">The thread; 0 is <c>&lt;idle&gt;</c>, a negative one shows three capital X in angle brackets.</param>
    public string this[int pid] => pid == 0 ? "<idle>" : pid < 0 ? $"<{new string('X', 3)}>" : _comms.GetValueOrDefault(pid, Unknown);

    /// <summary>The names as <c>saved_cmdlines</c> lists them, by pid.</summary>
    public byte[] ToText() =>
        Encoding.UTF8.GetBytes(string.Concat(_comms.OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}\n")));
}
