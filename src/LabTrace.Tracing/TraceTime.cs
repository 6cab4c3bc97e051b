namespace LabTrace.Tracing;

/// <summary>A point on a trace clock.</summary>
/// <param name="Nanoseconds">Nanoseconds since the clock's zero; for the clocks <c>counter</c>, <c>uptime</c> and <c>x86-tsc</c> the clock's own ticks.</param>
public readonly record struct TraceTime(ulong Nanoseconds) : IComparable<TraceTime>
{
    /// <summary>The time between two points of the same clock, negative when <paramref name="left"/> is the earlier.</summary>
    public static Duration operator -(TraceTime left, TraceTime right) => new(unchecked((long)(left.Nanoseconds - right.Nanoseconds)));

    /// <summary>The point <paramref name="right"/> later.</summary>
    public static TraceTime operator +(TraceTime left, Duration right) => new(unchecked(left.Nanoseconds + (ulong)right.Nanoseconds));

    /// <summary>Whether <paramref name="left"/> is the earlier.</summary>
    public static bool operator <(TraceTime left, TraceTime right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is the later.</summary>
    public static bool operator >(TraceTime left, TraceTime right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not the later.</summary>
    public static bool operator <=(TraceTime left, TraceTime right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether <paramref name="left"/> is not the earlier.</summary>
    public static bool operator >=(TraceTime left, TraceTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The time between two points of the same clock.</summary>
    public static Duration Subtract(TraceTime left, TraceTime right) => left - right;

    /// <summary>The point <paramref name="right"/> later than <paramref name="left"/>.</summary>
    public static TraceTime Add(TraceTime left, Duration right) => left + right;

    /// <inheritdoc/>
    public int CompareTo(TraceTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Seconds with nine decimals.</summary>
    public override string ToString() => $"{Nanoseconds / 1_000_000_000}.{Nanoseconds % 1_000_000_000:D9}";

    /// <summary>As ftrace prints it: seconds with six decimals, rounded half up as the kernel does.</summary>
    public string ToMicrosecondText()
    {
        var us = Nanoseconds / 1000 + (Nanoseconds % 1000 >= 500 ? 1UL : 0);
        return $"{us / 1_000_000}.{us % 1_000_000:D6}";
    }
}
