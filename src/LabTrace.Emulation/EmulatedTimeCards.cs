using System.Globalization;
using LabTrace.Devices.Vm;
using LabTrace.Emulation.TimeCards;
using LabTrace.Emulation.TimeCards.Driver;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation;

/// <summary>Time Cards of an emulated machine and the ptp_ocp driver above them.</summary>
public sealed record EmulatedTimeCards
{
    private static readonly Dictionary<string, BoardKind> Boards = new(StringComparer.Ordinal)
    {
        ["facebook"] = BoardKind.Facebook,
        ["celestica"] = BoardKind.Celestica,
        ["art"] = BoardKind.Art,
        ["adva"] = BoardKind.Adva,
        ["adva-x1"] = BoardKind.AdvaX1,
    };

    private static readonly Dictionary<string, PtpOcpDialect> Dialects = new(StringComparer.Ordinal)
    {
        ["mainline-7.3"] = PtpOcpDialect.Mainline73,
        ["mainline-6.12"] = PtpOcpDialect.Mainline612,
        ["mainline-6.1"] = PtpOcpDialect.Mainline61,
        ["out-of-tree"] = PtpOcpDialect.OutOfTree,
    };

    /// <summary>A machine without cards.</summary>
    public static EmulatedTimeCards None { get; } = new();

    /// <summary>The defects that can be seeded, <c>card:NAME</c> or <c>driver:NAME</c>, for suites that must find them.</summary>
    public static IReadOnlyList<string> Defects { get; } =
    [
        .. Enum.GetValues<CardDefect>().Where(d => d != CardDefect.None).Select(d => $"card:{d}"),
        .. Enum.GetValues<DriverDefect>().Where(d => d != DriverDefect.None).Select(d => $"driver:{d}"),
    ];

    /// <summary>The cards in the order of their slots.</summary>
    internal IReadOnlyList<CardOptions> Cards { get; init; } = [];

    internal PtpOcpDialect Dialect { get; init; }

    internal DriverDefect DriverDefect { get; init; }

    /// <summary>Reads cards as a place writes them.</summary>
    /// <param name="cards">
    /// Boards separated by commas: <c>facebook</c>, <c>celestica</c>, <c>art</c>, <c>adva</c>, <c>adva-x1</c>; behind one a firmware, as in
    /// <c>facebook/0.18</c> (0 is a SOM's, 1 an FPGA's), and faults, as in <c>adva+antenna-cut</c>: <c>eeprom-unreadable</c>,
    /// <c>flash-unreadable</c>, <c>antenna-cut</c>, <c>phc-at-1970</c>, <c>never-ready</c>, <c>unsynced</c>. Empty or <c>none</c> for no card.
    /// </param>
    /// <param name="dialect"><c>mainline-7.3</c>, <c>mainline-6.12</c>, <c>mainline-6.1</c> or <c>out-of-tree</c>.</param>
    /// <param name="defect">One of <see cref="Defects"/>, or null.</param>
    /// <exception cref="FormatException">What is written is none of that.</exception>
    public static EmulatedTimeCards Parse(string cards, string dialect = "mainline-6.12", string? defect = null)
    {
        ArgumentNullException.ThrowIfNull(cards);
        ArgumentNullException.ThrowIfNull(dialect);
        var driver = Dialects.TryGetValue(dialect, out var known)
            ? known
            : throw new FormatException($"'{dialect}' is no dialect of ptp_ocp; one of: {string.Join(", ", Dialects.Keys)}");
        var cardDefect = CardDefect.None;
        var driverDefect = DriverDefect.None;
        var isKnown = defect is null
            || (defect.StartsWith("card:", StringComparison.Ordinal) && Enum.TryParse(defect["card:".Length..], out cardDefect))
            || (defect.StartsWith("driver:", StringComparison.Ordinal) && Enum.TryParse(defect["driver:".Length..], out driverDefect));
        if (!isKnown)
        {
            throw new FormatException($"'{defect}' is no defect that can be seeded");
        }

        var words = cards is "none" ? [] : cards.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new EmulatedTimeCards
        {
            Dialect = driver,
            DriverDefect = driverDefect,
            Cards = [.. words.Select((word, i) => ParseCard(word, i, cardDefect))],
        };
    }

    /// <summary>Powers the cards up for the slots of a virtual machine, whose own driver they meet.</summary>
    /// <param name="time">The clock they run by.</param>
    public IReadOnlyList<IPciCard> ToPciCards(TimeProvider time) => [.. Cards.Select(c => new PciTimeCard(c, time))];

    private static CardOptions ParseCard(string word, int index, CardDefect defect)
    {
        var parts = word.Split('+');
        var slash = parts[0].IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? parts[0] : parts[0][..slash];
        if (!Boards.TryGetValue(name, out var board))
        {
            throw new FormatException($"'{name}' is no board of a Time Card; one of: {string.Join(", ", Boards.Keys)}");
        }

        var options = new CardOptions
        {
            Board = board,
            Seed = index + 1,
            Serial = index == 0 ? [0x02, 0x11, 0x22, 0x33, 0x44, 0x55] : [0x02, 0xab, 0xcd, 0xef, 0x44, (byte)(0x55 + index)],
            ImageVersion = slash < 0 ? 0x8009 : ParseFirmware(parts[0][(slash + 1)..]),
            Cables = board == BoardKind.Art ? [(4, 1), (3, 2)] : [(3, 2), (4, 1)],
            Faults = new CardFaults { Defect = defect },
        };
        foreach (var fault in parts[1..])
        {
            options = fault switch
            {
                "eeprom-unreadable" => options with { Faults = options.Faults with { EepromUnreadable = true } },
                "flash-unreadable" => options with { Faults = options.Faults with { FlashUnreadable = true } },
                "antenna-cut" => options with { Faults = options.Faults with { AntennaCut = true } },
                "phc-at-1970" => options with { Faults = options.Faults with { PhcAt1970 = true } },
                "never-ready" => options with { Faults = options.Faults with { NeverReady = true } },
                "unsynced" => options with { StartsInSync = false },
                _ => throw new FormatException($"'{fault}' is no fault of a Time Card; one of: eeprom-unreadable, flash-unreadable, antenna-cut, phc-at-1970, never-ready, unsynced"),
            };
        }

        return options;
    }

    private static uint ParseFirmware(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tag) && tag <= 1
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version is > 0 and <= 0x7FFF
            ? (tag << 15) | version
            : throw new FormatException($"'{text}' is no firmware of a Time Card: a tag, 0 or 1, a dot, a version, as in 0.18");
    }
}
