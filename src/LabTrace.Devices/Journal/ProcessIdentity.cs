using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace LabTrace.Devices;

/// <summary>A process of the machine LabTrace runs on, told apart from a later one with the same pid, and from one of another machine.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="BootId">The machine's boot.</param>
/// <param name="Pid">The pid.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat: clock ticks since boot.</param>
internal sealed record ProcessIdentity(string Host, string BootId, int Pid, long StartTicks)
{
    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = new(
        Environment.MachineName,
        ReadText("/proc/sys/kernel/random/boot_id").Trim(),
        Environment.ProcessId,
        ParseStartTicks(ReadText($"/proc/{Environment.ProcessId}/stat")));

    /// <summary>It runs, as far as can be told from here: one of another machine is taken to run.</summary>
    [JsonIgnore]
    public bool IsAlive =>
        !string.Equals(Host, Current.Host, StringComparison.Ordinal)
        || (string.Equals(BootId, Current.BootId, StringComparison.Ordinal)
            && ParseStartTicks(ReadText($"/proc/{Pid}/stat")) == StartTicks);

    /// <summary>Reads field 22 of a /proc/PID/stat; 0 when there is none.</summary>
    public static long ParseStartTicks(string stat)
    {
        const int fieldsBetweenNameAndStart = 19;
        var fields = ProcessTree.FieldsBehindName(stat);
        return fields.Length > fieldsBetweenNameAndStart
            && fields[0] is not ("Z" or "X")
            && long.TryParse(fields[fieldsBetweenNameAndStart], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? ticks
            : 0;
    }

    private static string ReadText(string path) =>
        LocalFiles.Read(path, out var content) == Errno.None ? Encoding.UTF8.GetString(content) : "";
}
