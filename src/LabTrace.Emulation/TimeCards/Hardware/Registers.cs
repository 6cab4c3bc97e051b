namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>Offsets in BAR0 and the bits in them.</summary>
internal static class Registers
{
    public const uint BarSize = 0x0200_0000;
    public const uint Image = 0x0002_0000;
    public const uint PpsSelect = 0x0013_0000;
    public const uint SmaMap1 = 0x0014_0000;
    public const uint SmaMap2 = 0x0022_0000;
    public const uint ArtSma = 0x003C_0000;
    public const uint Oscillator = 0x0034_0000;
    public const uint BoardConfig = 0x0021_0000;
    public const uint UartGnss2 = 0x0017_1000;
    public const uint UartNmea = 0x0019_1000;
    public const uint Spi = 0x0031_0000;
    public const uint Clock = 0x0100_0000;
    public const uint Ts0 = 0x0101_0000;
    public const uint Ts1 = 0x0102_0000;
    public const uint PpsToExt = 0x0103_0000;
    public const uint PpsToClk = 0x0104_0000;
    public const uint Tod = 0x0105_0000;
    public const uint Ts2 = 0x0106_0000;
    public const uint IrigIn = 0x0107_0000;
    public const uint IrigOut = 0x0108_0000;
    public const uint DcfIn = 0x0109_0000;
    public const uint DcfOut = 0x010A_0000;
    public const uint NmeaOut = 0x010B_0000;
    public const uint Pps = 0x010C_0000;
    public const uint Signal = 0x010D_0000;
    public const uint Ts3 = 0x0111_0000;
    public const uint Ts4 = 0x0112_0000;
    public const uint Frequency = 0x0120_0000;
    public const uint Page = 0x1_0000;

    // Vectors of MSI-X.
    public const int Gnss2Vector = 4;
    public const int SpiVector = 9;
    public const int NmeaVector = 10;
    public const int SignalVector = 11;
    public const int Vectors = 17;

    // The clock core.
    public const uint Ctrl = 0x00;
    public const uint Status = 0x04;
    public const uint Select = 0x08;
    public const uint Version = 0x0C;
    public const uint TimeNs = 0x10;
    public const uint TimeSec = 0x14;
    public const uint AdjustNs = 0x20;
    public const uint AdjustSec = 0x24;
    public const uint OffsetNs = 0x30;
    public const uint OffsetWindowNs = 0x34;
    public const uint DriftNs = 0x40;
    public const uint DriftWindowNs = 0x44;
    public const uint ServoOffsetP = 0x60;
    public const uint ServoOffsetI = 0x64;
    public const uint ServoDriftP = 0x68;
    public const uint ServoDriftI = 0x6C;
    public const uint StatusOffset = 0x70;
    public const uint StatusDrift = 0x74;
    public const uint CtrlEnable = 1;
    public const uint CtrlAdjustTime = 1 << 1;
    public const uint CtrlAdjustOffset = 1 << 2;
    public const uint CtrlAdjustDrift = 1 << 3;
    public const uint CtrlServo = 1 << 8;
    public const uint CtrlReadRequest = 1 << 30;
    public const uint CtrlReadDone = 1u << 31;
    public const uint StatusInSync = 1;
    public const uint StatusHoldover = 2;
    public const uint SelectTod = 1;
    public const uint SelectIrig = 2;
    public const uint SelectPps = 3;
    public const uint SelectDcf = 6;
    public const uint SelectRegisters = 0xFE;

    // Timestampers, generators and others that interrupt.
    public const uint CableDelay = 0x20;
    public const uint Polarity = 0x08;
    public const uint Interrupt = 0x30;
    public const uint InterruptMask = 0x34;
    public const uint EventCount = 0x38;
    public const uint StampNs = 0x44;
    public const uint StampSec = 0x48;
    public const uint StartNs = 0x40;
    public const uint StartSec = 0x44;
    public const uint PulseNs = 0x48;
    public const uint PulseSec = 0x4C;
    public const uint PeriodNs = 0x50;
    public const uint PeriodSec = 0x54;
    public const uint RepeatCount = 0x58;

    public const uint PpsFilterError = 1;
    public const uint PpsSupervisorError = 2;

    // Time of day.
    public const uint TodAdjust = 0x10;
    public const uint UtcStatus = 0x30;
    public const uint Leap = 0x34;
    public const uint UtcValid = 1 << 8;
    public const uint LeapAnnounced = 1 << 12;
    public const uint Leap59 = 1 << 13;
    public const uint Leap61 = 1 << 14;
    public const uint LeapValid = 1 << 16;

    public const uint FrequencyValid = 1u << 31;
    public const uint FrequencyError = 1u << 30;
    public const uint FrequencyOverrun = 1u << 29;
    public const uint FrequencyMask = (1u << 24) - 1;

    /// <summary>The magnitude with its sign in the highest bit, as the cores write signed numbers.</summary>
    public static uint SignMagnitude(long value) => (uint)Math.Min(Math.Abs(value), int.MaxValue) | (value < 0 ? 0x8000_0000 : 0);

    /// <summary>Its opposite.</summary>
    public static long FromSignMagnitude(uint word) => (word & 0x8000_0000) == 0 ? word : -(long)(word & int.MaxValue);
}
