namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>Versions of the ptp_ocp driver that differ in what users see.</summary>
internal enum PtpOcpDialect
{
    /// <summary>Linux 6.12.</summary>
    Mainline612,

    /// <summary>Linux 6.1: no ART, no ADVA, serial ports as links.</summary>
    Mainline61,

    /// <summary>The Time Appliance Project's own.</summary>
    OutOfTree,

    /// <summary>Linux 7.3: ADVA X1; no falling edges, no single pulses.</summary>
    Mainline73,
}

/// <summary>Defects that can be seeded in the driver, one at a time, for suites that must find them.</summary>
internal enum DriverDefect
{
    None,
    NamesMatchCase,
    NamesMatchWhole,
    UnknownNameAccepted,
    SerialUppercase,
    SerialWithoutNewline,
    GnssSyncAlways,
    GnssLostWithoutTime,
    ClockSourceStale,
    SmaReadsWriteOrder,
    SmaEmptyPrintsNone,
    SmaDirectionForgotten,
    SmaNoneIgnored,
    ArtTakesTwoSignals,
    ArtIgnoresCapability,
    UtcOffsetRangeUnchecked,
    UtcOffsetNotDistributed,
    WatchdogDead,
    WindowAdjustIgnored,
    IrigModeUnchecked,
    IrigErrnoWrong,
    CorrectionTruncated,
    SecondsUnchecked,
    FrequencyPrintsInvalid,
    SignalDutyUnchecked,
    SignalStartPast,
    SignalKeepsRunning,
    SignalZeroClears,
    StartPadded,
    RunningStale,
    TtyWithNewline,
    ReadOnlyWritable,
    ErangeAsEinval,
    TrailingBlankAccepted,
    HexRefused,
    AdjtimeCoarseAlways,
    AdjtimeIgnored,
    SettimeOffByOne,
    AdjfineAccepted,
    CapsPinsWrong,
    ExttsWrongIndex,
    ExttsNeverDisabled,
    ExttsReadOnlyAllowed,
    PeroutPeriodUnchecked,
    PeroutIndexUnchecked,
    PinFunctionLost,
    PinVerifyErrno,
    PinFuncSetsSma,
    SysOffsetReversed,
    ExtendedWithoutAdjust,
    PpsNotCounted,
    UnbindLeavesFiles,
    ReloadForgetsCard,
    RemovedStaysReadable,
    TimeoutReportsZero,
    ClockNameWrong,
    SummaryWrongSource,
    ReadsSlow,
    InterruptNotAcknowledged,
    WatchdogTwice,
    StoresTwice,
    FrequencyCheckedLate,
    SettimeThroughAdjtime,
    RightsCheckedLate,
    BindSkipsRemove,
    ConfigNotErased,
    ConfigOffsetUnchecked,
    ConfigWriteDropped,
    BinaryTakesAnySize,
    FlagsUnchecked,
}
