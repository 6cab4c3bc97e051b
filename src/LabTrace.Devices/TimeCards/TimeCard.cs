using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>An OCP Time Card under ptp_ocp: found through sysfs, its attributes read and written in their own words.</summary>
/// <remarks>
/// Documentation/ABI/testing/sysfs-timecard; drivers/ptp/ptp_ocp.c. What was written is never taken for what will be read: the
/// hardware has the last word. The parts: finding cards here, typed attributes in TimeCard.Attributes.cs.
/// </remarks>
public sealed partial class TimeCard
{
    private const string Class = "/sys/class/timecard";
    private const int MostAttributes = 4096;
    private const int DeepestGroup = 3;
    private const string FirstSignal = "gen1/signal";

    private TimeCard(ITarget target, string name, IReadOnlyDictionary<string, string> device, IReadOnlyList<string> names)
    {
        Target = target;
        Name = name;
        Path = $"{Class}/{name}";
        PciAddress = device.GetValueOrDefault("PCI_SLOT_NAME", "");
        PciId = device.GetValueOrDefault("PCI_ID", "").ToLowerInvariant();
        Driver = device.GetValueOrDefault("DRIVER", "");
        Board = BoardOf(PciId);
        AttributeNames = names;
    }

    /// <summary>The machine the card is in.</summary>
    public ITarget Target { get; }

    /// <summary>Such as <c>ocp0</c>.</summary>
    public string Name { get; }

    /// <summary>Its directory in sysfs.</summary>
    public string Path { get; }

    /// <summary>Such as <c>0000:01:00.0</c>.</summary>
    public string PciAddress { get; }

    /// <summary>Vendor and device, such as <c>1d9b:0400</c>.</summary>
    public string PciId { get; }

    /// <summary>The driver that has the PCI function.</summary>
    public string Driver { get; }

    /// <summary>The board, by its PCI id.</summary>
    public TimeCardBoard Board { get; }

    /// <summary>The driver's dialect, by the files it shows.</summary>
    public PtpOcpDialect Dialect { get; private set; }

    /// <summary>Its PTP clock, such as <c>ptp0</c>, or null when it shows none.</summary>
    public string? PtpName { get; private set; }

    /// <summary>Its PPS source, such as <c>pps0</c>, or null when it shows none.</summary>
    public string? PpsName { get; private set; }

    /// <summary>Its oscillator, such as <c>mro50.0</c>, or null when it shows none.</summary>
    public string? OscillatorName { get; private set; }

    /// <summary>Serial ports by their role: GNSS, GNSS2, MAC, NMEA; names such as <c>ttyS4</c>.</summary>
    public IReadOnlyDictionary<string, string> SerialPorts { get; private set; } = new Dictionary<string, string>(0);

    /// <summary>Names of its attributes, groups with their paths such as <c>gen1/signal</c>, in ordinal order.</summary>
    public IReadOnlyList<string> AttributeNames { get; }

    /// <summary>The character device of its clock, or null when it shows none.</summary>
    public string? PtpPath => PtpName is null ? null : "/dev/" + PtpName;

    /// <summary>The character device of its oscillator, or null when it shows none.</summary>
    public string? OscillatorPath => OscillatorName is null ? null : "/dev/" + OscillatorName;

    /// <summary>Finds all cards that a driver has.</summary>
    /// <returns>The cards in the order of their names; none where there is no such class.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async Task<IReadOnlyList<TimeCard>> DiscoverAsync(ITarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!await target.ExistsAsync(Class, cancellationToken))
        {
            return [];
        }

        var cards = new List<TimeCard>();
        foreach (var entry in await target.ListAsync(Class, cancellationToken))
        {
            cards.Add(await OpenAsync(target, entry.Name, cancellationToken));
        }

