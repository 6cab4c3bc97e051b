using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>Which figure of many intervals a limit is on.</summary>
public sealed record IntervalFigure
{
    private readonly decimal _percent;

    private IntervalFigure(decimal percent, string name)
    {
        _percent = percent;
        Name = name;
    }

    /// <summary>What scenarios call it.</summary>
    public string Name { get; }

    /// <summary>The shortest.</summary>
    public static IntervalFigure Shortest { get; } = new(0, "shortest");

    /// <summary>The longest.</summary>
    public static IntervalFigure Longest { get; } = new(100, "longest");

    /// <summary>The middle one, by nearest rank.</summary>
    public static IntervalFigure Median { get; } = new(50, "median");

    /// <summary>Reads <c>shortest</c>, <c>min</c>, <c>median</c>, <c>longest</c>, <c>max</c>, <c>p99</c>, <c>p99.9</c>.</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static IntervalFigure Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim() switch
        {
            "shortest" or "min" or "minimum" => Shortest,
            "longest" or "max" or "maximum" => Longest,
            "median" => Median,
            ['p', .. var percent] when decimal.TryParse(percent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var p) && p is > 0 and <= 100
                => new IntervalFigure(p, "p" + percent),
            _ => throw new FormatException($"'{text}' is no figure of durations; write shortest, median, longest or a percentile such as p99"),
        };
    }

    /// <summary>The interval that stands for the figure.</summary>
    /// <exception cref="InvalidOperationException">There is no interval.</exception>
    public Interval Of(IntervalSet intervals)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        return _percent == 0 ? intervals.Shortest : intervals.AtQuantile(_percent);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
