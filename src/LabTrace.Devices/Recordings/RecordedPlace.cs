using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabTrace.Devices.Recordings;

/// <summary>A place as it was: its kernel, and a part of its file tree with what every read gave or how it was refused.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="RecordedAt">When, by the target's clock.</param>
/// <param name="Entries">In ordinal order of paths.</param>
public sealed record RecordedPlace(KernelIdentity Kernel, DateTimeOffset RecordedAt, IReadOnlyList<RecordedEntry> Entries)
{
    private const string PlaceFile = "place.json";
    private const string TreeFile = "tree.jsonl";
    private const string UmockdevName = "devices.umockdev";
    private const int MostEntries = 1_000_000;
    private const long LongestTree = 256L << 20;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a recording into a directory: <c>place.json</c>, <c>tree.jsonl</c>, and <c>devices.umockdev</c> for other tools.</summary>
    public async Task WriteAsync(string directory, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(directory);
        var place = new JsonObject
        {
            ["format"] = "labtrace-recorded-place",
            ["version"] = 1,
            ["recorded_at"] = RecordedAt.ToString("O", CultureInfo.InvariantCulture),
            ["release"] = Kernel.Release,
            ["kernel_version"] = Kernel.Version,
            ["machine"] = Kernel.Machine,
            ["host"] = Kernel.HostName,
            ["boot_id"] = Kernel.BootId,
            ["cpus"] = Kernel.CpuCount,
        };
        await File.WriteAllTextAsync(Path.Combine(directory, PlaceFile), place.ToJsonString(new JsonSerializerOptions(Plain) { WriteIndented = true }) + "\n", cancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(directory, TreeFile), Entries.Select(ToJson), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, UmockdevName), UmockdevText.Write(Entries), cancellationToken);
    }

    /// <summary>Reads a recording: a directory as <see cref="WriteAsync"/> makes it, or a file in umockdev's format.</summary>
    /// <exception cref="LabConfigException">It is not there, or is no recording; says file and line.</exception>
    public static RecordedPlace Read(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                var entries = UmockdevText.Read(File.ReadAllText(path));
                return new RecordedPlace(new KernelIdentity("unknown", "unknown", "unknown", "unknown", "unknown", 1), DateTimeOffset.UnixEpoch, entries);
            }

            var place = JsonNode.Parse(File.ReadAllText(Path.Combine(path, PlaceFile)))!.AsObject();
            if ((string?)place["format"] != "labtrace-recorded-place" || (int?)place["version"] != 1)
            {
                throw new LabConfigException($"{Path.Combine(path, PlaceFile)} is no recorded place of version 1", "record one with `labtrace record-place DIR`");
            }

            string Text(string key) => (string?)place[key] ?? "unknown";
            var kernel = new KernelIdentity(Text("release"), Text("kernel_version"), Text("machine"), Text("host"), Text("boot_id"), (int?)place["cpus"] ?? 1);
            return new RecordedPlace(
                kernel, DateTimeOffset.Parse(Text("recorded_at"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), ReadTree(Path.Combine(path, TreeFile)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            throw new LabConfigException($"'{path}' is no recorded place: {e.Message}", "record one with `labtrace record-place DIR`", e);
        }
    }

    private static List<RecordedEntry> ReadTree(string file)
    {
        if (new FileInfo(file).Length > LongestTree)
        {
            throw new FormatException($"{file} is larger than {LongestTree} bytes");
        }

        var entries = new List<RecordedEntry>();
        foreach (var line in File.ReadLines(file))
        {
            if (entries.Count == MostEntries)
            {
                throw new FormatException($"{file} has more than {MostEntries} entries");
            }

            entries.Add(FromJson(line, $"{file}:{entries.Count + 1}"));
        }

        return entries;
    }

    private static string ToJson(RecordedEntry entry)
    {
        var line = new JsonObject { ["path"] = entry.Path, ["kind"] = entry.Kind.ToString(), ["mode"] = Convert.ToString(entry.Mode, 8) };
        if (entry.Content is { } content)
        {
            var text = Encoding.UTF8.GetString(content);
            if (Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(content) && !text.Contains('\0', StringComparison.Ordinal))
            {
                line["text"] = text;
            }
            else
            {
                line["hex"] = Convert.ToHexStringLower(content);
            }
        }

        if (entry.Errno != Errno.None)
        {
            line["errno"] = entry.Errno.Name();
        }

        if (entry.Link is { } link)
        {
            line["link"] = link;
        }

        return line.ToJsonString(Plain);
    }

    private static RecordedEntry FromJson(string line, string where)
    {
        var node = JsonNode.Parse(line)?.AsObject() ?? throw new FormatException($"{where}: not an object");
        var path = (string?)node["path"];
        if (path is null || !path.StartsWith('/') || path.Split('/').Contains("..") || !Enum.TryParse<FileKind>((string?)node["kind"], out var kind) || !Enum.IsDefined(kind))
        {
            throw new FormatException($"{where}: an entry needs an absolute path without '..' and a kind");
        }

        var errno = Errno.None;
        if ((string?)node["errno"] is { } name && !Enum.TryParse(name, out errno))
        {
            throw new FormatException($"{where}: '{name}' is no errno");
        }

        return new RecordedEntry(path, kind)
        {
            Mode = (string?)node["mode"] is { } mode ? Convert.ToInt32(mode, 8) & 0xFFF : 0x124,
            Content = (string?)node["text"] is { } text ? Encoding.UTF8.GetBytes(text) : (string?)node["hex"] is { } hex ? Convert.FromHexString(hex) : null,
            Errno = errno,
            Link = (string?)node["link"],
        };
    }
}
