using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <content>What single attributes show and take.</content>
internal sealed partial class PtpOcpDevice
{
    private const int PageAddress = 0x50;
    private int _macI2c = -1;

    public static string Number(long value) => string.Create(CultureInfo.InvariantCulture, $"{value}\n");

    public string ShowSerial()
    {
        var bytes = ReadSerial() ?? new byte[6];
        var text = string.Join(':', bytes.Select(b => b.ToString(Defect == DriverDefect.SerialUppercase ? "X2" : "x2", CultureInfo.InvariantCulture)));
        return text + (Defect == DriverDefect.SerialWithoutNewline ? "" : "\n");
    }

    public string ShowGnssSync() => _gnssLost == 0 || Defect == DriverDefect.GnssSyncAlways ? "SYNC\n"
        : Defect == DriverDefect.GnssLostWithoutTime ? "LOST\n"
        : string.Create(CultureInfo.InvariantCulture, $"LOST @ {DateTimeOffset.FromUnixTimeSeconds(_gnssLost):yyyy-MM-ddTHH:mm:ss}\n");

    public string ShowClockSource()
    {
        var select = Bus.Read(Clock(Registers.Select)) >> 16;
        return (Selectors.NameOf(Selectors.Clock, Defect == DriverDefect.ClockSourceStale ? Registers.SelectRegisters : select) ?? "(null)") + "\n";
    }

    public void StoreClockSource(string text) => Bus.Write(Clock(Registers.Select), Selectors.ValueOf(Selectors.Clock, text, Defect));

    public string ShowClockStatus(bool isDrift) =>
        Number(Registers.FromSignMagnitude(Bus.Read(Clock(isDrift ? Registers.StatusDrift : Registers.StatusOffset))));

    public string ShowUtcOffset() => Number((int)_utcTaiOffset);

    public void StoreUtcOffset(string text)
    {
        var value = KernelNumbers.Unsigned(text, Defect == DriverDefect.UtcOffsetRangeUnchecked ? ulong.MaxValue : uint.MaxValue);
        DistributeUtc((uint)value);
    }

    public string ShowWindowAdjust() => Number((int)_windowAdjust);

    public void StoreWindowAdjust(string text)
    {
        var value = (uint)KernelNumbers.Unsigned(text, uint.MaxValue);
        _windowAdjust = Defect == DriverDefect.WindowAdjustIgnored ? _windowAdjust : value;
    }

    public string ShowIrigMode() => Number((Bus.Read(Registers.IrigOut) >> 16) & 7);

    public void StoreIrigMode(string text)
    {
        var value = (uint)KernelNumbers.Unsigned(text, byte.MaxValue);
        if (value > 7 && Defect != DriverDefect.IrigModeUnchecked)
        {
            Refusal.Throw(Defect == DriverDefect.IrigErrnoWrong ? Errno.ERANGE : Errno.EINVAL);
        }

        var mode = (value & 7) << 16;
        Bus.Write(Registers.IrigOut, 0);
        Bus.Write(Registers.IrigOut, mode);
        Bus.Write(Registers.IrigOut, mode | 1);
    }

    public string ShowCorrection() => Number(Registers.FromSignMagnitude(Bus.Read(Registers.Tod + Registers.TodAdjust)));

    public void StoreCorrection(string text)
    {
        var value = KernelNumbers.Signed(text, int.MinValue, int.MaxValue);
        var magnitude = value == int.MinValue ? 0 : (uint)Math.Abs(value) & (Defect == DriverDefect.CorrectionTruncated ? 0xFFu : uint.MaxValue);
        Bus.Write(Registers.Tod + Registers.TodAdjust, magnitude | (value < 0 ? 0x8000_0000 : 0));
    }

    /// <summary>Cable delays of the out-of-tree driver.</summary>
    public string ShowDelay(bool isExternal) => Number(Bus.Read((isExternal ? Registers.PpsToExt : Registers.PpsToClk) + Registers.CableDelay));

    public void StoreDelay(bool isExternal, string text) =>
        Bus.Write((isExternal ? Registers.PpsToExt : Registers.PpsToClk) + Registers.CableDelay, (uint)KernelNumbers.Unsigned(text, ushort.MaxValue));

    public string ShowHoldover() => Number(Bus.Read(Registers.PpsSelect + 8) & 3);

    public void StoreHoldover(string text)
    {
        var value = (uint)KernelNumbers.Unsigned(text, uint.MaxValue);
        if (value > 3)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Bus.Write(Registers.PpsSelect + 8, value);
    }

    public string ShowTod(bool isBaud) => isBaud
        ? Selectors.NameOf(Selectors.TodBaudRates, Bus.Read(Registers.Tod + 0x20) & 0xF) + "\n"
        : Selectors.NameOf(Selectors.TodProtocols, (Bus.Read(Registers.Tod) >> 28) & 3) + "\n";

    public void StoreTod(bool isBaud, string text)
    {
        if (isBaud)
        {
            Bus.Write(Registers.Tod + 0x20, Selectors.ValueOf(Selectors.TodBaudRates, text, Defect));
            return;
        }

        var protocol = Selectors.ValueOf(Selectors.TodProtocols, text, Defect);
        Bus.Write(Registers.Tod, (Bus.Read(Registers.Tod) & ~(3u << 28)) | (protocol << 28));
    }

    public string ShowMacI2c() => Number(_macI2c);

    public void StoreMacI2c(string text) => _macI2c = KernelNumbers.Boolean(text) ? 1 : 0;

    /// <summary>ART's memories of the disciplining daemon: bytes of the EEPROM.</summary>
    /// <exception cref="Refusal">EFAULT: it does not answer.</exception>
    public byte[] ReadMemory(int offset, int length)
    {
        var bytes = new List<byte>();
        while (bytes.Count < length)
        {
            var at = offset + bytes.Count;
            var piece = Math.Min(length - bytes.Count, Math.Min(16, 256 - (at & 0xFF)));
            bytes.AddRange(_eeprom.Read(PageAddress + (at >> 8), at & 0xFF, piece) ?? throw new Refusal(Errno.EFAULT));
        }

        return [.. bytes];
    }

    /// <summary>Takes the whole of a memory and nothing less.</summary>
    /// <param name="offset">Where it begins in the EEPROM.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="at">Where the write begins in it.</param>
    /// <param name="content">What is written.</param>
    /// <exception cref="Refusal">EFAULT: a part.</exception>
    public int WriteMemory(int offset, int length, int at, byte[] content)
    {
        if ((at != 0 || content.Length != length) && Defect != DriverDefect.BinaryTakesAnySize)
        {
            Refusal.Throw(Errno.EFAULT);
        }

        WriteEeprom(offset + at, content);
        return content.Length;
    }

    /// <summary>Writes bytes of the EEPROM.</summary>
    public void WriteEeprom(int offset, byte[] content)
    {
        const int piece = 8;
        for (var done = 0; done < content.Length; done += piece)
        {
            var address = offset + done;
            _eeprom.Write(PageAddress + (address >> 8), address & 0xFF, content.AsSpan(done, Math.Min(piece, content.Length - done)));
        }
    }

    private byte[]? ReadSerial() => _serial ??= Bus.Run("ptp_ocp_read_eeprom", () => Board switch
    {
        BoardKind.Art => _eeprom.Read(0x52, 0x63, 6),
        _ => _eeprom.Read(0x58, 0x9A, 6),
    });
}
