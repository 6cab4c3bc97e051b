namespace LabTrace.Tracing.Queries;

/// <summary>How many of many miss a bound.</summary>
/// <param name="Misses">How many do.</param>
/// <param name="Total">Of how many.</param>
public readonly record struct Proportion(long Misses, long Total)
{
    /// <summary>The share, 0 to 1; 0 of nothing.</summary>
    public double Share => Total == 0 ? 0 : (double)Misses / Total;

    /// <summary>What the true share may still be, with 95 % confidence (Wilson's interval): no misses among few values prove little.</summary>
    public double UpperBound
    {
        get
        {
            if (Total == 0)
            {
                return 1;
            }

            const double Z = NormalDistribution.Z95;
            double n = Total, p = Share;
            var root = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
            return Math.Min((p + (Z * Z / (2 * n)) + root) / (1 + (Z * Z / n)), 1);
        }
    }

    /// <summary>Fisher's exact test, two-sided: the chance of shares so different if both were the same.</summary>
    /// <param name="other">What to compare with.</param>
    public double FisherPValue(Proportion other)
    {
        var (misses, total) = (Misses + other.Misses, Total + other.Total);
        var least = Math.Max(0, Total - (total - misses));
        var most = Math.Min(misses, Total);
        var here = LogChance(Misses, misses, Total, total);
        var p = 0.0;
        for (var k = least; k <= most; k++)
        {
            // Tables exactly as unlikely as ours count; rounding must not drop them.
            var chance = LogChance(k, misses, Total, total);
            p += chance <= here + 1e-7 ? Math.Exp(chance) : 0;
        }

        return Math.Min(p, 1);
    }

    private static double LogChance(long k, long misses, long drawn, long total) =>
        LogChoose(misses, k) + LogChoose(total - misses, drawn - k) - LogChoose(total, drawn);

    private static double LogChoose(long n, long k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    private static double LogFactorial(long n)
    {
        if (n < 2)
        {
            return 0;
        }

        if (n < 16)
        {
            var product = 1.0;
            for (var i = 2; i <= n; i++)
            {
                product *= i;
            }

            return Math.Log(product);
        }

        // Stirling's series; from 16 on its error is below 1e-12.
        double x = n;
        return ((x + 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (1 / (12 * x)) - (1 / (360 * x * x * x)) + (1 / (1260 * x * x * x * x * x));
    }
}
