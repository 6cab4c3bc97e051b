using System.Globalization;

namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>
/// An OCP Time Card as its registers and its connectors show it. It knows bus accesses, true time and signals, and nothing of
/// drivers or files: whatever carries the bus to it, an emulated driver or a PCI transport, sees the same card.
/// </summary>
/// <remarks>
/// What happens between two looks is worked off in order of time when the card is next looked at. Not modelled: the atomic clock's own protocol, temperature.
/// </remarks>
internal sealed partial class TimeCardModel
{
    private const long Second = 1_000_000_000;
    private const int MostEdgesAtOnce = 100_000;
    private static readonly uint[] StamperBits = [0, 4, 8, 0x40, 0x80];
    private readonly Func<long> _time;
    private readonly Dictionary<uint, (IRegisterBlock Block, uint Begin)> _blocks = [];
    private readonly EepromBus _eeproms;
    private readonly PhcClock _phc;
    private readonly long[] _nextEdge = new long[6];
    private readonly long[] _nextSource = new long[6];
    private readonly long[] _lastEdge = new long[6];
    private long _done;
    private long _nextSecond;
    private int _inAdvance;

    /// <summary>Powers a card up.</summary>
    /// <param name="options">How it is built.</param>
    /// <param name="time">True time, TAI nanoseconds since 1970; never goes back.</param>
    public TimeCardModel(CardOptions options, Func<long> time)
    {
        (Options, _time, Cables, Faults) = (options, time, [.. options.Cables], options.Faults);
        _done = time();
        Gnss = new GnssReceiver(options.Seed, options.PpsNoiseNs);
        if (options.Faults.AntennaCut)
        {
            Gnss.Disconnect();
        }

        var isInSync = options.StartsInSync || options.Faults.PhcAt1970;
        var start = options.Faults.PhcAt1970 ? 17 * Second : options.StartsInSync ? _done : options.StartNs;
        _phc = new PhcClock(_done, start, options.OscillatorPpt);
        Clock = new ClockCore(this, _phc);
        Clock.PowerUp(options.ClockVersion, isInSync);
        Servo = new PpsServo(this, _phc, Clock);
        Tod = new TodCore(this);
        (IrigOut, DcfOut) = (new TimecodeMaster(this, Timecode.Irig), new TimecodeMaster(this, Timecode.Dcf));
        (IrigIn, DcfIn) = (new TimecodeSlave(this, Timecode.Irig, IrigOut), new TimecodeSlave(this, Timecode.Dcf, DcfOut));
        Sma = new SmaMatrix(this);
        var map = BoardMap.Of(options.Board);
        Stampers = [.. map.Stampers.Select(s => new Timestamper(this, s?.Vector ?? 0))];
        Generators = [.. Enumerable.Range(0, 4).Select(i => new SignalGenerator(this, Registers.SignalVector + i))];
        Counters = [.. Enumerable.Range(0, 4).Select(_ => new FrequencyCounter(this))];
        _eeproms = new EepromBus(this);
        Iic = map.OcoresShift is { } shift ? new OcoresI2c(this, map.I2c.Vector, shift, _eeproms) : new AxiIic(this, map.I2c.Vector, _eeproms);
        Flash = new SpiFlash(this);
        GnssPort = new Uart16550(this, map.Gnss.Vector);
        Gnss2Port = new Uart16550(this, Registers.Gnss2Vector);
        MacPort = new Uart16550(this, map.Mac.Vector);
        NmeaPort = new Uart16550(this, Registers.NmeaVector);
        _nextSecond = ((_done / Second) + 1) * Second;
        Build(map);
        Servo.StartLocked(_done, isInSync && !options.Faults.PhcAt1970 ? -options.OscillatorPpt + (options.ResidualPpt / 10) : 0);
        Replan();
    }

    /// <summary>Raised with the vector of MSI-X, on whatever call made the card look at what had happened.</summary>
    public event Action<int>? Interrupted;

    public CardOptions Options { get; }

    /// <summary>What is broken now.</summary>
    public CardFaults Faults { get; private set; }

    public CardDefect Defect => Faults.Defect;

    public GnssReceiver Gnss { get; }

    public ClockCore Clock { get; }

