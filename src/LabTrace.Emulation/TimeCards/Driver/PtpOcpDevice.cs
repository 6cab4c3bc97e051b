using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>One card under the emulated ptp_ocp: what drivers/ptp/ptp_ocp.c does with its registers.</summary>
/// <remarks>The parts: clock and interrupts here, connectors and attributes beside.</remarks>
internal sealed partial class PtpOcpDevice
{
    private const long Second = 1_000_000_000;
    private const uint PpsRequest = 1;
    private const uint ExttsRequest = 2;
    private readonly BoardMap _map;
    private readonly EepromAccess _eeprom;
    private readonly GeneratorState[] _generators = [new(), new(), new(), new()];
    private readonly SmaState[] _sma = [new(1), new(2), new(3), new(4)];
    private long _nextWatchdog;
    private long _gnssLost;
    private bool _wasInSync;
    private uint _image;
    private uint _ppsRequests;
    private uint _windowAdjust;
    private uint _utcTaiOffset = 37;
    private byte[]? _serial;
    private bool _isAttached;
    private Action<int, string> _say = static (_, _) => { };

    public PtpOcpDevice(CardBus bus, PtpOcpDialect dialect, DriverDefect defect)
    {
        (Bus, Dialect, Defect) = (bus, dialect, defect);
        _map = BoardMap.Of(Board);
        _eeprom = EepromAccess.Of(bus, _map);
        Inputs = Selectors.Inputs(Defect == DriverDefect.AdvaX1TakesTenMegahertz && Board == BoardKind.AdvaX1 ? BoardKind.Adva : Board);
        Outputs = Selectors.Outputs(Board, dialect);
    }

    /// <summary>Raised for each external timestamp: its channel, and the clock's time in nanoseconds.</summary>
    public event Action<int, long>? Stamped;

    public CardBus Bus { get; }

    public PtpOcpDialect Dialect { get; }

    public DriverDefect Defect { get; }

    public BoardKind Board => Bus.Card.Options.Board;

    public Selector[] Inputs { get; }

    public Selector[] Outputs { get; }

    public bool IsFacebook => Board is BoardKind.Facebook or BoardKind.Celestica;

    /// <summary>What Linux 6.12 brought is there.</summary>
    public bool Is612OrLater => Dialect is PtpOcpDialect.Mainline612 or PtpOcpDialect.Mainline73;

    /// <summary>Generators the driver shows.</summary>
    public int GeneratorCount => Board switch { BoardKind.Art => 0, BoardKind.Adva => 2, BoardKind.AdvaX1 => 4, _ => HasSignal ? 4 : 0 };

    /// <summary>Frequency counters the driver shows.</summary>
    public int CounterCount => Board switch { BoardKind.Art => 0, BoardKind.Adva => 2, BoardKind.AdvaX1 => 4, _ => HasFrequency ? 4 : 0 };

    /// <summary>Pulses of the card's PPS since boot, and the system's time of the last, nanoseconds.</summary>
    public (int Count, long Realtime) LastPps { get; private set; }

    /// <summary>Somebody asked for timestamps of the clock's own PPS.</summary>
    public bool IsAskedForStamps => (_ppsRequests & ExttsRequest) != 0;

    /// <summary>The kernel asked for the clock's PPS.</summary>
    public bool IsAskedForPps => (_ppsRequests & PpsRequest) != 0;

    /// <summary>Whether the clock is in sync; since Linux 6.12 as it was found in the last second.</summary>
    public bool IsInSync => Is612OrLater ? _wasInSync : ReadSync();

    /// <summary>Parts in 2^16 of a part in a million, as adjfine was last asked.</summary>
    public long DialedFrequency { get; private set; }

    private bool IsLoaderOnly => (_image & 0xFFFF) == 0;

    private uint FirmwareWord => IsLoaderOnly ? _image >> 16 : _image & 0xFFFF;

    private bool HasSignal => FirmwareWord >> 15 != 0 ? FirmwareWord >= 5 : (FirmwareWord & 0x7FFF) >= 19;

    private bool HasFrequency => FirmwareWord >> 15 != 0 ? FirmwareWord >= 5 : (FirmwareWord & 0x7FFF) >= 20;

