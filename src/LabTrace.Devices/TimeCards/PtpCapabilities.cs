namespace LabTrace.Devices.TimeCards;

/// <summary>What a PTP clock says it can do.</summary>
/// <param name="MaxAdjustmentPpb">The largest frequency adjustment, parts per billion.</param>
/// <param name="Alarms">Programmable alarms.</param>
/// <param name="ExternalStamps">Channels of external timestamps.</param>
/// <param name="PeriodicOutputs">Channels of periodic outputs.</param>
/// <param name="HasPps">Whether the kernel gets a PPS of it.</param>
/// <param name="Pins">Pins whose function can be chosen.</param>
/// <param name="HasCrossStamps">Whether system and clock can be read in one instant.</param>
/// <param name="CanAdjustPhase">Whether it takes ADJ_OFFSET.</param>
/// <param name="MaxPhaseAdjustmentNs">The largest of these, nanoseconds.</param>
public sealed record PtpCapabilities(
    int MaxAdjustmentPpb, int Alarms, int ExternalStamps, int PeriodicOutputs, bool HasPps, int Pins, bool HasCrossStamps, bool CanAdjustPhase, int MaxPhaseAdjustmentNs);

/// <summary>What a pin is for.</summary>
public enum PtpPinFunction
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its edges are time-stamped.</summary>
    ExternalStamps = 1,

    /// <summary>It puts out a periodic signal.</summary>
    PeriodicOutput = 2,

    /// <summary>It synchronises a physical layer.</summary>
    Physical = 3,
}

/// <summary>A pin of a PTP clock.</summary>
/// <param name="Index">Zero-based.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="Function">What it is for.</param>
/// <param name="Channel">The channel of that function.</param>
public sealed record PtpPin(int Index, string Name, PtpPinFunction Function, int Channel);

/// <summary>An external timestamp.</summary>
/// <param name="Channel">Zero-based channel.</param>
/// <param name="Time">The clock's time at the edge.</param>
public readonly record struct ExternalStamp(int Channel, PhcTime Time);

/// <summary>How an offset between system and clock was measured.</summary>
public enum OffsetMethod
{
    /// <summary>PTP_SYS_OFFSET_PRECISE: one instant, by hardware.</summary>
    Precise,

    /// <summary>PTP_SYS_OFFSET_EXTENDED: the system's time right before and behind each read.</summary>
    Extended,

    /// <summary>PTP_SYS_OFFSET: the system's and the clock's time in turn.</summary>
    Basic,
}

/// <summary>The clock's time minus CLOCK_REALTIME, from the sample with the smallest window.</summary>
/// <param name="OffsetNs">Nanoseconds; about 37 seconds where the clock has TAI.</param>
/// <param name="UncertaintyNs">Half of that window: so far the true offset can be off.</param>
/// <param name="Method">How it was measured.</param>
/// <param name="Samples">Samples that it is the best of.</param>
public sealed record ClockOffset(long OffsetNs, long UncertaintyNs, OffsetMethod Method, int Samples);

/// <summary>Edges of a signal that are stamped.</summary>
[Flags]
public enum PtpEdges
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>From low to high.</summary>
    Rising = 2,

    /// <summary>From high to low.</summary>
    Falling = 4,
}

/// <summary>A periodic output of a PTP clock.</summary>
/// <param name="Channel">Zero-based channel.</param>
/// <param name="PeriodNs">Nanoseconds; 0 stops it.</param>
public sealed record PeriodicOutput(int Channel, long PeriodNs)
{
    /// <summary>When it starts, or null for as soon as <see cref="PhaseNs"/> allows.</summary>
    public PhcTime? Start { get; init; }

    /// <summary>How long the signal is high, nanoseconds, or null for what the driver likes.</summary>
    public long? OnNs { get; init; }

    /// <summary>The phase in the period, nanoseconds, or null to start at <see cref="Start"/>.</summary>
    public long? PhaseNs { get; init; }

    /// <summary>One pulse, and no more.</summary>
    public bool IsOnce { get; init; }
}
