using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <content>Attributes with their types, in both directions.</content>
public sealed partial class TimeCard
{
    /// <summary>Connectors of a card.</summary>
    public const int Connectors = 4;

    /// <summary>Bytes of <c>disciplining_config</c>.</summary>
    public const int DiscipliningConfigBytes = 144;

    /// <summary>Bytes of <c>temperature_table</c>.</summary>
    public const int TemperatureTableBytes = 368;

    /// <summary>Bytes of <c>config</c>, a block of the card's flash that the out-of-tree driver shows.</summary>
    public const int ConfigBytes = 4096;

    /// <summary>Reads <c>serialnum</c>: six bytes, all zero when the EEPROM could not be read.</summary>
    public async Task<string> ReadSerialNumberAsync(CancellationToken cancellationToken) => await ReadAsync("serialnum", cancellationToken);

    /// <summary>Reads <c>gnss_sync</c>.</summary>
    /// <exception cref="FormatException">It is not as the driver writes it.</exception>
    public async Task<GnssSync> ReadGnssSyncAsync(CancellationToken cancellationToken)
    {
        var text = await ReadAsync("gnss_sync", cancellationToken);
        return text == "SYNC" ? new GnssSync(true, null)
            : text.StartsWith("LOST @ ", StringComparison.Ordinal)
                && DateTimeOffset.TryParseExact(
                    text["LOST @ ".Length..], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var lost)
                ? new GnssSync(false, lost)
                : throw new FormatException($"gnss_sync of {Name} reads '{text}': expected `SYNC` or `LOST @ TIME`");
    }

    /// <summary>Reads <c>clock_source</c>: what the hardware reports, which may lag behind what was written.</summary>
    public async Task<string> ReadClockSourceAsync(CancellationToken cancellationToken) => await ReadAsync("clock_source", cancellationToken);

    /// <summary>Selects the clock's source by its name.</summary>
    /// <exception cref="TargetIOException">EINVAL: no such source.</exception>
    public Task SetClockSourceAsync(TargetChanges changes, string source, CancellationToken cancellationToken) => SetAsync(changes, "clock_source", source, cancellationToken);

    /// <summary>Reads names separated by blanks, such as <c>available_clock_sources</c>.</summary>
    public async Task<IReadOnlyList<string>> ReadNamesAsync(string attribute, CancellationToken cancellationToken) =>
        (await ReadAsync(attribute, cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads how a connector is used.</summary>
    /// <param name="connector">1 to 4.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="FormatException">It is not as the driver writes it.</exception>
    public async Task<SmaRouting> ReadConnectorAsync(int connector, CancellationToken cancellationToken) =>
        SmaRouting.Parse(await ReadAsync(ConnectorName(connector), cancellationToken));

    /// <summary>Routes a connector.</summary>
    /// <exception cref="TargetIOException">EINVAL for an unknown signal; EOPNOTSUPP where direction or function are fixed.</exception>
    public Task SetConnectorAsync(TargetChanges changes, int connector, SmaRouting routing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(routing);
        return SetAsync(changes, ConnectorName(connector), routing.ToString(), cancellationToken);
    }

    /// <summary>Reads a whole number, such as <c>utc_tai_offset</c>, <c>ts_window_adjust</c>, <c>irig_b_mode</c>, <c>tod_correction</c>,
    /// <c>clock_status_drift</c>, <c>clock_status_offset</c>, <c>holdover</c>, the cable delays or <c>freqN/seconds</c>.</summary>
    /// <exception cref="FormatException">It is no number.</exception>
    public async Task<long> ReadNumberAsync(string attribute, CancellationToken cancellationToken)
    {
        var text = await ReadAsync(attribute, cancellationToken);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{attribute} of {Name} reads '{text}': expected a whole number");
    }

    /// <summary>Writes a whole number.</summary>
    /// <exception cref="TargetIOException">EINVAL, ERANGE.</exception>
    public Task SetNumberAsync(TargetChanges changes, string attribute, long value, CancellationToken cancellationToken) =>
        SetAsync(changes, attribute, value.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <summary>Offset added to TAI for outputs that are in UTC, whole seconds.</summary>
    public async Task<int> ReadUtcTaiOffsetAsync(CancellationToken cancellationToken) => (int)await ReadNumberAsync("utc_tai_offset", cancellationToken);

    /// <summary>What the clock's servo last measured: offset in nanoseconds, drift in parts per billion.</summary>
    public async Task<(long OffsetNs, long DriftPpb)> ReadClockStatusAsync(CancellationToken cancellationToken) =>
        (await ReadNumberAsync("clock_status_offset", cancellationToken), await ReadNumberAsync("clock_status_drift", cancellationToken));

    /// <summary>Reads what a generator does.</summary>
    /// <param name="generator">1 to 4.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="FormatException">It is not as the driver writes it.</exception>
    public async Task<GeneratorSignal> ReadGeneratorAsync(int generator, CancellationToken cancellationToken) => GeneratorSignal.Parse(
        await ReadAsync(Group("gen", generator) + "/signal", cancellationToken), await ReadAsync(Group("gen", generator) + "/running", cancellationToken));

    /// <summary>Starts a generator, or stops it with a period of 0.</summary>
    /// <param name="changes">Takes it back.</param>
    /// <param name="generator">1 to 4.</param>
    /// <param name="periodNs">Nanoseconds.</param>
    /// <param name="dutyPercent">1 to 99, or null to leave it.</param>
    /// <param name="phaseNs">Nanoseconds, or null to leave it.</param>
    /// <param name="polarity">Whether it is active high, or null to leave it.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">EINVAL, ERANGE.</exception>
    public Task SetGeneratorAsync(
        TargetChanges changes, int generator, ulong periodNs, int? dutyPercent, ulong? phaseNs, bool? polarity, CancellationToken cancellationToken)
    {
        // The values go by their places: a later one needs those before it.
        var text = string.Create(CultureInfo.InvariantCulture, $"{periodNs}");
        if (dutyPercent is not null || phaseNs is not null || polarity is not null)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" {dutyPercent ?? 50}");
        }

        if (phaseNs is not null || polarity is not null)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" {phaseNs ?? 0}");
        }

