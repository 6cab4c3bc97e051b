using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>A number taken from many: the value at a place among the sorted ones, by nearest rank, so it is always one that was measured.</summary>
/// <param name="Percent">From 0, the shortest, to 100, the longest.</param>
public readonly record struct Statistic(decimal Percent)
{
    /// <summary>The smallest.</summary>
    public static Statistic Shortest => new(0);

    /// <summary>The 50 % quantile.</summary>
    public static Statistic Median => new(50);

    /// <summary>The 90 % quantile.</summary>
    public static Statistic P90 => new(90);

    /// <summary>The 99 % quantile.</summary>
    public static Statistic P99 => new(99);

    /// <summary>The largest.</summary>
    public static Statistic Longest => new(100);

    /// <summary>The quantiles that a table of latencies shows.</summary>
    public static IReadOnlyList<Statistic> Usual { get; } =
        [Shortest, new(1), new(10), new(25), Median, new(75), P90, new(95), P99, new(99.9m), new(99.99m), Longest];

    /// <summary>Reads <c>shortest</c>, <c>median</c>, <c>longest</c> or a quantile such as <c>p99</c> or <c>p99.9</c>.</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static Statistic Parse(string text) => TryParse(text, out var statistic)
        ? statistic
        : throw new FormatException($"'{text}' is no statistic; write shortest, median, longest or a quantile such as p90 or p99.9");

    /// <summary>As <see cref="Parse"/>; false when the text is no statistic.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Statistic statistic)
    {
        statistic = text switch
        {
            "shortest" or "min" => Shortest,
            "median" => Median,
            "longest" or "max" => Longest,
            _ => new(-1),
        };
        if (statistic.Percent < 0 && text is ['p', _, ..]
            && decimal.TryParse(text.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100)
        {
            statistic = new(percent);
        }

        return statistic.Percent >= 0;
    }

    /// <summary>The value at this place.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public long Of(ReadOnlySpan<long> sorted)
    {
        // The rank is ceil(p/100 · n), in decimals so that 99.9 % of 1,000 is 999 and not a binary fraction more.
        var rank = (int)Math.Ceiling(Percent * sorted.Length / 100m);
        return sorted[Math.Clamp(rank, 1, sorted.Length) - 1];
    }

    /// <summary>The word: <c>shortest</c>, <c>median</c>, <c>longest</c>, <c>p99.9</c>.</summary>
    public string InWords() => Percent switch
    {
        0m => "shortest",
        50m => "median",
        100m => "longest",
        _ => "p" + Percent.ToString("0.######", CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public override string ToString() => InWords();
}
