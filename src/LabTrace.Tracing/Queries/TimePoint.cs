using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>A place in a trace as people name it: so long after the first event, or a time of the trace's clock.</summary>
/// <param name="Nanoseconds">Nanoseconds (ticks for clocks that count ticks), from the first event or from the clock's zero.</param>
/// <param name="IsAbsolute">Whether it is a time of the clock.</param>
public readonly record struct TimePoint(ulong Nanoseconds, bool IsAbsolute)
{
    /// <summary>Reads <c>1.5 s</c>, <c>200ms</c> (behind the first event) or <c>@2822.408285</c> (seconds of the clock; without a point: its number).</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static TimePoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Duration.TryParse(text, out var after) && after >= Duration.Zero)
        {
            return new TimePoint((ulong)after.Nanoseconds, IsAbsolute: false);
        }

        if (text.StartsWith('@'))
        {
            var number = text.AsSpan(1);
            if (number.Contains('.') && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds < ulong.MaxValue / 1_000_000_000m)
            {
                return new TimePoint((ulong)(seconds * 1_000_000_000m), IsAbsolute: true);
            }

            if (ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            {
                return new TimePoint(ticks, IsAbsolute: true);
            }
        }

        throw new FormatException(
            $"'{text}' is no place in a trace; write how long behind the first event (1.5s, 200ms) or a time of its clock (@2822.408285 in seconds, @2822408285000 in ns or ticks)");
    }

    /// <summary>The time on the clock of a trace.</summary>
    /// <param name="first">The time of its first event.</param>
    public TraceTime In(TraceTime first) => new(IsAbsolute ? Nanoseconds : unchecked(first.Nanoseconds + Nanoseconds));
}