        text += polarity is { } high ? high ? " 1" : " 0" : "";
        return SetAsync(changes, Group("gen", generator) + "/signal", text, cancellationToken);
    }

    /// <summary>Reads a counter's measurement.</summary>
    /// <param name="counter">1 to 4.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async Task<MeasuredFrequency> ReadFrequencyAsync(int counter, CancellationToken cancellationToken) =>
        MeasuredFrequency.Parse(await ReadAsync(Group("freq", counter) + "/frequency", cancellationToken));

    /// <summary>Sets how long a counter measures; 0 turns it off.</summary>
    /// <exception cref="TargetIOException">EINVAL beyond 255, ERANGE beyond 32 bits.</exception>
    public Task SetMeasuringTimeAsync(TargetChanges changes, int counter, int seconds, CancellationToken cancellationToken) =>
        SetNumberAsync(changes, Group("freq", counter) + "/seconds", seconds, cancellationToken);

    /// <summary>How many bytes an attribute has that is a memory of the card and no text; null for text.</summary>
    public static int? BinaryBytes(string attribute) => attribute switch
    {
        "disciplining_config" => DiscipliningConfigBytes,
        "temperature_table" => TemperatureTableBytes,
        "config" => ConfigBytes,
        _ => null,
    };

    /// <summary>Reads a memory of the card: <c>disciplining_config</c>, <c>temperature_table</c>, <c>config</c>.</summary>
    /// <exception cref="TargetIOException">ENODEV: the driver found no flash behind <c>config</c>.</exception>
    public async Task<byte[]> ReadBinaryAsync(string attribute, CancellationToken cancellationToken) => await ReadBytesAsync(attribute, cancellationToken);

    /// <summary>Writes a memory of the card and reads it back; undoing writes what it held.</summary>
    /// <param name="changes">Takes it back.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="content">All of its bytes. <c>config</c> takes fewer, and what follows them in its block is erased: 0xff.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">EFAULT: another size than that of an EEPROM's attribute; EIO: it does not read as it was written.</exception>
    public async Task SetBinaryAsync(TargetChanges changes, string attribute, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var path = PathOf(attribute);
        await changes.SetBytesAsync(path, content, cancellationToken);
        var read = await ReadBinaryAsync(attribute, cancellationToken);
        var same = content.Span.CommonPrefixLength(read);
        if (same < content.Length)
        {
            throw new TargetIOException(Target.Name, "read back what was written to", path, Errno.EIO, string.Create(
                CultureInfo.InvariantCulture,
                $"byte {same} was written as 0x{content.Span[same]:x2} and reads {(same < read.Length ? $"0x{read[same]:x2}" : "as the end")}: the memory behind it keeps nothing, or somebody else writes to it"));
        }
    }

    /// <summary>What to write so that an attribute is again as it is now.</summary>
    /// <returns>The value, or null when what it reads as does.</returns>
    public async Task<string?> FindRestoreValueAsync(string attribute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        if (attribute.EndsWith("/signal", StringComparison.Ordinal))
        {
            var running = (await ReadAsync(attribute[..^"signal".Length] + "running", cancellationToken)).Trim();
            var words = (await ReadAsync(attribute, cancellationToken)).Split(' ');
            return running == "1" ? string.Join(' ', words.Take(4)) : "0";
        }

        if (attribute == "mac_i2c")
        {
            // It reads -1 before anybody has set it, and takes only yes and no.
            return await ReadAsync(attribute, cancellationToken) == "1" ? "1" : "0";
        }

        if (attribute == ConnectorName(1) && await ReadAsync(attribute, cancellationToken) == "IN: (null)")
        {
            // No signal, where the board has no name for that.
            return "IN:";
        }

        if (attribute is not ("utc_tai_offset" or "ts_window_adjust"))
        {
            return null;
        }

        // 32 bits without a sign, shown with one.
        var value = await ReadNumberAsync(attribute, cancellationToken);
        return ((uint)value).ToString(CultureInfo.InvariantCulture);
    }

    private static string ConnectorName(int connector) => connector is >= 1 and <= Connectors
        ? string.Create(CultureInfo.InvariantCulture, $"sma{connector}")
        : throw new ArgumentOutOfRangeException(nameof(connector), connector, "a card has connectors 1 to 4");

    private static string Group(string name, int number) => number is >= 1 and <= 4
        ? string.Create(CultureInfo.InvariantCulture, $"{name}{number}")
        : throw new ArgumentOutOfRangeException(nameof(number), number, "they are numbered 1 to 4");
}
