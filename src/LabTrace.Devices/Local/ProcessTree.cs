using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>Signals to a program started as the leader of its own session, and to what it started.</summary>
internal static class ProcessTree
{
    /// <summary>Sends a signal to the leader's process group; false when there is none.</summary>
    public static bool SignalGroup(int leader, TargetSignal signal) => Libc.Kill(-leader, (int)signal) == 0;

    /// <summary>Kills all who are in the leader's session, whatever group they are in, until none is left.</summary>
    public static void KillSession(int leader)
    {
        const int rounds = 8; // A round meets what was forked while the one before it looked.
        for (var round = 0; round < rounds && SessionMembers(leader) is { Count: > 0 } members; round++)
        {
            members.ForEach(pid => Libc.Kill(pid, (int)TargetSignal.Kill));
        }
    }

    /// <summary>Says whether anyone in the leader's group still runs; a zombie does not.</summary>
    public static bool IsAlive(int leader) => Libc.Kill(-leader, 0) == 0 && SessionMembers(leader).Count > 0;

    /// <summary>Reads the fields of /proc/PID/stat behind the program's name, which may itself hold blanks and brackets.</summary>
    /// <param name="stat">The file's text.</param>
    /// <returns>The fields from the third (state) on.</returns>
    public static string[] FieldsBehindName(string stat)
    {
        var end = stat.LastIndexOf(')');
        return end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static List<int> SessionMembers(int leader)
    {
        var members = new List<int>();
        _ = LocalFiles.List("/proc", out var entries);
        foreach (var entry in entries)
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                || LocalFiles.Read($"/proc/{entry.Name}/stat", out var stat) != Errno.None)
            {
                continue;
            }

            var fields = FieldsBehindName(Encoding.UTF8.GetString(stat));
            if (fields.Length > 3 && fields[0] is not ("Z" or "X") && int.Parse(fields[3], CultureInfo.InvariantCulture) == leader)
            {
                members.Add(pid);
            }
        }

        return members;
    }
}