    public PpsServo Servo { get; }

    public TodCore Tod { get; }

    public TimecodeMaster IrigOut { get; }

    public TimecodeSlave IrigIn { get; }

    public TimecodeMaster DcfOut { get; }

    public TimecodeSlave DcfIn { get; }

    public SmaMatrix Sma { get; }

    public IBusController Iic { get; }

    public SpiFlash Flash { get; }

    public Uart16550 GnssPort { get; }

    public Uart16550 Gnss2Port { get; }

    public Uart16550 MacPort { get; }

    public Uart16550 NmeaPort { get; }

    /// <summary>TS0 to TS4, then the clock's own PPS.</summary>
    public IReadOnlyList<Timestamper> Stampers { get; }

    public IReadOnlyList<SignalGenerator> Generators { get; }

    public IReadOnlyList<FrequencyCounter> Counters { get; }

    /// <summary>Cables between connectors, from an output to an input.</summary>
    public List<(int From, int To)> Cables { get; }

    /// <summary>False once the card was pulled out: every read gives ones.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>True time as far as the card has got.</summary>
    public long Now => _inAdvance > 0 ? _done : Math.Max(_done, _time());

    /// <summary>True time up to which everything was worked off.</summary>
    public long Reached => _done;

    /// <summary>The clock's time.</summary>
    public long PhcNow => _phc.At(Now);

    /// <summary>When something will happen that interrupts, or <see cref="long.MaxValue"/>.</summary>
    public long NextInterrupt
    {
        get
        {
            var next = long.MaxValue;
            for (var i = 0; i < Stampers.Count; i++)
            {
                next = Stampers[i].Interrupts ? Math.Min(next, _nextEdge[i]) : next;
            }

            return next;
        }
    }

    /// <summary>When something will happen by itself, in true time.</summary>
    public long NextEvent
    {
        get
        {
            _ = TryFindNext(long.MaxValue, out var at, out _);
            return at;
        }
    }

    /// <summary>The clock's time at a moment of true time, not before the clock was last changed.</summary>
    public long PhcAt(long now) => _phc.At(now);

    /// <summary>When a time of the clock comes, were nothing changed; not before a moment.</summary>
    public long WhenPhc(long phcNs, long notBefore) => Math.Max(notBefore, _phc.When(phcNs));

    /// <summary>Reads a word of BAR0.</summary>
    public uint Read(uint offset)
    {
        Advance();
        return !IsPresent ? uint.MaxValue : Find(offset, out var inside) is { } block ? block.Read(inside) : 0;
    }

    /// <summary>Writes a word of BAR0.</summary>
    public void Write(uint offset, uint value)
    {
        Advance();
        if (IsPresent && Find(offset, out var inside) is { } block)
        {
            block.Write(inside, value);
            Replan();
        }
    }

    /// <summary>Writes a byte of BAR0; a core that has only words takes it for the word.</summary>
    public void WriteByte(uint offset, byte value)
    {
        if (Find(offset, out var inside) is IByteRegisters block)
        {
            Advance();
            if (IsPresent)
            {
                block.WriteByte(inside + (offset & 3), value);
                Replan();
            }

            return;
        }

        Write(offset & ~3u, value);
    }

    /// <summary>Works off what has happened until now.</summary>
    public void Advance()
    {
        if (_inAdvance > 0)
        {
            return;
        }

        var now = Math.Max(_done, _time());
        _inAdvance++;
        try
        {
            for (var edges = 0; TryFindNext(now, out var at, out var what) && edges < MostEdgesAtOnce; edges++)
            {
                _done = at;
                what();
            }
        }
        finally
        {
            _inAdvance--;
        }

        _done = now;
    }

    public void ConnectAntenna()
    {
        Advance();
        Gnss.Connect(Now);
    }

    public void DisconnectAntenna()
    {
        Advance();
        Gnss.Disconnect();
    }

    /// <summary>Lays a cable, or takes it away.</summary>
    public void Lay(int from, int to, bool isThere)
    {
        Advance();
        _ = Cables.Remove((from, to));
        if (isThere)
        {
            Cables.Add((from, to));
        }

        Replan();
    }

