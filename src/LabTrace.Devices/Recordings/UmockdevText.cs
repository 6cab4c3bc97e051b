using System.Text;

namespace LabTrace.Devices.Recordings;

/// <summary>
/// umockdev's device descriptions: blocks of lines <c>P:</c> path, <c>N:</c> node, <c>S:</c> link in /dev, <c>E:</c> property,
/// <c>A:</c> text, <c>H:</c> bytes, <c>L:</c> link. The format has no errors, modes, or files that belong to no device: those do
/// not travel.
/// </summary>
/// <remarks>umockdev 0.17, docs/script-format.txt and src/umockdev.vala.</remarks>
public static class UmockdevText
{
    private const string Sys = "/sys";

    /// <summary>Writes the devices of a tree: directories with an <c>uevent</c> file.</summary>
    public static string Write(IReadOnlyList<RecordedEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        // A device without a subsystem, such as a bus's root, is none for umockdev: it refuses the whole file.
        var linked = entries.Where(e => e.Kind == FileKind.SymbolicLink).Select(e => e.Path).ToHashSet(StringComparer.Ordinal);
        var devices = entries.Where(e => e.Kind == FileKind.File && e.Path.EndsWith("/uevent", StringComparison.Ordinal) && e.Path.StartsWith("/sys/devices/", StringComparison.Ordinal))
            .Where(e => linked.Contains(e.Path[..^"uevent".Length] + "subsystem") || Encoding.UTF8.GetString(e.Content ?? []).Contains("SUBSYSTEM=", StringComparison.Ordinal))
            .Select(e => e.Path[..^"/uevent".Length]).Order(StringComparer.Ordinal).ToList();
        var byDevice = devices.ToDictionary(d => d, _ => new List<RecordedEntry>(), StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // A file belongs to the nearest device above it.
            var above = entry.Path;
            while ((above = above[..Math.Max(0, above.LastIndexOf('/'))]).Length > 0)
            {
                if (byDevice.TryGetValue(above, out var own))
                {
                    own.Add(entry);
                    break;
                }
            }
        }

        var text = new StringBuilder();
        foreach (var device in devices)
        {
            WriteDevice(text, device, byDevice[device]);
        }

        return text.ToString();
    }

