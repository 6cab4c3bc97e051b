using LabTrace.Devices.TimeCards;

namespace LabTrace.Devices.Recordings;

/// <summary>Reads the Time Card tree of a real machine into a recording.</summary>
public static class PlaceRecorder
{
    private const int MostEntries = 20_000;
    private const int DeepestDirectory = 12;
    private const int ReadAtOnce = 500;

    /// <summary>Reads everything the kernel shows of a machine's Time Cards: PCI functions, classes, debugfs, and the module.</summary>
    /// <param name="target">The machine.</param>
    /// <param name="progress">Told what is read, for people; may be null.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="NotOnTargetException">There is no Time Card, or the target does not tell where links point.</exception>
    public static async Task<RecordedPlace> RecordAsync(ITarget target, Action<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target is not ILinkTarget links)
        {
            throw new NotOnTargetException($"target '{target.Name}' does not tell where links point", "record a local or ssh place");
        }

        var cards = await TimeCard.DiscoverAsync(target, cancellationToken);
        if (cards.Count == 0)
        {
            throw new NotOnTargetException($"target '{target.Name}' has no Time Card to record", "load the driver: modprobe ptp_ocp");
        }

        var entries = new SortedDictionary<string, RecordedEntry>(StringComparer.Ordinal);
        foreach (var card in cards)
        {
            progress?.Invoke($"reading {card.Name} ({card.Board}, {card.PciAddress})");
            var device = await ResolveAsync(links, "/sys/bus/pci/devices/" + card.PciAddress, cancellationToken);
            await WalkAsync(target, links, device, entries, 0, cancellationToken);
            await AddLinkAsync(links, "/sys/bus/pci/devices/" + card.PciAddress, entries, cancellationToken);
            await AddLinkAsync(links, "/sys/class/timecard/" + card.Name, entries, cancellationToken);
            foreach (var (name, entry) in new[] { ("ptp", card.PtpName), ("pps", card.PpsName), ("misc", card.OscillatorName) }.Concat(card.SerialPorts.Values.Select(p => ("tty", (string?)p))))
            {
                if (entry is not null && await AddLinkAsync(links, $"/sys/class/{name}/{entry}", entries, cancellationToken))
                {
                    await WalkAsync(target, links, await ResolveAsync(links, $"/sys/class/{name}/{entry}", cancellationToken), entries, 0, cancellationToken);
                    entries["/dev/" + entry] = new RecordedEntry("/dev/" + entry, FileKind.Special) { Mode = 0x1B0, Errno = Errno.ENODEV };
                }
            }

            var debug = "/sys/kernel/debug/timecard/" + card.Name;
            if (await target.ExistsAsync(debug, cancellationToken))
            {
                await WalkAsync(target, links, debug, entries, 0, cancellationToken);
            }
        }

        progress?.Invoke($"reading {entries.Count} files");
        await ReadAsync(target, entries, cancellationToken);
        return new RecordedPlace(await target.ReadKernelIdentityAsync(cancellationToken), target.Time.GetUtcNow(), [.. entries.Values]);
    }

    private static async Task<bool> AddLinkAsync(ILinkTarget links, string path, SortedDictionary<string, RecordedEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            entries[path] = new RecordedEntry(path, FileKind.SymbolicLink) { Mode = 0x1FF, Link = await links.ReadLinkAsync(path, cancellationToken) };
            return true;
        }
        catch (TargetIOException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL)
        {
            return false;
        }
    }

    /// <summary>The directory a link leads to.</summary>
    private static async Task<string> ResolveAsync(ILinkTarget links, string path, CancellationToken cancellationToken)
    {
        var link = await links.ReadLinkAsync(path, cancellationToken);
        var parts = link.StartsWith('/') ? new List<string>() : [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)[..^1]];
        foreach (var part in link.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private static async Task WalkAsync(
        ITarget target, ILinkTarget links, string path, SortedDictionary<string, RecordedEntry> entries, int depth, CancellationToken cancellationToken)
    {
        if (entries.Count >= MostEntries || depth > DeepestDirectory)
        {
            throw new NotOnTargetException($"{path} of target '{target.Name}' has more than {MostEntries} entries, or is deeper than {DeepestDirectory}", "this is no Time Card's directory");
        }

        var status = await target.StatAsync(path, cancellationToken);
        entries[path] = new RecordedEntry(path, FileKind.Directory) { Mode = status?.Mode ?? 0x1ED };
        foreach (var child in await target.ListAsync(path, cancellationToken))
        {
            var inside = $"{path}/{child.Name}";
            switch (child.Kind)
            {
                case FileKind.Directory:
                    await WalkAsync(target, links, inside, entries, depth + 1, cancellationToken);
                    break;
                case FileKind.SymbolicLink:
                    _ = await AddLinkAsync(links, inside, entries, cancellationToken);
                    break;
                default:
                    entries[inside] = new RecordedEntry(inside, child.Kind) { Mode = (await target.StatAsync(inside, cancellationToken))?.Mode ?? 0x124 };
                    break;
            }
        }
    }

    // resourceN and rom are the card's memory, and reading them is not looking; config and the like are.
    private static bool IsReadable(RecordedEntry entry)
    {
        const int anyRead = 0x124;
        var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
        var isMemory = name.StartsWith("resource", StringComparison.Ordinal) && name.Length > "resource".Length;
        return entry.Kind == FileKind.File && (entry.Mode & anyRead) != 0 && !isMemory && name is not ("rom" or "remove" or "rescan" or "reset" or "vpd");
    }

    private static async Task ReadAsync(ITarget target, SortedDictionary<string, RecordedEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var batch in entries.Values.Where(IsReadable).Select(e => e.Path).ToList().Chunk(ReadAtOnce))
        {
            foreach (var read in await target.ReadManyAsync(batch, cancellationToken))
            {
                entries[read.Path] = entries[read.Path] with { Content = read.Content, Errno = read.Errno };
            }
        }
    }
}