    /// <summary>The clock core never answers again.</summary>
    public void StickReady() => Faults = Faults with { NeverReady = true };

    /// <summary>The EEPROMs leave the bus.</summary>
    public void LoseEeprom() => Faults = Faults with { EepromUnreadable = true };

    /// <summary>The flash leaves the bus.</summary>
    public void LoseFlash() => Faults = Faults with { FlashUnreadable = true };

    /// <summary>The clock loses its time and does not know.</summary>
    public void FallTo1970()
    {
        Advance();
        _phc.Set(Now, 17 * Second);
        Replan();
    }

    /// <summary>A code said what time it is at a moment of true time.</summary>
    internal void Decoded(Timecode code, long now, long codeNs)
    {
        if (Clock.Selected != (code == Timecode.Irig ? Registers.SelectIrig : Registers.SelectDcf))
        {
            return;
        }

        var ahead = _phc.At(now) - codeNs;
        if (Clock.Pull(now, ahead))
        {
            Clock.Corrected(ahead, _phc.CorrectionPpt / -1000);
        }

        Replan();
    }

    internal void Raise(int vector)
    {
        if (IsPresent)
        {
            Interrupted?.Invoke(vector);
        }
    }

    internal void TimeJumped()
    {
        foreach (var generator in Generators)
        {
            generator.TimeJumped();
        }

        foreach (var counter in Counters)
        {
            counter.TimeJumped();
        }

        IrigIn.TimeJumped();
        DcfIn.TimeJumped();
        Replan();
    }

    private bool TryFindNext(long now, out long at, out Action what)
    {
        (at, what) = (_nextSecond, GnssSecond);
        Earlier(_phc.SlewEnds, SlewEnded, ref at, ref what);
        Earlier(Iic.Due, Iic.Run, ref at, ref what);
        Earlier(IrigIn.Due, IrigIn.Mark, ref at, ref what);
        Earlier(DcfIn.Due, DcfIn.Mark, ref at, ref what);
        foreach (var counter in Counters)
        {
            if (counter.Ends < at)
            {
                var it = counter;
                (at, what) = (counter.Ends, () => it.Complete((from, to) => CountEdges(it, from, to)));
            }
        }

        for (var i = 0; i < _nextEdge.Length; i++)
        {
            if (_nextEdge[i] < at)
            {
                var stamper = i;
                (at, what) = (_nextEdge[i], () => Stamp(stamper));
            }
        }

        at = Math.Max(at, _done);
        return at <= now;
    }

    private static void Earlier(long time, Action action, ref long at, ref Action what)
    {
        if (time < at)
        {
            (at, what) = (time, action);
        }
    }

    private void SlewEnded()
    {
        _phc.EndSlew(_done);
        Replan();
    }

    /// <summary>A second of true time: the receiver's edge, what it says, the supervisor's look.</summary>
    private void GnssSecond()
    {
        var second = _nextSecond;
        _nextSecond += Second;
        Gnss.Second(second);
        if (Gnss.HasFix(second))
        {
            Servo.Edge(second + Gnss.Noise(second), second);
        }

        Servo.Supervise(second);
        IrigIn.Supervise();
        DcfIn.Supervise();
        if (Defect != CardDefect.NmeaStops)
        {
            GnssPort.Receive(Gnss.Report(second));
            Gnss2Port.Receive(Gnss.Report(second));
            SayTime();
        }

        Replan();
    }

    /// <summary>The card's own NMEA: the clock's time in UTC.</summary>
    private void SayTime()
    {
        if (Find(Registers.NmeaOut, out _) is not MemoryBlock nmea || (nmea[0] & 1) == 0)
        {
            return;
        }

        var seconds = (_phc.At(_done) + (Second / 2)) / Second;
        seconds -= (uint)Registers.FromSignMagnitude(nmea[0x10]) + (Defect == CardDefect.NmeaSecondLate ? 1 : 0);
        var utc = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, uint.MaxValue));
        NmeaPort.Receive(GnssReceiver.Sentence(
            string.Create(CultureInfo.InvariantCulture, $"GPZDA,{utc:HHmmss}.00,{utc:dd,MM,yyyy},00,00"), Defect == CardDefect.NmeaChecksumWrong));
    }
}
