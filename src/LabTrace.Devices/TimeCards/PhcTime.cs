using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <summary>A time of a PTP hardware clock: nanoseconds of TAI since 1970. It is compared with other clocks only through a measured offset.</summary>
/// <param name="Nanoseconds">Nanoseconds since 1970-01-01 TAI.</param>
public readonly record struct PhcTime(long Nanoseconds) : IComparable<PhcTime>
{
    private const long Second = 1_000_000_000;

    /// <summary>Whole seconds, rounded down.</summary>
    public long Seconds => (Nanoseconds - Fraction) / Second;

    /// <summary>Nanoseconds of the second, 0 to 999,999,999.</summary>
    public int Fraction => (int)(((Nanoseconds % Second) + Second) % Second);

    /// <summary>Nanoseconds from one time to another.</summary>
    public static long operator -(PhcTime left, PhcTime right) => left.Nanoseconds - right.Nanoseconds;

    /// <summary>A time some nanoseconds later.</summary>
    public static PhcTime operator +(PhcTime left, long nanoseconds) => new(left.Nanoseconds + nanoseconds);

    /// <summary>Whether one time is before another.</summary>
    public static bool operator <(PhcTime left, PhcTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether one time is behind another.</summary>
    public static bool operator >(PhcTime left, PhcTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether one time is not behind another.</summary>
    public static bool operator <=(PhcTime left, PhcTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether one time is not before another.</summary>
    public static bool operator >=(PhcTime left, PhcTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>A time some nanoseconds later.</summary>
    public static PhcTime Add(PhcTime left, long nanoseconds) => left + nanoseconds;

    /// <summary>Nanoseconds from one time to another.</summary>
    public static long Subtract(PhcTime left, PhcTime right) => left - right;

    /// <inheritdoc/>
    public int CompareTo(PhcTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds and nanoseconds, as <c>1795233137.877629900</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds}.{Fraction:D9}");
}
