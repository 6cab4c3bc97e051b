namespace LabTrace.Reports.History;

/// <summary>The few tests that comparing runs needs: without assumptions on how the numbers are distributed, exact where they are few.</summary>
public static class Statistics
{
    // Up to here the exact distribution of ranks is counted out; beyond it the normal one is as good.
    private const int MostExact = 60;
    private const double MadToSigma = 1.4826;

    /// <summary>The median; of an even count the mean of the middle two.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The spread as a standard deviation, from the median absolute deviation, so that one outlier does not count.</summary>
    /// <param name="values">At least one.</param>
    public static double Spread(IReadOnlyList<double> values)
    {
        var median = Median(values);
        return MadToSigma * Median([.. values.Select(v => Math.Abs(v - median))]);
    }

    /// <summary>Mann-Whitney's test, two-sided: how likely two samples of one distribution are as far apart as these.</summary>
    /// <param name="first">At least one value.</param>
    /// <param name="second">At least one value.</param>
    /// <returns>0 to 1.</returns>
    public static double MannWhitney(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var u = 0.0;
        foreach (var a in first)
        {
            foreach (var b in second)
            {
                u += a < b ? 1 : a == b ? 0.5 : 0;
            }
        }

        var all = first.Concat(second).ToArray();
        var ties = all.GroupBy(static v => v).Select(static g => (double)g.Count()).Where(static c => c > 1).ToArray();
        return ties.Length == 0 && all.Length <= MostExact
            ? Exact(first.Count, second.Count, u)
            : Normal(first.Count, second.Count, u, ties);
    }

    /// <summary>The smallest probability that samples of these sizes can have: below it nothing can be significant.</summary>
    public static double LeastProbability(int first, int second) => 2 / Choose(first + second, first);

    /// <summary>Fisher's exact test, one-sided: how likely at least so many of the failures fall to the second group by chance.</summary>
    /// <param name="failures">Failures of the first group.</param>
    /// <param name="count">Its size.</param>
    /// <param name="otherFailures">Failures of the second group.</param>
    /// <param name="otherCount">Its size.</param>
    public static double Fisher(int failures, int count, int otherFailures, int otherCount)
    {
        var total = failures + otherFailures;
        var all = Choose(count + otherCount, total);
        var sum = 0.0;
        for (var k = otherFailures; k <= Math.Min(total, otherCount); k++)
        {
            sum += total - k <= count ? Choose(otherCount, k) * Choose(count, total - k) / all : 0;
        }

        return Math.Min(1, sum);
    }

    private static double Exact(int n, int m, double u)
    {
        // ways[k]: orders of n and m values in which k pairs stand in ascending order.
        var ways = new double[(n * m) + 1];
        ways[0] = 1;
        for (var i = 1; i <= n; i++)
        {
            for (var k = n * m; k >= m + i; k--)
            {
                ways[k] -= ways[k - (m + i)];
            }

            for (var k = i; k <= n * m; k++)
            {
                ways[k] += ways[k - i];
            }
        }

        var extreme = Math.Min(u, (n * m) - u);
        var below = 0.0;
        for (var k = 0; k <= extreme; k++)
        {
            below += ways[k];
        }

        return Math.Min(1, 2 * below / Choose(n + m, n));
    }

    private static double Normal(double n, double m, double u, double[] ties)
    {
        var count = n + m;
        var variance = n * m / 12 * (count + 1 - (ties.Sum(static t => (t * t * t) - t) / (count * (count - 1))));
        if (variance <= 0)
        {
            return 1;
        }

        var z = Math.Max(0, Math.Abs(u - (n * m / 2)) - 0.5) / Math.Sqrt(variance);
        return Math.Min(1, 2 * UpperTail(z));
    }

    // Abramowitz and Stegun 26.2.17, good to 7.5e-8.
    private static double UpperTail(double z)
    {
        var t = 1 / (1 + (0.2316419 * z));
        var polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }

    private static double Choose(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++)
        {
            result = result * (n - k + i) / i;
        }

        return Math.Round(result);
    }
}
