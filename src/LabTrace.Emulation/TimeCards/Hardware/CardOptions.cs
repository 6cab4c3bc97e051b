namespace LabTrace.Emulation.TimeCards.Hardware;

/// <summary>How one card is built, and what is wrong with it.</summary>
internal sealed record CardOptions
{
    public BoardKind Board { get; init; } = BoardKind.Facebook;

    /// <summary>The word of the image register: tag in bit 15 and up, version below; a zero low half means that only the loader runs.</summary>
    public uint ImageVersion { get; init; } = 0x8009;

    /// <summary>Major, minor and revision of the clock core.</summary>
    public uint ClockVersion { get; init; } = 0x02030004;

    /// <summary>Where chance comes from: the oscillator's error, the noise of the PPS.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Six bytes of the serial number.</summary>
    public byte[] Serial { get; init; } = [0x02, 0x11, 0x22, 0x33, 0x44, 0x55];

    /// <summary>Thirteen characters that name the board.</summary>
    public string BoardId { get; init; } = "LABTRACE-0042";

    /// <summary>What stands at the beginning of the EEPROM.</summary>
    public string BoardPrefix { get; init; } = "";

    /// <summary>Parts in 10^12 by which the oscillator is off before the servo corrects it.</summary>
    public long OscillatorPpt { get; init; } = 1_800_000;

    /// <summary>Parts in 10^12 that the servo cannot learn: what drifts in holdover.</summary>
    public long ResidualPpt { get; init; } = 350;

    /// <summary>The largest error of one PPS edge of the GNSS receiver, nanoseconds.</summary>
    public int PpsNoiseNs { get; init; } = 6;

    /// <summary>Whether the PPS slave steers the clock; without, the PPS is only supervised.</summary>
    public bool IsSteered { get; init; } = true;

    /// <summary>Cables between connectors, one-based; either end may be the output.</summary>
    public IReadOnlyList<(int From, int To)> Cables { get; init; } = [];

    /// <summary>Delay of each of them, nanoseconds.</summary>
    public int CableDelayNs { get; init; } = 5;

    /// <summary>Whether the PHC runs and agrees with GNSS at power-up; without, it starts at <see cref="StartNs"/>.</summary>
    public bool StartsInSync { get; init; } = true;

    /// <summary>The PHC's time at power-up, nanoseconds, when it does not agree with GNSS.</summary>
    public long StartNs { get; init; }

    public CardFaults Faults { get; init; } = new();

    /// <summary>Registers whose value at power-up is not the usual, by offset.</summary>
    public IReadOnlyDictionary<uint, uint> PowerUp { get; init; } = new Dictionary<uint, uint>(0);
}

/// <summary>What is broken about a card.</summary>
internal sealed record CardFaults
{
    /// <summary>The EEPROMs do not answer on the bus.</summary>
    public bool EepromUnreadable { get; init; }

    /// <summary>The flash does not answer on its bus.</summary>
    public bool FlashUnreadable { get; init; }

    /// <summary>The antenna is not connected from the beginning.</summary>
    public bool AntennaCut { get; init; }

    /// <summary>The clock says that it is in sync, at 1970.</summary>
    public bool PhcAt1970 { get; init; }

    /// <summary>The clock core never says that a time is ready to be read.</summary>
    public bool NeverReady { get; init; }

    /// <summary>A defect of the model, for suites that must find it; see <see cref="CardDefect"/>.</summary>
    public CardDefect Defect { get; init; }
}

/// <summary>Defects that can be seeded in the registers and the physics, one at a time.</summary>
internal enum CardDefect
{
    None,
    SelectNotReported,
    SlewTooFast,
    SlewIsStep,
    SlewWrongSign,
    StepIgnoresNanoseconds,
    SettimeKeepsSync,
    DriftNotApplied,
    ServoDead,
    ServoWrongSign,
    ServoNoise,
    HoldoverDriftsTenfold,
    SupervisorBlind,
    SupervisorNeverClears,
    TimestampsSystemTime,
    TimestampLate,
    TimestamperSkipsSeconds,
    TimestamperIgnoresEnable,
    TimestampsFallingEdge,
    SmaOutputShifted,
    SmaInputsSwapped,
    SmaReadbackLost,
    CableOneWay,
    GeneratorPeriodDoubled,
    GeneratorPhaseLost,
    GeneratorSurvivesTimeJump,
    GeneratorDutyInverted,
    CounterDividesWrong,
    CounterNeverValid,
    CounterIgnoresLimit,
    UtcOffsetStale,
    LeapAnnouncedWrong,
    NmeaChecksumWrong,
    NmeaSecondLate,
    NmeaStops,
    EepromShifted,
    CorrectionSignLost,
    PpsTwice,
    FlashEraseIgnored,
    FlashPageShifted,
    TimecodeCorrectionIgnored,
    TimecodeHeardInside,
    TimecodeNotRead,
    IrigYearLost,
    DcfMinuteUnmarked,
    OscillatorSilent,
    OscillatorCoarseIsFine,
    OscillatorWrongSign,
}

/// <summary>Boards whose registers the model has.</summary>
internal enum BoardKind
{
    Facebook,
    Celestica,
    Art,
    Adva,
    AdvaX1,
}
