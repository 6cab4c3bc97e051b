using System.Globalization;
using System.Text;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>What the driver tells in debugfs: <c>summary</c> and <c>tod_status</c>.</summary>
internal static class CardSummary
{
    private const long Second = 1_000_000_000;
    private const string Nobody = "----";
    private static readonly int[] StamperBits = [0, 2, 3, 6, 7];

    public static string Make(PtpOcpDevice device, int number, IReadOnlyList<(string Name, string Tty, int Baud)> ports)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
        Line($"{"PTP",7}: /dev/ptp{number}");
        foreach (var (name, tty, _) in ports)
        {
            Line($"{(name == "GNSS" && device.Dialect == PtpOcpDialect.Mainline61 ? "GNSS1" : name),7}: /dev/{tty}");
        }

        for (var i = 1; i <= 4; i++)
        {
            var (inputs, outputs) = device.ConnectorWords(i);
            Line($"   sma{i}: {inputs:x4},{outputs:x4} {device.Bus.Run("ptp_ocp_sma_show", () => device.ShowConnector(i)).TrimEnd('\n')}");
        }

        AddStampers(device, Line);
        for (var i = 0; i < device.GeneratorCount; i++)
        {
            Line($"{$"GEN{i + 1}",7}: {device.DescribeGenerator(i)}");
        }

        for (var i = 0; i < device.CounterCount; i++)
        {
            Line($"{$"FREQ{i + 1}",7}: {device.DescribeCounter(i)}");
        }

        if (device.IsFacebook)
        {
            AddTimecodes(device, Line);
        }

        AddClock(device, Line);
        return text.ToString();
    }

    public static string MakeTod(PtpOcpDevice device)
    {
        string[] protocols = ["NMEA", "NMEA_ZDA", "NMEA_RMC", "NMEA_none", "UBX", "UBX_UTC", "UBX_LS", "UBX_none"];
        uint Tod(uint register) => device.Bus.Read(Registers.Tod + register);
        static int Bit(uint word, uint bit) => (word & bit) != 0 ? 1 : 0;
        var ctrl = Tod(0);
        var version = Tod(Registers.Version);
        var utc = Tod(Registers.UtcStatus);
        var protocol = protocols[((ctrl & (1 << 28)) != 0 ? 4 : 0) + ((ctrl >> 16) & 3)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"TOD Slave enabled, Control Register 0x{ctrl:X8}\nProtocol {protocol}\nGNSS ALL\n"
            + $"TOD Version {version >> 24}.{(version >> 16) & 0xFF}.{version & 0xFFFF}\nStatus register: 0x{Tod(Registers.Status):X8}\n"
            + $"Correction seconds: {Registers.FromSignMagnitude(Tod(Registers.TodAdjust))}\nUTC status register: 0x{utc:X8}\n"
            + $"UTC offset: {utc & 0xFF}  valid:{Bit(utc, Registers.UtcValid)}\n"
            + $"Leap second info valid:{Bit(utc, Registers.LeapValid)}, Leap second announce {Bit(utc, Registers.LeapAnnounced)}\n"
            + $"Time to next leap second (in sec): {Tod(Registers.Leap)}\n");
    }

    private static void AddStampers(PtpOcpDevice device, Action<FormattableString> line)
    {
        for (var i = 0; i < StamperBits.Length; i++)
        {
            if (device.HasStamper(i))
            {
                line($"{$"TS{i}",7}: {On(device.IsStamping(i))}, src: {(i == 0 ? "GNSS1" : InputOf(device, StamperBits[i]))}");
            }
        }

        // One timestamper serves two: whoever asked for it.
        line($"{"TS5",7}: {On(device.IsStamping(5) && device.IsAskedForStamps)}, src: PHC");
        line($"{"PPS",7}: {On(device.IsStamping(5) && device.IsAskedForPps)}, src: PHC");
    }

    private static void AddTimecodes(PtpOcpDevice device, Action<FormattableString> line)
    {
        const int irig = 4;
        const int dcf = 5;
        uint Read(uint register) => device.Bus.Read(register);
        string State(uint core) => FormattableString.Invariant($"{On((Read(core) & 1) != 0)}, error: {Read(core + Registers.Status)}");
        line($"{"IRIG",7}: {State(Registers.IrigOut)}, mode {Read(Registers.IrigOut) >> 16}, out: {OutputsOf(device, irig)}");
        line($"{"IRIG in",7}: {State(Registers.IrigIn)}, src: {InputOf(device, irig)}");
        line($"{"DCF",7}: {State(Registers.DcfOut)}, out: {OutputsOf(device, dcf)}");
        line($"{"DCF in",7}: {State(Registers.DcfIn)}, src: {InputOf(device, dcf)}");
        line($"{"NMEA",7}: {State(Registers.NmeaOut)}");
    }

    private static void AddClock(PtpOcpDevice device, Action<FormattableString> line)
    {
        // ART has no register that tells.
        var (source, mac) = device.Board == BoardKind.Art ? ("?", "?") : SourceOfPps(device);
        line($"MAC PPS1 src: {mac}");
        line($"MAC PPS2 src: {InputOf(device, 1, "GNSS2")}");
        var clock = (device.Bus.Read(Registers.Clock + Registers.Select) >> 16) switch
        {
            0 => Nobody,
            2 => "IRIG",
            3 => $"{source} via PPS1",
            6 => "DCF",
            _ => "unknown",
        };
        line($"PHC src: {(device.Defect == DriverDefect.SummaryWrongSource ? "unknown" : clock)}, state: {(device.IsInSync ? "sync" : "unsynced")}");
        if (!device.TryGetTime(out var phc, out var before, out var behind))
        {
            return;
        }

        var offset = device.ShowUtcOffset().TrimEnd('\n');
        var system = before + ((behind - before) / 2) + (long.Parse(offset, CultureInfo.InvariantCulture) * Second);
        line($"    PHC: {device.Time(phc)} == {device.Date(phc)} TAI");
        line($"    SYS: {device.Time(system)} == {device.Date(system)} UTC offset {offset}");
        line($"       : PHC:SYS offset: {phc - system}  window: {behind - before}");
    }

    /// <summary>What the card itself has chosen for PPS1, and what the atomic clock gets.</summary>
    private static (string Source, string Mac) SourceOfPps(PtpOcpDevice device)
    {
        var choice = device.Bus.Read(Registers.PpsSelect);
        return (choice & 1) != 0 ? (InputOf(device, 0), InputOf(device, 0))
            : (choice & 2) != 0 ? ("MAC", "GNSS1")
            : (choice & 4) != 0 ? ("GNSS1", "GNSS1")
            : (Nobody, Nobody);
    }

    private static string On(bool isOn) => isOn ? " ON" : "OFF";

    /// <summary>The first connector that is an input and whose word has a bit.</summary>
    private static string InputOf(PtpOcpDevice device, int bit, string usual = Nobody) =>
        Enumerable.Range(1, 4).Where(i => device.IsInput(i) && (device.ConnectorWords(i).In & (1u << bit)) != 0).Select(i => $"sma{i}").FirstOrDefault(usual);

    /// <summary>Every connector that is an output and whose word has a bit, a blank behind each.</summary>
    private static string OutputsOf(PtpOcpDevice device, int bit)
    {
        var outputs = string.Concat(Enumerable.Range(1, 4).Where(i => !device.IsInput(i) && (device.ConnectorWords(i).Out & (1u << bit)) != 0).Select(i => $"sma{i} "));
        return outputs.Length == 0 ? Nobody : outputs;
    }
}