    /// <summary>Reads devices into a tree.</summary>
    /// <exception cref="FormatException">A line is none of the format's; says which.</exception>
    public static IReadOnlyList<RecordedEntry> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var entries = new SortedDictionary<string, RecordedEntry>(StringComparer.Ordinal);
        string? device = null;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Trim().Length == 0)
            {
                device = null;
                continue;
            }

            if (line.Length < 4 || line[1] != ':' || line[2] != ' ')
            {
                throw new FormatException($"line {number}: '{line}' is no line of umockdev's format");
            }

            device = ReadLine(entries, device, line[0], line[3..], number);
        }

        AddLinks(entries);
        AddDirectories(entries);
        return [.. entries.Values];
    }

    private static string? ReadLine(SortedDictionary<string, RecordedEntry> entries, string? device, char kind, string rest, int number)
    {
        if (kind == 'P')
        {
            var path = rest.StartsWith(Sys, StringComparison.Ordinal) ? rest : Sys + rest;
            if (path.Split('/').Contains(".."))
            {
                throw new FormatException($"line {number}: a device's path has no '..'");
            }

            entries[path] = new RecordedEntry(path, FileKind.Directory) { Mode = 0x1ED };
            entries[path + "/uevent"] = new RecordedEntry(path + "/uevent", FileKind.File) { Mode = 0x1A4, Content = [] };
            return path;
        }

        if (device is null)
        {
            throw new FormatException($"line {number}: a device begins with P:");
        }

        var equals = rest.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (rest, "") : (rest[..equals], rest[(equals + 1)..]);
        if (name.Split('/').Contains("..") || name.StartsWith('/'))
        {
            throw new FormatException($"line {number}: '{name}' is no attribute below its device");
        }

        switch (kind)
        {
            case 'E':
                var uevent = entries[device + "/uevent"];
                entries[uevent.Path] = uevent with { Content = [.. uevent.Content!, .. Encoding.UTF8.GetBytes($"{name}={value}\n")] };
                break;
            case 'A' when equals > 0:
                entries[$"{device}/{name}"] = new RecordedEntry($"{device}/{name}", FileKind.File) { Mode = 0x1A4, Content = Encoding.UTF8.GetBytes(Unescape(value)) };
                break;
            case 'H' when equals > 0:
                entries[$"{device}/{name}"] = new RecordedEntry($"{device}/{name}", FileKind.File) { Mode = 0x1A4, Content = Convert.FromHexString(value) };
                break;
            case 'L' when equals > 0:
                entries[$"{device}/{name}"] = new RecordedEntry($"{device}/{name}", FileKind.SymbolicLink) { Mode = 0x1FF, Link = value };
                break;
            case 'N' or 'S':
                entries["/dev/" + name] = new RecordedEntry("/dev/" + name, FileKind.Special) { Mode = 0x1B6, Errno = Errno.ENODEV };
                break;
            default:
                throw new FormatException($"line {number}: '{kind}:' is no line of umockdev's format");
        }

        return device;
    }

    // Classes are links to devices that name them.
    private static void AddLinks(SortedDictionary<string, RecordedEntry> entries)
    {
        foreach (var entry in entries.Values.Where(e => e.Path.EndsWith("/uevent", StringComparison.Ordinal)).ToList())
        {
            var device = entry.Path[..^"/uevent".Length];
            var subsystem = Encoding.UTF8.GetString(entry.Content!).Split('\n').FirstOrDefault(l => l.StartsWith("SUBSYSTEM=", StringComparison.Ordinal))?["SUBSYSTEM=".Length..];
            if (subsystem is { Length: > 0 } && !subsystem.Contains('/', StringComparison.Ordinal))
            {
                var root = subsystem is "pci" or "usb" or "i2c" or "platform" ? $"/sys/bus/{subsystem}/devices" : $"/sys/class/{subsystem}";
                var link = $"{root}/{device[(device.LastIndexOf('/') + 1)..]}";
                _ = entries.TryAdd(link, new RecordedEntry(link, FileKind.SymbolicLink) { Mode = 0x1FF, Link = device });
            }
        }
    }

    private static void AddDirectories(SortedDictionary<string, RecordedEntry> entries)
    {
        foreach (var path in entries.Keys.ToList())
        {
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                var above = path[..slash];
                _ = entries.TryAdd(above, new RecordedEntry(above, FileKind.Directory) { Mode = 0x1ED });
            }
        }
    }

    private static void WriteDevice(StringBuilder text, string device, List<RecordedEntry> own)
    {
        _ = text.Append("P: ").Append(device[Sys.Length..]).Append('\n');
        var properties = Encoding.UTF8.GetString(own.First(e => e.Path == device + "/uevent").Content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (properties.FirstOrDefault(p => p.StartsWith("DEVNAME=", StringComparison.Ordinal)) is { } node)
        {
            _ = text.Append("N: ").Append(node["DEVNAME=".Length..]).Append('\n');
        }

        foreach (var property in properties)
        {
            _ = text.Append("E: ").Append(property).Append('\n');
        }

        var subsystem = own.FirstOrDefault(e => e.Path == device + "/subsystem")?.Link;
        if (subsystem is not null && !properties.Any(p => p.StartsWith("SUBSYSTEM=", StringComparison.Ordinal)))
        {
            _ = text.Append("E: SUBSYSTEM=").Append(subsystem[(subsystem.LastIndexOf('/') + 1)..]).Append('\n');
        }

        foreach (var entry in own.Where(e => e.Path != device + "/uevent" && e.Path != device + "/subsystem"))
        {
            var name = entry.Path[(device.Length + 1)..];
            if (entry is { Kind: FileKind.SymbolicLink, Link: { } link })
            {
                _ = text.Append("L: ").Append(name).Append('=').Append(link).Append('\n');
            }
            else if (entry is { Kind: FileKind.File, Content: { } content })
            {
                _ = IsText(content)
                    ? text.Append("A: ").Append(name).Append('=').Append(Escape(Encoding.UTF8.GetString(content))).Append('\n')
                    : text.Append("H: ").Append(name).Append('=').Append(Convert.ToHexString(content)).Append('\n');
            }
        }

        _ = text.Append('\n');
    }

    private static bool IsText(byte[] content) => Array.TrueForAll(content, b => b is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\t');

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                _ = plain.Append(text[++i] == 'n' ? '\n' : text[i]);
            }
            else
            {
                _ = plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
