using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>A span of time exact to the nanosecond, as scenarios write it: <c>5 ms</c>, <c>200 us</c>, <c>1.5 s</c>.</summary>
/// <param name="Nanoseconds">Nanoseconds, may be negative.</param>
public readonly record struct Duration(long Nanoseconds) : IComparable<Duration>
{
    /// <summary>No time.</summary>
    public static Duration Zero => default;

    /// <summary>Whether <paramref name="left"/> is the shorter.</summary>
    public static bool operator <(Duration left, Duration right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is the longer.</summary>
    public static bool operator >(Duration left, Duration right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not the longer.</summary>
    public static bool operator <=(Duration left, Duration right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not the shorter.</summary>
    public static bool operator >=(Duration left, Duration right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>Makes a duration from a BCL time span (whole multiples of 100 ns).</summary>
    public static Duration From(TimeSpan span) => new(checked(span.Ticks * 100));

    /// <summary>The nearest BCL time span, cut to 100 ns.</summary>
    public TimeSpan ToTimeSpan() => new(Nanoseconds / 100);

    /// <summary>Reads a number and a unit: ns, us (or µs), ms, s, min, h.</summary>
    /// <param name="text">For example <c>1.5 ms</c>; the blank is optional.</param>
    /// <exception cref="FormatException">The text is no duration, or has digits below one nanosecond.</exception>
    public static Duration Parse(string text) =>
        TryParse(text, out var duration)
            ? duration
            : throw new FormatException($"'{text}' is no duration; write a number and a unit: 10 ns, 200 us, 5 ms, 1.5 s, 2 min");

    /// <summary>Reads a number and a unit; false when the text is none.</summary>
    /// <param name="text">For example <c>200 us</c>.</param>
    /// <param name="duration">The exact duration.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out Duration duration)
    {
        duration = default;
        var span = text.AsSpan().Trim();
        var unitStart = span.LastIndexOfAnyInRange('0', '9') + 1;
        if (unitStart == 0 || !TryUnit(span[unitStart..].Trim(), out var scale))
        {
            return false;
        }

        var number = span[..unitStart];
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (number.Length > 28 || !decimal.TryParse(number, Styles, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        if (Math.Abs(value) > long.MaxValue / (decimal)scale)
        {
            return false;
        }

        var ns = value * scale;
        duration = new Duration((long)ns);
        return ns == decimal.Truncate(ns);
    }

    /// <inheritdoc/>
    public int CompareTo(Duration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The exact duration in the largest unit that keeps it at or above one: <c>1.5 ms</c>.</summary>
    public override string ToString()
    {
        var magnitude = Nanoseconds < 0 ? (decimal)Nanoseconds * -1 : Nanoseconds;
        var (scale, unit) = magnitude switch
        {
            >= 1_000_000_000 => (1_000_000_000m, "s"),
            >= 1_000_000 => (1_000_000m, "ms"),
            >= 1_000 => (1_000m, "us"),
            _ => (1m, "ns"),
        };
        return (Nanoseconds / scale).ToString("0.#########", CultureInfo.InvariantCulture) + " " + unit;
    }

    private static bool TryUnit(ReadOnlySpan<char> unit, out long scale)
    {
        scale = unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "min" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => 0,
        };
        return scale != 0;
    }
}