    /// <summary>Whether the card has a time of day and a supervised PPS of its own, and so a watchdog.</summary>
    private bool HasTod => Board != BoardKind.Art;

    /// <summary>Takes the card over.</summary>
    /// <param name="say">Logs a line, without the driver's and the device's names.</param>
    /// <param name="ptpIndex">The number of its clock.</param>
    /// <param name="ports">Names and baud rates of its serial ports.</param>
    /// <exception cref="Refusal">ENODEV: the clock does not start.</exception>
    public void Probe(Action<int, string> say, int ptpIndex, IReadOnlyList<(string Name, string Tty, int Baud)> ports)
    {
        const int info = 6;
        const int warning = 4;
        const int error = 3;
        Bus.Card.Interrupted += Interrupt;
        (_isAttached, _say) = (true, say);
        if (HasTod)
        {
            _image = Bus.Read(Registers.Image);
            Bus.Write(Registers.Tod, (1 << 28) | 1);
            _utcTaiOffset = Bus.Read(Registers.Tod + Registers.UtcStatus) & 0xFF;
            DistributeUtc(_utcTaiOffset);
        }

        if (IsFacebook)
        {
            Bus.Write(Registers.NmeaOut, 0);
            Bus.Write(Registers.NmeaOut + 0x20, 7);
            Bus.Write(Registers.NmeaOut, 1);
            if (Dialect == PtpOcpDialect.OutOfTree)
            {
                ProbeFlash();
            }
        }

        InitConnectors();
        if (HasOscillator)
        {
            Bus.Write(Registers.Oscillator, Mro50.Enable);
        }
        else if (Board == BoardKind.Art)
        {
            // Mainline leaves the oscillator to whoever talks to its serial line.
            BoardConfig = 1;
        }

        for (var i = 0; i < GeneratorCount; i++)
        {
            Bus.Write(Registers.Signal + ((uint)i * Registers.Page), 0);
            _generators[i] = new GeneratorState { IsHigh = (Bus.Read(Registers.Signal + ((uint)i * Registers.Page) + Registers.Polarity) & 1) != 0 };
        }

        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlEnable);
        Bus.Write(Clock(Registers.ServoOffsetP), Board is BoardKind.Adva or BoardKind.AdvaX1 ? 0xC000u : 0x2000);
        Bus.Write(Clock(Registers.ServoOffsetI), 0x1000);
        Bus.Write(Clock(Registers.ServoDriftP), 0);
        Bus.Write(Clock(Registers.ServoDriftI), 0);
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlEnable | Registers.CtrlServo);
        if ((Bus.Read(Clock(Registers.Ctrl)) & Registers.CtrlEnable) == 0 || !Bus.Card.IsPresent)
        {
            say(error, "clock not enabled");
            throw new Refusal(Errno.ENODEV);
        }

        EstimateDelay();
        var isInSync = ReadSync();
        _wasInSync = isInSync;
        if (!isInSync)
        {
            Bus.Run("ptp_ocp_settime", () => SetTime(Bus.Realtime + (37 * Second)));
        }

        _nextWatchdog = Bus.Card.Now + Second;
        var version = Bus.Read(Clock(Registers.Version));
        say(info, string.Create(null, $"Version {version >> 24}.{(version >> 16) & 0xFF}.{version & 0xFFFF}, clock {Selectors.NameOf(Selectors.Clock, Bus.Read(Clock(Registers.Select)) >> 16)}, device ptp{ptpIndex}"));
        var (isRead, now) = Bus.Run("ptp_ocp_gettimex", () => (TryGetTime(out var time, out _, out _), time));
        if (isRead)
        {
            say(info, string.Create(null, $"Time: {Time(now)}, {(isInSync ? "in-sync" : "UNSYNCED")}"));
        }

        foreach (var (name, tty, baud) in ports)
        {
            say(info, string.Create(null, $"{name,5}: /dev/{tty,-6} @ {baud,6}"));
        }

        if (ReadSerial() is null)
        {
            say(warning, "could not read eeprom: -6");
        }
    }

    /// <summary>Lets the card go.</summary>
    public void Remove()
    {
        // Linux 7.3 turns timestampers off before the clock goes, and again with them.
        for (var times = Dialect == PtpOcpDialect.Mainline73 ? 2 : 1; times > 0; times--)
        {
            foreach (var channel in Enumerable.Range(0, PtpClockDevice.StampChannels).Where(HasStamper))
            {
                Bus.Run("ptp_ocp_ts_enable", () => TurnOff(StamperOf(channel)));
            }
        }

        for (var i = 0; i < GeneratorCount; i++)
        {
            var page = Registers.Signal + ((uint)i * Registers.Page);
            Bus.Run("ptp_ocp_signal_enable", () => TurnOff(page));
        }

        if (HasOscillator)
        {
            Bus.Write(Registers.Oscillator, 0);
        }

        Bus.Card.Interrupted -= Interrupt;
        _isAttached = false;
    }

    private void TurnOff(uint page)
    {
        Bus.Write(page + Registers.InterruptMask, 0);
        Bus.Write(page, 0);
    }

    /// <summary>Does what timers and interrupts would have done by now.</summary>
    public void CatchUp()
    {
        var now = Math.Max(Bus.Card.Now, Bus.Realtime + (37 * Second));
        while (_isAttached && _nextWatchdog <= now)
        {
            for (var times = !HasTod ? 0 : Defect == DriverDefect.WatchdogTwice ? 2 : 1; times > 0; times--)
            {
                Bus.AsOf(_nextWatchdog, () => Bus.Run("ptp_ocp_watchdog", Watchdog, isInterrupt: true));
            }

            if (Is612OrLater)
            {
                Bus.AsOf(_nextWatchdog, () => _wasInSync = ReadSync());
            }

            _nextWatchdog += Second;
        }

        Bus.Card.Advance();
    }

    /// <summary>Reads the clock, with the system's time before and behind.</summary>
    public bool TryGetTime(out long phc, out long before, out long behind)
    {
        const int tries = 100;
        before = Bus.Realtime;
        Bus.Spend(Defect == DriverDefect.ReadsSlow ? 120_000_000 : 0);
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlReadRequest | Registers.CtrlEnable);
        var isReady = false;
        for (var i = 0; i < tries && !isReady; i++)
        {
            isReady = (Bus.Read(Clock(Registers.Ctrl)) & Registers.CtrlReadDone) != 0;
        }

        behind = Bus.Realtime - (Defect == DriverDefect.ExtendedWithoutAdjust ? 0 : _windowAdjust);
        var ns = Bus.Read(Clock(Registers.TimeNs));
        var seconds = Bus.Read(Clock(Registers.TimeSec));
        phc = (seconds * Second) + ns;
        if (!isReady && Defect == DriverDefect.TimeoutReportsZero)
        {
            phc = 0;
            return true;
        }

        return isReady;
    }

    /// <summary>Reads the clock.</summary>
    /// <exception cref="Refusal">ETIMEDOUT.</exception>
    public long GetTime() => TryGetTime(out var phc, out _, out _) ? phc : throw new Refusal(Errno.ETIMEDOUT);

    public void SetTime(long phc)
    {
        phc += Defect == DriverDefect.SettimeOffByOne ? Second : 0;
        var select = Bus.Read(Clock(Registers.Select));
        Bus.Write(Clock(Registers.Select), Registers.SelectRegisters);
        Bus.Write(Clock(Registers.AdjustNs), (uint)(phc % Second));
        Bus.Write(Clock(Registers.AdjustSec), (uint)(phc / Second));
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlAdjustTime | Registers.CtrlEnable);
        Bus.Write(Clock(Registers.Select), select >> 16);
    }

    /// <summary>Up to a second the clock slews, beyond it steps.</summary>
    public void AdjustTime(long delta)
    {
        if (Defect == DriverDefect.AdjtimeIgnored)
        {
            return;
        }

        if (Math.Abs(delta) > Second || Defect == DriverDefect.AdjtimeCoarseAlways)
        {
            SetTime(GetTime() + delta);
            return;
        }

        var select = Bus.Read(Clock(Registers.Select));
        Bus.Write(Clock(Registers.Select), Registers.SelectRegisters);
        Bus.Write(Clock(Registers.OffsetNs), Registers.SignMagnitude(delta));
        Bus.Write(Clock(Registers.OffsetWindowNs), (uint)Second);
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlAdjustOffset | Registers.CtrlEnable);
        Bus.Write(Clock(Registers.Select), select >> 16);
    }

    /// <summary>Mainline cannot; the out-of-tree driver writes the drift register.</summary>
    /// <exception cref="Refusal">EOPNOTSUPP.</exception>
    public void AdjustFine(long scaledPpm)
    {
        if (Dialect != PtpOcpDialect.OutOfTree)
        {
            if (scaledPpm != 0 && Defect != DriverDefect.AdjfineAccepted)
            {
                Refusal.Throw(Errno.EOPNOTSUPP);
            }

            return;
        }

        var ppb = ScaledToPpb(scaledPpm);
        Bus.Write(Clock(Registers.DriftNs), Registers.SignMagnitude(ppb));
        Bus.Write(Clock(Registers.DriftWindowNs), (uint)Second);
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlAdjustDrift | Registers.CtrlEnable);
        DialedFrequency = scaledPpm;
    }

    /// <summary>What was dialled is taken back when GNSS is lost.</summary>
    private void ClearDrift()
    {
        var select = Bus.Read(Clock(Registers.Select));
        Bus.Write(Clock(Registers.Select), Registers.SelectRegisters);
        Bus.Write(Clock(Registers.DriftNs), 0);
        Bus.Write(Clock(Registers.Ctrl), Registers.CtrlAdjustDrift | Registers.CtrlEnable);
        Bus.Write(Clock(Registers.Select), select >> 16);
    }

    public static long ScaledToPpb(long scaledPpm) => (long)(((Int128)scaledPpm * 1000) >> 16);

    /// <summary>Turns timestamps of a channel on or off, for users of external timestamps or of the kernel's PPS.</summary>
    /// <exception cref="Refusal">ENXIO: the board has no such channel.</exception>
    public void EnableStamps(int channel, bool isOn, bool isForPps = false)
    {
        if (!HasStamper(channel))
        {
            Refusal.Throw(Errno.ENXIO);
        }

        var page = StamperOf(channel);
        if (channel == 5)
        {
            var before = _ppsRequests;
            var request = isForPps ? PpsRequest : ExttsRequest;
            _ppsRequests = isOn ? _ppsRequests | request : _ppsRequests & ~request;
            if (before != 0 == (_ppsRequests != 0))
            {
                return;
            }
        }

        if (isOn)
        {
            Bus.Write(page, 1);
            Bus.Write(page + Registers.InterruptMask, 1);
            Bus.Write(page + Registers.Interrupt, 1);
        }
        else if (Defect != DriverDefect.ExttsNeverDisabled)
        {
            Bus.Write(page + Registers.InterruptMask, 0);
            Bus.Write(page, 0);
        }
    }

    public bool HasStamper(int channel) => channel is >= 0 and < PtpClockDevice.StampChannels && _map.Stampers[channel] is not null
        && !(channel is 3 or 4 && Board == BoardKind.AdvaX1 && Defect == DriverDefect.AdvaX1LacksChannels);

    public bool IsStamping(int channel) => HasStamper(channel) && (Bus.Read(StamperOf(channel)) & 1) != 0;

    /// <summary>A time as the driver prints it: before Linux 7.3 without the zeros that lead its fraction.</summary>
    public string Time(long ns) => Dialect == PtpOcpDialect.Mainline73
        ? string.Create(CultureInfo.InvariantCulture, $"{ns / Second}.{ns % Second:D9}")
        : string.Create(CultureInfo.InvariantCulture, $"{ns / Second}.{ns % Second}");

    /// <summary>The same as a date: since Linux 7.3 with its fraction.</summary>
    public string Date(long ns) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTimeOffset.FromUnixTimeSeconds(ns / Second):yyyy-MM-ddTHH:mm:ss}{(Dialect == PtpOcpDialect.Mainline73 ? $".{ns % Second:D9}" : "")}");

    private uint StamperOf(int channel) => _map.Stampers[channel]!.Offset;

    private static uint Clock(uint register) => Registers.Clock + register;

    private bool ReadSync() => (Bus.Read(Clock(Registers.Status)) & Registers.StatusInSync) != 0;

    private void Interrupt(int vector)
    {
        var channel = Enumerable.Range(0, PtpClockDevice.StampChannels).FirstOrDefault(i => _map.Stampers[i]?.Vector == vector, -1);
        if (channel >= 0)
        {
            Bus.Run("ptp_ocp_ts_irq", () => StampInterrupt(channel), isInterrupt: true);
            if (Defect == DriverDefect.InterruptNotAcknowledged)
            {
                Bus.Run("ptp_ocp_ts_irq", static () => { }, isInterrupt: true);
            }
        }
        else if (vector is >= Registers.SignalVector and < Registers.SignalVector + 4)
        {
            Bus.Run("ptp_ocp_signal_irq", () => SignalInterrupt(vector - Registers.SignalVector), isInterrupt: true);
        }
    }

    private void SignalInterrupt(int generator)
    {
        var page = Registers.Signal + ((uint)generator * Registers.Page);
        _generators[generator].IsRunning &= (Bus.Read(page) & 1) != 0 || Defect == DriverDefect.RunningStale;
        Bus.Write(page + Registers.Interrupt, 1);
    }

    private void StampInterrupt(int channel)
    {
        var page = StamperOf(channel);
        var tellsStamp = channel != 5 || IsAskedForStamps;
        if (channel == 5 && IsAskedForPps && Defect != DriverDefect.PpsNotCounted)
        {
            LastPps = (LastPps.Count + 1, Bus.Card.Now - (37 * Second) + 2_300);
        }

        if (tellsStamp)
        {
            var seconds = Bus.Read(page + Registers.StampSec);
            var ns = Bus.Read(page + Registers.StampNs);
            Stamped?.Invoke(Defect == DriverDefect.ExttsWrongIndex ? (channel + 1) % 6 : channel, (seconds * Second) + ns);
        }

        Bus.Write(page + Registers.Interrupt, 1);
    }

    /// <summary>Once a second: is GNSS there, and what does it say of UTC.</summary>
    private void Watchdog()
    {
        if (Defect == DriverDefect.WatchdogDead)
        {
            return;
        }

        var status = Bus.Read(Registers.PpsToClk + Registers.Status);
        if ((status & Registers.PpsSupervisorError) != 0)
        {
            Bus.Write(Registers.PpsToClk + Registers.Status, status);
            if (_gnssLost == 0)
            {
                ClearDrift();
                _gnssLost = Bus.Realtime / Second;
            }
        }
        else
        {
            _gnssLost = 0;
        }

        var utc = Bus.Read(Registers.Tod + Registers.UtcStatus);
        if ((utc & Registers.UtcValid) != 0 && (utc & 0xFF) != _utcTaiOffset)
        {
            DistributeUtc(utc & 0xFF);
        }
    }

    private void DistributeUtc(uint value) => Bus.Run("ptp_ocp_utc_distribute", () => WriteUtc(value));

    private void WriteUtc(uint value)
    {
        _utcTaiOffset = value;
        if (IsFacebook && Defect != DriverDefect.UtcOffsetNotDistributed)
        {
            Bus.Write(Registers.IrigOut + Registers.TodAdjust, value);
            Bus.Write(Registers.DcfOut + Registers.TodAdjust, value);
            Bus.Write(Registers.NmeaOut + Registers.TodAdjust, value);
        }
    }

    /// <summary>Half of the shortest read, three times, is what a read takes off the time behind it.</summary>
    private void EstimateDelay()
    {
        var shortest = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            Bus.Write(Clock(Registers.Ctrl), Registers.CtrlReadRequest | Registers.CtrlEnable);
            var start = Bus.Realtime;
            _ = Bus.Read(Clock(Registers.Ctrl));
            shortest = Math.Min(shortest, Bus.Realtime - start);
        }

        _windowAdjust = (uint)((shortest >> 5) * 3);
    }

    /// <summary>What the driver remembers of a generator.</summary>
    private sealed record GeneratorState
    {
        public ulong Period { get; set; }

        public int Duty { get; set; } = 50;

        public ulong Phase { get; set; }

        public bool IsHigh { get; set; }

        public long Start { get; set; }

        public ulong Pulse { get; set; }

        public bool IsRunning { get; set; }
    }
}
