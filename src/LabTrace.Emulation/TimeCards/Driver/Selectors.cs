using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The driver's tables of names, in the order in which they are looked through and printed.</summary>
internal static class Selectors
{
    /// <summary>An input that is turned off.</summary>
    public const uint Disable = 1 << 16;

    public static readonly Selector[] Clock =
    [
        new("NONE", 0), new("TOD", 1), new("IRIG", 2), new("PPS", 3), new("PTP", 4), new("RTC", 5), new("DCF", 6), new("REGS", 0xFE), new("EXT", 0xFF),
    ];

    public static readonly Selector[] TodProtocols = [new("NMEA", 0), new("UBX", 1), new("TSIP", 2), new("ESIP", 3)];

    public static readonly Selector[] TodBaudRates =
    [
        .. new[] { 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1000000, 2000000 }
            .Select((rate, i) => new Selector(rate.ToString(System.Globalization.CultureInfo.InvariantCulture), (uint)i)),
    ];

    private static readonly Selector[] FbInputs =
    [
        new("10Mhz", 0), new("PPS1", 1), new("PPS2", 2), new("TS1", 4), new("TS2", 8), new("IRIG", 0x10), new("DCF", 0x20), new("TS3", 0x40),
        new("TS4", 0x80), new("FREQ1", 0x100), new("FREQ2", 0x200), new("FREQ3", 0x400), new("FREQ4", 0x800), new("None", Disable),
    ];

    private static readonly Selector[] FbOutputs =
    [
        new("10Mhz", 0), new("PHC", 1), new("MAC", 2), new("GNSS1", 4), new("GNSS2", 8), new("IRIG", 0x10), new("DCF", 0x20), new("GEN1", 0x40),
        new("GEN2", 0x80), new("GEN3", 0x100), new("GEN4", 0x200), new("GND", 0x2000), new("VCC", 0x4000),
    ];

    private static readonly string[] AdvaInputs = ["10Mhz", "PPS1", "PPS2", "TS1", "TS2", "FREQ1", "FREQ2", "None"];
    private static readonly string[] AdvaOutputs = ["10Mhz", "PHC", "MAC", "GNSS1", "GEN1", "GEN2", "GND", "VCC"];
    private static readonly string[] AdvaX1Inputs = ["PPS1", "TS1", "TS2", "TS3", "TS4", "FREQ1", "FREQ2", "FREQ3", "FREQ4", "None"];
    private static readonly string[] AdvaX1Outputs = ["10Mhz", "PHC", "MAC", "GNSS1", "GEN1", "GEN2", "GEN3", "GEN4", "GND", "VCC"];

    public static Selector[] Inputs(BoardKind board) => board switch
    {
        BoardKind.Art => [new("PPS1", 1), new("10Mhz", 8)],
        BoardKind.Adva => [.. FbInputs.Where(s => AdvaInputs.Contains(s.Name))],
        BoardKind.AdvaX1 => [.. FbInputs.Where(s => AdvaX1Inputs.Contains(s.Name))],
        _ => FbInputs,
    };

    public static Selector[] Outputs(BoardKind board, PtpOcpDialect dialect) => board switch
    {
        BoardKind.Art => [new(dialect == PtpOcpDialect.OutOfTree ? "MAC" : "PHC", 2), new("GNSS", 4), new("10Mhz", 0x10)],
        BoardKind.Adva => [.. FbOutputs.Where(s => AdvaOutputs.Contains(s.Name))],
        BoardKind.AdvaX1 => [.. FbOutputs.Where(s => AdvaX1Outputs.Contains(s.Name))],
        _ => FbOutputs,
    };

    /// <summary>The value of the first name that the text begins with, whatever its case.</summary>
    public static uint ValueOf(Selector[] table, string text, DriverDefect defect)
    {
        foreach (var selector in table)
        {
            var isIt = defect switch
            {
                DriverDefect.NamesMatchCase => text.StartsWith(selector.Name, StringComparison.Ordinal),
                DriverDefect.NamesMatchWhole => text.Trim().Equals(selector.Name, StringComparison.OrdinalIgnoreCase),
                _ => text.StartsWith(selector.Name, StringComparison.OrdinalIgnoreCase),
            };
            if (isIt)
            {
                return selector.Value;
            }
        }

        return defect == DriverDefect.UnknownNameAccepted ? table[0].Value : throw new Refusal(Errno.EINVAL);
    }

    public static string? NameOf(Selector[] table, uint value)
    {
        foreach (var selector in table)
        {
            if (selector.Value == value)
            {
                return selector.Name;
            }
        }

        return null;
    }

    public static string All(Selector[] table) => string.Join(' ', table.Select(s => s.Name)) + "\n";
}

/// <summary>A name a user writes and reads for a value of a register.</summary>
internal readonly record struct Selector(string Name, uint Value);
