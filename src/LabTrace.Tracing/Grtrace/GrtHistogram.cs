using System.Numerics;

namespace LabTrace.Tracing;

/// <summary>A histogram as grtrace's views have it: twelve buckets that double, whose edges fit what was counted.</summary>
public sealed class GrtHistogram
{
    /// <summary>Buckets that are shown.</summary>
    public const int Buckets = 12;

    private readonly long[] _counts = new long[65];

    /// <summary>How many values were counted.</summary>
    public long Total { get; private set; }

    /// <summary>Counts a value; negative ones count as 0.</summary>
    public void Add(long value)
    {
        Total++;
        _counts[value <= 0 ? 0 : BitOperations.Log2((ulong)value) + 1]++;
    }

    /// <summary>The buckets: each holds values under its edge and not under the one before; the last also all above.</summary>
    public IReadOnlyList<(ulong Edge, long Count)> Rows
    {
        get
        {
            var top = Math.Max(Array.FindLastIndex(_counts, c => c > 0), Buckets - 1);
            var first = top - Buckets + 1;
            var rows = new (ulong, long)[Buckets];
            for (var i = 0; i < Buckets; i++)
            {
                var power = first + i;
                rows[i] = (power >= 64 ? ulong.MaxValue : 1UL << power, _counts[power] + (i == 0 ? _counts.AsSpan(0, first).ToArray().Sum() : 0));
            }

            return rows;
        }
    }
}
