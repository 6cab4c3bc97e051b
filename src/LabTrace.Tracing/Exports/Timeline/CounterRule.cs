using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Which field of which event is drawn as a number over time.</summary>
/// <param name="Event">The event's bare name.</param>
/// <param name="Field">The number.</param>
/// <param name="Key">The field that tells lines apart, for example the cpu or the gpio; null for one line.</param>
internal sealed record CounterRule(string Event, string Field, string? Key)
{
    /// <summary>Numbers that everybody wants to see.</summary>
    public static IReadOnlyList<CounterRule> Usual { get; } =
    [
        new("cpu_frequency", "state", "cpu_id"), new("cpu_idle", "state", "cpu_id"), new("gpio_value", "value", "gpio"), new("clock_set_rate", "state", "name"),
    ];

    /// <summary>Reads <c>EVENT.FIELD</c> or <c>EVENT.FIELD/KEYFIELD</c>.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static CounterRule Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var field = dot < 0 ? "" : slash < 0 ? text[(dot + 1)..] : text[(dot + 1)..Math.Max(slash, dot + 1)];
        return dot > 0 && field.Length > 0 && slash != text.Length - 1
            ? new CounterRule(EventName.Parse(text[..dot]).Name, field, slash < 0 ? null : text[(slash + 1)..])
            : throw new FormatException($"'{text}' names no counter; write EVENT.FIELD or EVENT.FIELD/KEYFIELD, for example gpio_value.value/gpio");
    }

    /// <summary>The line's name and the number, or false when the event has none.</summary>
    public bool TryGet(in TraceEvent item, out string name, out long number)
    {
        (name, number) = ("", 0);
        if (!item.TryGetField(Field, out var value) || !value.TryGetInteger(out var whole))
        {
            return false;
        }

        var key = Key is not null && item.TryGetField(Key, out var found) ? $" {Key} {found}" : "";
        name = $"{Event}{key}";

        // The kernel says "no longer idle" as (u32)-1.
        number = whole == uint.MaxValue ? -1 : (long)Int128.Clamp(whole, long.MinValue, long.MaxValue);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Event}.{Field}{(Key is null ? "" : "/" + Key)}");
}
