namespace LabTrace.Tracing.Queries;

/// <summary>The two-sample Kolmogorov–Smirnov test: whether two samples come from one distribution; it sees changes of shape as well as of place.</summary>
/// <param name="Distance">The largest distance between the two cumulative distributions, 0 to 1.</param>
/// <param name="At">The value where they are so far apart.</param>
/// <param name="PValue">The chance of such a distance if both came from one distribution; an approximation that ties make cautious.</param>
public sealed record KolmogorovSmirnov(double Distance, long At, double PValue)
{
    /// <summary>Compares two samples.</summary>
    /// <param name="first">At least one value.</param>
    /// <param name="second">At least one value.</param>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static KolmogorovSmirnov Test(Sample first, Sample second)
    {
        TwoSamples.RequireValues(first, second);
        double n = first.Count, m = second.Count;
        var (doneFirst, doneSecond, distance) = (0L, 0L, 0.0);
        var at = 0L;
        TwoSamples.Merge(first.Sorted, second.Sorted, (value, inFirst, inSecond) =>
        {
            doneFirst += inFirst;
            doneSecond += inSecond;
            var here = Math.Abs((doneFirst / n) - (doneSecond / m));
            if (here > distance)
            {
                (distance, at) = (here, value);
            }
        });

        // Stephens' correction makes the limit distribution fit samples of a few already.
        var size = Math.Sqrt(n * m / (n + m));
        return new KolmogorovSmirnov(distance, at, Tail((size + 0.12 + (0.11 / size)) * distance));
    }

    /// <summary>The tail of Kolmogorov's distribution.</summary>
    private static double Tail(double lambda)
    {
        if (lambda < 0.2)
        {
            return 1;
        }

        var sum = 0.0;
        for (var k = 1; k <= 200; k++)
        {
            var term = Math.Exp(-2.0 * k * k * lambda * lambda);
            sum += k % 2 == 1 ? term : -term;
            if (term < 1e-18)
            {
                break;
            }
        }

        return Math.Clamp(2 * sum, 0, 1);
    }
}
