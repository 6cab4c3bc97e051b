using System.Globalization;
using System.Text;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>What the driver tells in debugfs: <c>summary</c> and <c>tod_status</c>.</summary>
internal static class CardSummary
{
    private const long Second = 1_000_000_000;

    public static string Make(PtpOcpDevice device, int number, IReadOnlyList<(string Name, string Tty, int Baud)> ports)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
        Line($"{"PTP",7}: /dev/ptp{number}");
        foreach (var (name, tty, _) in ports)
        {
            Line($"{(name == "GNSS" ? "GNSS1" : name),7}: /dev/{tty}");
        }

        for (var i = 1; i <= 4; i++)
        {
            var (inputs, outputs) = device.ConnectorWords(i);
            Line($"   sma{i}: {inputs:x4},{outputs:x4} {device.Bus.Run("ptp_ocp_sma_show", () => device.ShowConnector(i)).TrimEnd('\n')}");
        }

        for (var i = 0; i < 6; i++)
        {
            if (device.HasStamper(i))
            {
                var isOn = device.IsStamping(i) ? " ON" : "OFF";
                Line($"    TS{i}: {isOn}, src: {SourceOfStamper(device, i)}");
            }
        }

        Line($"    PPS: {(device.IsStamping(5) ? " ON" : "OFF")}, src: PHC");
        for (var i = 0; i < device.GeneratorCount; i++)
        {
            var isRunning = device.ShowSignalPart(i, "running") == "1\n" ? " ON" : "OFF";
            string Part(string name) => device.ShowSignalPart(i, name).TrimEnd('\n');
            Line($"   GEN{i + 1}: {isRunning}, period:{Part("period")} duty:{Part("duty")}% phase:{Part("phase")} pol:{Part("polarity")} [0 0] start:{Part("start").Split('.')[0]}");
        }

        for (var i = 0; i < device.CounterCount; i++)
        {
            var status = device.FrequencyStatus(i);
            var seconds = device.ShowSeconds(i);
            Line($"  FREQ{i + 1}: {(seconds > 0 ? " ON" : "OFF")}, sec:{seconds}, freq {status & Registers.FrequencyMask} Hz  reg:{status:x8}");
        }

        AddClock(device, Line);
        return text.ToString();
    }

    public static string MakeTod(PtpOcpDevice device)
    {
        string[] protocols = ["NMEA", "NMEA_ZDA", "NMEA_RMC", "NMEA_none", "UBX", "UBX_UTC", "UBX_LS", "UBX_none"];
        uint Tod(uint register) => device.Bus.Read(Registers.Tod + register);
        var ctrl = Tod(0);
        var version = Tod(Registers.Version);
        var utc = Tod(Registers.UtcStatus);
        var protocol = protocols[((ctrl & (1 << 28)) != 0 ? 4 : 0) + ((ctrl >> 16) & 3)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"TOD Slave enabled, Control Register 0x{ctrl:X8}\nProtocol {protocol}\nGNSS ALL\n"
            + $"TOD Version {version >> 24}.{(version >> 16) & 0xFF}.{version & 0xFFFF}\nStatus register: 0x{Tod(Registers.Status):X8}\n"
            + $"Correction seconds: {Registers.FromSignMagnitude(Tod(Registers.TodAdjust))}\nUTC status register: 0x{utc:X8}\n"
            + $"UTC offset: {utc & 0xFF}  valid:{(utc >> 8) & 1}\n"
            + $"Leap second info valid:{(utc >> 16) & 1}, Leap second announce {(utc >> 12) & 3}\nTime to next leap second (in sec): {Tod(Registers.Leap)}\n");
    }

    private static string SourceOfStamper(PtpOcpDevice device, int channel)
    {
        if (channel is 0 or 5)
        {
            return channel == 0 ? "GNSS1" : "PHC";
        }

        uint[] bits = [0, 4, 8, 0x40, 0x80];
        for (var i = 1; i <= 4; i++)
        {
            if (device.Board != BoardKind.Art && device.IsInput(i) && (device.ConnectorWords(i).In & bits[channel]) != 0)
            {
                return $"sma{i}";
            }
        }

        return "----";
    }

    private static void AddClock(PtpOcpDevice device, Action<FormattableString> line)
    {
        var source = device.ShowClockSource().TrimEnd('\n');
        source = device.Defect == DriverDefect.SummaryWrongSource ? "unknown" : source == "PPS" ? "---- via PPS1" : source == "REGS" ? "unknown" : source;
        var status = device.Bus.Read(Registers.Clock + Registers.Status);
        line($"PHC src: {source}, state: {((status & Registers.StatusInSync) != 0 ? "sync" : "unsynced")}");
        if (!device.TryGetTime(out var phc, out var before, out var behind))
        {
            return;
        }

        var system = before + ((behind - before) / 2);
        line($"    PHC: {phc / Second}.{phc % Second:D9} == {DateTimeOffset.FromUnixTimeSeconds(phc / Second):yyyy-MM-ddTHH:mm:ss} TAI");
        line($"    SYS: {system / Second}.{system % Second:D9} == {DateTimeOffset.FromUnixTimeSeconds(system / Second):yyyy-MM-ddTHH:mm:ss} UTC offset {device.ShowUtcOffset().TrimEnd('\n')}");
        line($"       : PHC:SYS offset: {phc - system}  window: {behind - before}");
    }
}
