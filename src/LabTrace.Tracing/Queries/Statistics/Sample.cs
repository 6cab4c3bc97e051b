namespace LabTrace.Tracing.Queries;

/// <summary>Lengths of time, kept whole so that every quantile is exact: 8 bytes each.</summary>
public sealed class Sample
{
    private readonly List<long> _values = [];
    private long[]? _sorted;

    /// <summary>A sample of these values.</summary>
    /// <param name="values">Nanoseconds.</param>
    public static Sample Of(params IEnumerable<long> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sample = new Sample();
        foreach (var value in values)
        {
            sample.Add(value);
        }

        return sample;
    }

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count;

    /// <summary>The values in the order they came.</summary>
    public IReadOnlyList<long> Values => _values;

    /// <summary>The values, ascending.</summary>
    public ReadOnlySpan<long> Sorted => _sorted ??= [.. _values.Order()];

    /// <summary>The arithmetic mean, 0 of nothing.</summary>
    public double Mean
    {
        get
        {
            // Summed as integers: the order of the values does not change the result.
            Int128 sum = 0;
            foreach (var value in _values)
            {
                sum += value;
            }

            return _values.Count == 0 ? 0 : (double)sum / _values.Count;
        }
    }

    /// <summary>The sample's standard deviation (n − 1), 0 of fewer than two.</summary>
    public double StandardDeviation
    {
        get
        {
            var mean = Mean;
            var squares = 0.0;
            foreach (var value in Sorted)
            {
                squares += (value - mean) * (value - mean);
            }

            return _values.Count < 2 ? 0 : Math.Sqrt(squares / (_values.Count - 1));
        }
    }

    /// <summary>Adds a value.</summary>
    /// <param name="value">Nanoseconds.</param>
    public void Add(long value)
    {
        _values.Add(value);
        _sorted = null;
    }

    /// <summary>The value at a statistic's place.</summary>
    /// <exception cref="InvalidOperationException">There is no value.</exception>
    public long At(Statistic statistic) => _values.Count == 0
        ? throw new InvalidOperationException("a sample without values has no quantile")
        : statistic.Of(Sorted);

    /// <summary>How many values are larger than a bound.</summary>
    public int CountAbove(long bound)
    {
        var (low, high) = (0, Sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Sorted[middle] > bound ? (low, middle) : (middle + 1, high);
        }

        return Sorted.Length - low;
    }
}
