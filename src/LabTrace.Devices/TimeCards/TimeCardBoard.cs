namespace LabTrace.Devices.TimeCards;

/// <summary>Boards that ptp_ocp drives.</summary>
public enum TimeCardBoard
{
    /// <summary>Facebook/Meta, 1d9b:0400.</summary>
    Facebook,

    /// <summary>Celestica, 18d4:1008; the same registers.</summary>
    Celestica,

    /// <summary>Orolia/Safran ART, 1ad7:a000.</summary>
    Art,

    /// <summary>ADVA, ad5a:0400.</summary>
    Adva,

    /// <summary>ADVA X1, ad5a:0410.</summary>
    AdvaX1,

    /// <summary>Another id.</summary>
    Unknown,
}

/// <summary>Versions of ptp_ocp that differ in what users see.</summary>
public enum PtpOcpDialect
{
    /// <summary>As of Linux 6.1: serial ports are links in the card's directory.</summary>
    Mainline61,

    /// <summary>As of Linux 6.12: serial ports are files in <c>tty/</c>. A card without generators shows nothing that tells a later version from it.</summary>
    Mainline612,

    /// <summary>As of Linux 7.3: times have all nine digits of their fraction; edges and pulses that no card makes are refused.</summary>
    Mainline73,

    /// <summary>The Time Appliance Project's own driver.</summary>
    OutOfTree,
}

/// <summary>What <c>gnss_sync</c> says.</summary>
/// <param name="IsSynced">Whether the PPS of the receiver is there.</param>
/// <param name="LostAt">Since when it is not, by the system's clock; null while it is.</param>
public sealed record GnssSync(bool IsSynced, DateTimeOffset? LostAt);

/// <summary>Where a connector's signals go.</summary>
public enum SmaDirection
{
    /// <summary>Into the card.</summary>
    In,

    /// <summary>Out of the card.</summary>
    Out,
}

/// <summary>How an SMA connector is used.</summary>
/// <param name="Direction">In or out.</param>
/// <param name="Signals">Names as sysfs has them; none, one, or for inputs several.</param>
public sealed record SmaRouting(SmaDirection Direction, IReadOnlyList<string> Signals)
{
    // What the kernel prints for a value that has no name in the board's table: no signal that anybody could ask for.
    private const string Nameless = "(null)";

    /// <summary>Reads what <c>smaN</c> shows: <c>IN: PPS1 TS2</c>.</summary>
    /// <exception cref="FormatException">It is neither in nor out.</exception>
    public static SmaRouting Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["IN:", .. var inputs] => new SmaRouting(SmaDirection.In, [.. inputs.Where(i => i != Nameless)]),
            ["OUT:", .. var outputs] => new SmaRouting(SmaDirection.Out, [.. outputs.Where(o => o != Nameless)]),
            _ => throw new FormatException($"'{text}' is no routing of a connector: expected `IN: NAMES` or `OUT: NAME`"),
        };
    }

    /// <summary>As sysfs shows it and takes it.</summary>
    public override string ToString() => string.Join(' ', [Direction == SmaDirection.In ? "IN:" : "OUT:", .. Signals]);
}

/// <summary>What <c>genN/signal</c> says, with <c>running</c>.</summary>
/// <param name="PeriodNs">Nanoseconds; 0 before it was first set.</param>
/// <param name="DutyPercent">1 to 99.</param>
/// <param name="PhaseNs">Nanoseconds behind multiples of the period.</param>
/// <param name="Polarity">Whether it is active high.</param>
/// <param name="IsRunning">Whether it makes pulses.</param>
/// <param name="Start">Its first edge, in TAI, whole seconds.</param>
public sealed record GeneratorSignal(ulong PeriodNs, int DutyPercent, ulong PhaseNs, bool Polarity, bool IsRunning, DateTimeOffset Start)
{
    /// <summary>Reads the two attributes. Since Linux 7.3 the start has its nanoseconds.</summary>
    /// <exception cref="FormatException">They are not as the driver writes them.</exception>
    public static GeneratorSignal Parse(string signal, string running)
    {
        ArgumentNullException.ThrowIfNull(signal);
        ArgumentNullException.ThrowIfNull(running);
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        return signal.Trim().Split(' ') is [var period, var duty, var phase, "0" or "1", var start, "TAI"] words
            && DateTimeOffset.TryParseExact(WithoutFraction(start), "yyyy-MM-dd'T'HH:mm:ss", invariant, System.Globalization.DateTimeStyles.AssumeUniversal, out var first)
            ? new GeneratorSignal(
                ulong.Parse(period, invariant), int.Parse(duty, invariant), ulong.Parse(phase, invariant), words[3] == "1", running.Trim() == "1", first)
            : throw new FormatException($"'{signal}' is no signal of a generator: expected `PERIOD DUTY PHASE POLARITY START TAI`");
    }

    private static string WithoutFraction(string start)
    {
        const int fractionDigits = 9;
        return start.IndexOf('.', StringComparison.Ordinal) is > 0 and var point && start.Length == point + 1 + fractionDigits && start[(point + 1)..].All(char.IsAsciiDigit)
            ? start[..point] : start;
    }
}

/// <summary>What <c>freqN/frequency</c> says.</summary>
/// <param name="Hertz">The count, or null when there is none.</param>
/// <param name="IsError">The signal is too fast for the counter.</param>
/// <param name="IsOverrun">The count ran over.</param>
public sealed record MeasuredFrequency(long? Hertz, bool IsError, bool IsOverrun)
{
    /// <summary>Reads the attribute; nothing is no measurement yet.</summary>
    /// <exception cref="FormatException">It is not as the driver writes it.</exception>
    public static MeasuredFrequency Parse(string text) => text switch
    {
        "" => new(null, false, false),
        "error" => new(null, true, false),
        "overrun" => new(null, false, true),
        _ when long.TryParse(text, out var hertz) && hertz >= 0 => new(hertz, false, false),
        _ => throw new FormatException($"'{text}' is no frequency: expected hertz, `error`, `overrun` or nothing"),
    };
}

/// <summary>An attribute with what reading it gave.</summary>
/// <param name="Name">Its path below the card's directory.</param>
/// <param name="Text">Its text without the last newline; bytes that are no text in hexadecimal; null when it was refused.</param>
/// <param name="Errno">The refusal.</param>
/// <param name="IsBinary">Whether <paramref name="Text"/> is hexadecimal.</param>
public sealed record AttributeReading(string Name, string? Text, Errno Errno, bool IsBinary);