        return cards;
    }

    /// <summary>Opens a card by its name.</summary>
    /// <exception cref="NotOnTargetException">There is none of that name; the message names those there are.</exception>
    public static async Task<TimeCard> OpenAsync(ITarget target, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(name);
        var path = $"{Class}/{name}";
        if (name.Contains('/', StringComparison.Ordinal) || !await target.ExistsAsync(path, cancellationToken))
        {
            var there = await target.ExistsAsync(Class, cancellationToken)
                ? (await target.ListAsync(Class, cancellationToken)).Select(e => e.Name).ToList() : [];
            throw new NotOnTargetException(
                $"no Time Card '{name}' on target '{target.Name}'; {(there.Count == 0 ? "it has none" : "it has " + string.Join(", ", there))}",
                there.Count == 0 ? "load the driver: modprobe ptp_ocp; see what it says: dmesg | grep ptp_ocp" : "list them with `labtrace timecard list`");
        }

        var uevent = (await target.ReadManyAsync([path + "/device/uevent"], cancellationToken))[0].Content;
        var names = new List<string>();
        var links = new List<string>();
        await WalkAsync(target, path, "", names, links, 0, cancellationToken);
        var card = new TimeCard(target, name, ParseUevent(uevent), names);
        await card.FollowAsync(links, cancellationToken);
        return card;
    }

    /// <summary>Reads the PCI functions that are Time Cards, with or without a driver.</summary>
    /// <returns>Address and id of each.</returns>
    public static async Task<IReadOnlyList<(string Address, string Id, string? Driver)>> FindFunctionsAsync(ITarget target, CancellationToken cancellationToken)
    {
        const string bus = "/sys/bus/pci/devices";
        ArgumentNullException.ThrowIfNull(target);
        if (!await target.ExistsAsync(bus, cancellationToken))
        {
            return [];
        }

        var addresses = (await target.ListAsync(bus, cancellationToken)).Select(e => e.Name).ToList();
        var read = await target.ReadManyAsync([.. addresses.Select(a => $"{bus}/{a}/uevent")], cancellationToken);
        var found = new List<(string, string, string?)>();
        for (var i = 0; i < addresses.Count; i++)
        {
            var uevent = ParseUevent(read[i].Content);
            var id = uevent.GetValueOrDefault("PCI_ID", "").ToLowerInvariant();
            if (BoardOf(id) != TimeCardBoard.Unknown)
            {
                found.Add((addresses[i], id, uevent.GetValueOrDefault("DRIVER")));
            }
        }

        return found;
    }

    /// <summary>The path of an attribute.</summary>
    /// <exception cref="NotOnTargetException">The card has no such attribute; the message names the nearest.</exception>
    public string PathOf(string attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        return AttributeNames.Contains(attribute, StringComparer.Ordinal)
            ? $"{Path}/{attribute}"
            : throw new NotOnTargetException(
                $"{Name} ({Board}, {Dialect}) has no attribute '{attribute}'{NearestNames.Clause(attribute, AttributeNames)}", $"list them with `labtrace timecard show --card {Name}`");
    }

    /// <summary>Whether the card shows an attribute.</summary>
    public bool Has(string attribute) => AttributeNames.Contains(attribute, StringComparer.Ordinal);

    /// <summary>Reads an attribute, without its last newline.</summary>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public ValueTask<string> ReadAsync(string attribute, CancellationToken cancellationToken) => Target.ReadTextAsync(PathOf(attribute), cancellationToken);

    /// <summary>Reads an attribute as it is, to the last byte.</summary>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public ValueTask<byte[]> ReadBytesAsync(string attribute, CancellationToken cancellationToken) => Target.ReadAsync(PathOf(attribute), cancellationToken);

    /// <summary>Reads all attributes in one round trip; a refusal is told with its attribute.</summary>
    public async Task<IReadOnlyList<AttributeReading>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var read = await Target.ReadManyAsync([.. AttributeNames.Select(n => $"{Path}/{n}")], cancellationToken);
        return [.. AttributeNames.Select((name, i) => Reading(name, read[i]))];
    }

    /// <summary>Writes an attribute, to be undone with the other changes.</summary>
    /// <param name="changes">Takes it back.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="value">What to write.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The driver refused; carries its errno.</exception>
    /// <exception cref="ArgumentException">The attribute is a memory, which text would destroy.</exception>
    public async Task SetAsync(TargetChanges changes, string attribute, string value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var path = PathOf(attribute);
        if (BinaryBytes(attribute) is { } bytes)
        {
            throw new ArgumentException($"{attribute} of {Name} is a memory of {bytes} bytes and takes no text", nameof(attribute));
        }

        await changes.SetAttributeAsync(path, value, await FindRestoreValueAsync(attribute, cancellationToken), cancellationToken);
    }

    /// <summary>Opens the card's clock.</summary>
    /// <exception cref="NotOnTargetException">The card shows none.</exception>
    public Task<PtpClock> OpenClockAsync(bool canWrite, CancellationToken cancellationToken) => PtpPath is { } path
        ? PtpClock.OpenAsync(Target, path, canWrite, cancellationToken)
        : throw new NotOnTargetException($"{Name} on target '{Target.Name}' shows no PTP clock", "see what the driver says: dmesg | grep ptp_ocp");

    /// <summary>Opens the card's oscillator.</summary>
    /// <exception cref="NotOnTargetException">The card shows none.</exception>
    public Task<Mro50> OpenOscillatorAsync(CancellationToken cancellationToken) => OscillatorPath is { } path
        ? Mro50.OpenAsync(Target, path, cancellationToken)
        : throw new NotOnTargetException(
            $"{Name} ({Board}, {Dialect}) on target '{Target.Name}' shows no oscillator", "use an ART board under the Time Appliance Project's own ptp_ocp");

    internal static AttributeReading Reading(string name, ReadOutcome outcome)
    {
        if (outcome.Content is not { } bytes)
        {
            return new AttributeReading(name, null, outcome.Errno, false);
        }

        if (bytes.AsSpan().IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) is >= 0 and var at && bytes.AsSpan(at).IndexOfAnyExcept("\n\t"u8) >= 0
            && bytes.Any(b => b is < 0x20 and not ((byte)'\n' or (byte)'\t') or > 0x7E))
        {
            return new AttributeReading(name, Convert.ToHexStringLower(bytes), Errno.None, true);
        }

        var text = Encoding.ASCII.GetString(bytes);
        return new AttributeReading(name, text.EndsWith('\n') ? text[..^1] : text, Errno.None, false);
    }

    private static TimeCardBoard BoardOf(string id) => id switch
    {
        "1d9b:0400" or "1d9b:400" => TimeCardBoard.Facebook,
        "18d4:1008" => TimeCardBoard.Celestica,
        "1ad7:a000" => TimeCardBoard.Art,
        "ad5a:0400" or "ad5a:400" => TimeCardBoard.Adva,
        "ad5a:0410" or "ad5a:410" => TimeCardBoard.AdvaX1,
        _ => TimeCardBoard.Unknown,
    };

    private static Dictionary<string, string> ParseUevent(byte[]? content)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[line[..equals]] = line[(equals + 1)..];
            }
        }

        return values;
    }

    private static async Task WalkAsync(
        ITarget target, string path, string prefix, List<string> names, List<string> links, int depth, CancellationToken cancellationToken)
    {
        foreach (var entry in await target.ListAsync(path, cancellationToken))
        {
            if (names.Count + links.Count >= MostAttributes)
            {
                return;
            }

            if (entry.Kind == FileKind.SymbolicLink)
            {
                links.Add(prefix + entry.Name);
            }
            else if (entry.Kind == FileKind.Directory && depth < DeepestGroup && !(depth == 0 && entry.Name == "power"))
            {
                await WalkAsync(target, $"{path}/{entry.Name}", $"{prefix}{entry.Name}/", names, links, depth + 1, cancellationToken);
            }
            else if (entry.Kind == FileKind.File && !(depth == 0 && entry.Name == "uevent"))
            {
                names.Add(prefix + entry.Name);
            }
        }
    }

    /// <summary>Where the card's links lead tells its clock, its PPS and its serial ports.</summary>
    private async Task FollowAsync(List<string> links, CancellationToken cancellationToken)
    {
        const string serial = "tty";
        var uevents = await Target.ReadManyAsync([.. links.Select(l => $"{Path}/{l}/uevent")], cancellationToken);
        string? DeviceOf(string link) =>
            links.IndexOf(link) is >= 0 and var at && ParseUevent(uevents[at].Content).TryGetValue("DEVNAME", out var name) ? name : null;
        (PtpName, OscillatorName) = (DeviceOf("ptp"), DeviceOf("mro50"));
        if (links.Contains("pps"))
        {
            // The PPS source names its clock; it need not have its number.
            PpsName = DeviceOf("pps") ?? await FindPpsAsync(cancellationToken);
        }

        var ports = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var link in links.Where(l => l.StartsWith(serial, StringComparison.Ordinal)))
        {
            ports[link[serial.Length..]] = DeviceOf(link) ?? "";
        }

        var files = AttributeNames.Where(n => n.StartsWith("tty/tty", StringComparison.Ordinal)).ToList();
        foreach (var (name, read) in files.Zip(await Target.ReadManyAsync([.. files.Select(f => $"{Path}/{f}")], cancellationToken)))
        {
            ports[name["tty/tty".Length..]] = Encoding.UTF8.GetString(read.Content ?? []).Trim();
        }

        SerialPorts = ports;
        Dialect = await FindDialectAsync(links, cancellationToken);
    }

    private async Task<string?> FindPpsAsync(CancellationToken cancellationToken)
    {
        const string pps = "/sys/class/pps";
        if (PtpName is null || !await Target.ExistsAsync(pps, cancellationToken))
        {
            return null;
        }

        var sources = (await Target.ListAsync(pps, cancellationToken)).Select(e => e.Name).ToList();
        var names = await Target.ReadManyAsync([.. sources.Select(s => $"{pps}/{s}/name")], cancellationToken);
        var at = names.ToList().FindIndex(n => Encoding.UTF8.GetString(n.Content ?? []).Trim() == PtpName);
        return at < 0 ? null : sources[at];
    }

    private async Task<PtpOcpDialect> FindDialectAsync(List<string> links, CancellationToken cancellationToken)
    {
        if (OscillatorName is not null || Has("mac_i2c") || Has("tod_protocol") || Has("external_pps_cable_delay"))
        {
            return PtpOcpDialect.OutOfTree;
        }

        if (Board == TimeCardBoard.Art && Has("available_sma_outputs"))
        {
            var outputs = await ReadAsync("available_sma_outputs", cancellationToken);
            return outputs.Split(' ').Contains("MAC") ? PtpOcpDialect.OutOfTree : PtpOcpDialect.Mainline612;
        }

        if (links.Exists(l => l.StartsWith("tty", StringComparison.Ordinal)))
        {
            return PtpOcpDialect.Mainline61;
        }

        // A generator's start is the only time that a card shows in sysfs with all its digits, or without.
        return Has(FirstSignal) && (await ReadAsync(FirstSignal, cancellationToken)).Contains('.', StringComparison.Ordinal)
            ? PtpOcpDialect.Mainline73 : PtpOcpDialect.Mainline612;
    }
}
