using System.Numerics;

namespace LabTrace.Tracing.Queries;

/// <summary>Counts of values by powers of two, each power split evenly: it grows with the range of the values, not with their number.</summary>
public sealed class LogHistogram
{
    private readonly int _splitBits;
    private readonly Dictionary<int, long> _counts = [];

    /// <summary>Makes an empty histogram.</summary>
    /// <param name="splitBits">Each power of two has 2^<paramref name="splitBits"/> buckets: 0 gives [1, 2), [2, 4), [4, 8)…; 2 keeps values within 25 %.</param>
    public LogHistogram(int splitBits = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(splitBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(splitBits, 8);
        _splitBits = splitBits;
    }

    /// <summary>How many values were added.</summary>
    public long Total { get; private set; }

    /// <summary>The buckets from the first to the last that holds something, empty ones between them included, ascending.</summary>
    public IReadOnlyList<LogBucket> Buckets
    {
        get
        {
            if (_counts.Count == 0)
            {
                return [];
            }

            var first = _counts.Keys.Min();
            return [.. Enumerable.Range(first, _counts.Keys.Max() - first + 1)
                .Select(i => new LogBucket(LowerOf(i), LowerOf(i + 1), _counts.GetValueOrDefault(i)))
                .Where(b => b.Lower < b.Upper)];
        }
    }

    /// <summary>Adds a value; negative ones share the bucket below zero.</summary>
    public void Add(long value)
    {
        var index = IndexOf(value);
        _counts[index] = _counts.GetValueOrDefault(index) + 1;
        Total++;
    }

    private int IndexOf(long value)
    {
        if (value <= 0)
        {
            return value < 0 ? -1 : 0;
        }

        var power = BitOperations.Log2((ulong)value);
        var within = power >= _splitBits
            ? (int)(value >> (power - _splitBits)) & ((1 << _splitBits) - 1)
            : (int)(value << (_splitBits - power)) & ((1 << _splitBits) - 1);
        return 1 + (power << _splitBits) + within;
    }

    private Int128 LowerOf(int index)
    {
        if (index <= 0)
        {
            return index < 0 ? long.MinValue : 0;
        }

        // Below 2^splitBits some buckets hold no whole number; rounding up makes them empty, and they are left out.
        var (power, within) = ((index - 1) >> _splitBits, (index - 1) & ((1 << _splitBits) - 1));
        var scaled = (Int128)((1 << _splitBits) + within) << power;
        return (scaled + (1 << _splitBits) - 1) >> _splitBits;
    }
}

/// <summary>One bucket of a histogram.</summary>
/// <param name="Lower">The smallest value it holds.</param>
/// <param name="Upper">The first value above it.</param>
/// <param name="Count">How many values it holds.</param>
public readonly record struct LogBucket(Int128 Lower, Int128 Upper, long Count);
