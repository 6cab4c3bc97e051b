using System.Text;
using System.Text.Json;

namespace LabTrace.Devices;

/// <summary>A journal as it stands on the disk.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Header">Whose it is.</param>
/// <param name="Pending">What is not undone, by number.</param>
/// <param name="LastChange">The highest number given.</param>
/// <param name="Length">Bytes of its whole lines; what stands behind them was cut short.</param>
/// <param name="Malformed">Lines within it that could not be read, other than a last one cut short.</param>
internal sealed record JournalFile(
    string Path,
    JournalHeader Header,
    IReadOnlyDictionary<int, UndoRecord> Pending,
    int LastChange,
    long Length,
    int Malformed)
{
    /// <summary>Reads a journal; null when not even its header was written, so that no change was made.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JournalFile? Read(string path) => Parse(path, File.ReadAllBytes(path));

    /// <summary>Reads a journal's bytes, whatever they are.</summary>
    public static JournalFile? Parse(string path, ReadOnlySpan<byte> bytes)
    {
        JournalHeader? header = null;
        var pending = new SortedDictionary<int, UndoRecord>();
        var (lastChange, malformed) = (0, 0);
        var length = bytes.LastIndexOf((byte)'\n') + 1;
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = ParseLine(bytes[..end]);
            bytes = bytes[(end + 1)..];
            switch (line)
            {
                case { Header: { Owner: not null, Place: not null, BootId: not null } found }:
                    header ??= found;
                    break;
                case { Change: { } number, Undo: { } undo } when number > lastChange:
                    pending[number] = undo;
                    lastChange = number;
                    break;
                case { Settled: { } number }:
                    _ = pending.Remove(number);
                    break;
                default:
                    malformed++;
                    break;
            }
        }

        return header is null ? null : new JournalFile(path, header, pending, lastChange, length, malformed);
    }

    private static JournalLine? ParseLine(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(Encoding.UTF8.GetString(line), StateJson.Default.JournalLine);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
