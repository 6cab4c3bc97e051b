using System.Globalization;
using System.Numerics;

namespace LabTrace.Emulation.Grtrace;

/// <summary>Twelve buckets by powers of two; the last takes all that is larger.</summary>
internal sealed class Histogram
{
    private const int Buckets = 12;
    private readonly long[] _counts = new long[Buckets];

    /// <summary>Counts a value; bucket k holds those below 2 to the power of k+1.</summary>
    public void Add(ulong value) => _counts[Math.Min(Buckets - 1, value == 0 ? 0 : BitOperations.Log2(value))]++;

    /// <summary>The upper edges on the first line, the counts on the second.</summary>
    public string Text() =>
        string.Join(' ', Enumerable.Range(1, Buckets).Select(k => (1 << k).ToString(CultureInfo.InvariantCulture))) + "\n"
        + string.Join(' ', _counts.Select(c => c.ToString(CultureInfo.InvariantCulture))) + "\n";

    public void Clear() => Array.Clear(_counts);
}
