namespace LabTrace.Tracing.Queries;

/// <summary>The Mann–Whitney U test: whether values of one sample tend to be larger than those of another, whatever their distribution.</summary>
/// <param name="U">Pairs in which the second sample's value is the larger, ties counted as half.</param>
/// <param name="PValue">Two-sided: the chance of a U at least as far from the middle if both samples came from one distribution.</param>
/// <param name="Delta">Cliff's delta, the effect size: −1 when every value of the second sample is smaller, 0 when neither tends to be larger, 1 when every one is larger.</param>
/// <param name="IsExact">Whether the probability was counted out, not approximated: for small samples without ties.</param>
public sealed record MannWhitney(double U, double PValue, double Delta, bool IsExact)
{
    /// <summary>Up to this many values in each sample, without ties, the probability is counted out.</summary>
    internal const int ExactLimit = 20;

    /// <summary>Compares two samples.</summary>
    /// <param name="first">At least one value.</param>
    /// <param name="second">At least one value.</param>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static MannWhitney Test(Sample first, Sample second)
    {
        TwoSamples.RequireValues(first, second);
        double n = first.Count, m = second.Count;
        var (u, ties, smaller) = (0.0, 0.0, 0.0);
        TwoSamples.Merge(first.Sorted, second.Sorted, (_, inFirst, inSecond) =>
        {
            u += inSecond * (smaller + (inFirst / 2.0));
            smaller += inFirst;
            double tied = inFirst + inSecond;
            ties += (tied * tied * tied) - tied;
        });

        var delta = (2 * u / (n * m)) - 1;
        if (ties == 0 && first.Count <= ExactLimit && second.Count <= ExactLimit)
        {
            return new MannWhitney(u, ExactPValue((int)u, first.Count, second.Count), delta, IsExact: true);
        }

        // The normal approximation, its variance corrected for ties and its distance for continuity.
        var total = n + m;
        var variance = n * m / 12 * (total + 1 - (ties / (total * (total - 1))));
        var distance = Math.Max(Math.Abs(u - (n * m / 2)) - 0.5, 0);
        var p = variance <= 0 ? 1 : NormalDistribution.TwoSidedTail(distance / Math.Sqrt(variance));
        return new MannWhitney(u, Math.Min(p, 1), delta, IsExact: false);
    }

    /// <summary>Counts in how many of all orders of both samples U is so far from the middle.</summary>
    private static double ExactPValue(int u, int n, int m)
    {
        // ways[j, v]: orders of i values and j others with U = v. The last in order is one of the i (v pairs as before) or one of the j (i pairs more).
        var ways = new double[m + 1, (n * m) + 1];
        for (var j = 0; j <= m; j++)
        {
            ways[j, 0] = 1;
        }

        for (var i = 1; i <= n; i++)
        {
            var next = new double[m + 1, (n * m) + 1];
            next[0, 0] = 1;
            for (var j = 1; j <= m; j++)
            {
                for (var v = 0; v <= i * j; v++)
                {
                    next[j, v] = ways[j, v] + (v >= i ? next[j - 1, v - i] : 0);
                }
            }

            ways = next;
        }

        var (all, below) = (0.0, 0.0);
        var low = Math.Min(u, (n * m) - u);
        for (var v = 0; v <= n * m; v++)
        {
            all += ways[m, v];
            below += v <= low ? ways[m, v] : 0;
        }

        return Math.Min(2 * below / all, 1);
    }
}
