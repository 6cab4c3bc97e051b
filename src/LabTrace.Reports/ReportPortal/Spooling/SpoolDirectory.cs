using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>A launch's results on the disk, until the server has them: one directory, used by one process at a time.</summary>
/// <remarks>
/// <c>spool.ndjson</c> holds the requests in order; <c>acknowledged</c> says which of them the server has; <c>files/</c> holds what
/// was attached; <c>delivered.json</c> stays behind when all is delivered and the rest is removed. Each is written so that a process
/// killed at any moment leaves it readable.
/// </remarks>
internal sealed class SpoolDirectory : IDisposable
{
    /// <summary>The directory's name in a run's directory; a second one has a number behind it.</summary>
    public const string Name = "reportportal";

    private readonly FileStream _lock;

    private SpoolDirectory(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>The requests.</summary>
    public string EntriesPath => System.IO.Path.Combine(Path, "spool.ndjson");

    /// <summary>What the server has.</summary>
    public string AcknowledgedPath => System.IO.Path.Combine(Path, "acknowledged");

    private string DeliveredPath => System.IO.Path.Combine(Path, "delivered.json");

    private string FilesPath => System.IO.Path.Combine(Path, "files");

    /// <summary>All of it is with the server.</summary>
    public bool IsDelivered => File.Exists(DeliveredPath);

    /// <summary>Takes the spool of a launch: the one there is, or a new one.</summary>
    /// <param name="runDirectory">Where it is to be.</param>
    /// <param name="launch">The launch's id.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SpoolDirectory Take(string runDirectory, Guid launch)
    {
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{number}");
            var path = System.IO.Path.Combine(runDirectory, name);
            _ = Directory.CreateDirectory(path);
            if (!TryHold(path, out var spool))
            {
                continue;
            }

            if (spool.ReadLaunch() is not { } other || other == launch)
            {
                return spool;
            }

            spool.Dispose();
        }
    }

    /// <summary>Opens a spool that is there.</summary>
    /// <returns>False when another process uses it.</returns>
    public static bool TryHold(string path, [NotNullWhen(true)] out SpoolDirectory? spool)
    {
        try
        {
            spool = new SpoolDirectory(path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (IOException) when (Directory.Exists(path))
        {
            spool = null;
            return false;
        }
    }

    /// <summary>The spools below a directory that are not delivered, in ordinal order.</summary>
    public static IReadOnlyList<string> FindUndelivered(string directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return
        [
            .. Directory.EnumerateFiles(directory, "spool.ndjson", options)
                .Select(file => System.IO.Path.GetDirectoryName(file)!)
                .Where(path => System.IO.Path.GetFileName(System.IO.Path.GetFullPath(path)).StartsWith(Name, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Keeps an attachment.</summary>
    /// <param name="id">Its log's id.</param>
    /// <param name="content">The bytes.</param>
    /// <returns>Its path from the spool's directory.</returns>
    public string Keep(Guid id, ReadOnlySpan<byte> content)
    {
        _ = Directory.CreateDirectory(FilesPath);
        var relative = System.IO.Path.Combine("files", id.ToString("N"));
        File.WriteAllBytes(System.IO.Path.Combine(Path, relative), content);
        return relative;
    }

    /// <summary>Says that the server has it all, and removes what is no longer needed.</summary>
    /// <param name="launch">The launch.</param>
    /// <param name="link">Where people see it, or null.</param>
    /// <param name="number">The server's number of it, or null.</param>
    public void MarkDelivered(Guid launch, string? link, long? number)
    {
        var text = JsonSerializer.Serialize(new DeliveredLaunch(launch, number, link), DeliveredJson.Default.DeliveredLaunch);
        var temporary = DeliveredPath + ".new";
        File.WriteAllText(temporary, text + "\n");
        File.Move(temporary, DeliveredPath, overwrite: true);
        RemoveDelivered();
    }

    /// <summary>Removes what is no longer needed, also when a process was killed while it did so.</summary>
    public void RemoveDelivered()
    {
        File.Delete(EntriesPath);
        File.Delete(AcknowledgedPath);
        if (Directory.Exists(FilesPath))
        {
            Directory.Delete(FilesPath, recursive: true);
        }
    }

    /// <summary>What was delivered, or null.</summary>
    public DeliveredLaunch? ReadDelivered()
    {
        try
        {
            return IsDelivered ? JsonSerializer.Deserialize(File.ReadAllText(DeliveredPath), DeliveredJson.Default.DeliveredLaunch) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The file stays, for another process may wait for it; the lock is the kernel's and goes with its holder.</summary>
    public void Dispose() => _lock.Dispose();

    private Guid? ReadLaunch()
    {
        if (ReadDelivered() is { } delivered)
        {
            return delivered.Launch;
        }

        if (!File.Exists(EntriesPath))
        {
            return null;
        }

        using var lines = File.ReadLines(EntriesPath).GetEnumerator();
        return lines.MoveNext() ? SpoolEntry.Parse(System.Text.Encoding.UTF8.GetBytes(lines.Current)) is { Action: SpoolAction.Open } header ? header.Id : Guid.Empty : null;
    }
}

/// <summary>What stays behind of a spool that was delivered.</summary>
/// <param name="Launch">The launch.</param>
/// <param name="Number">The server's number of it, or null.</param>
/// <param name="Link">Where people see it, or null.</param>
internal sealed record DeliveredLaunch(Guid Launch, long? Number, string? Link);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = System.Text.Json.Serialization.JsonSourceGenerationMode.Metadata)]
[System.Text.Json.Serialization.JsonSerializable(typeof(DeliveredLaunch))]
internal sealed partial class DeliveredJson : System.Text.Json.Serialization.JsonSerializerContext;
