using System.Globalization;

namespace LabTrace.Steps;

/// <summary>What a count of events that were each taken or not says of the chance with which they were.</summary>
public static class Binomial
{
    /// <summary>The interval that holds the true share with a confidence (Wilson's, which is right near 0 and 1 too).</summary>
    /// <param name="taken">How many were taken.</param>
    /// <param name="of">Of how many.</param>
    /// <param name="confidence">0 to 1.</param>
    public static (double Low, double High) Interval(long taken, long of, double confidence)
    {
        if (of == 0)
        {
            return (0, 1);
        }

        var z = NormalQuantile(1 - ((1 - confidence) / 2));
        var (n, p) = ((double)of, (double)taken / of);
        var middle = (p + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z / (1 + (z * z / n)) * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return (middle - half, middle + half);
    }

    /// <summary>How far a count is from what chance lets expect, in words.</summary>
    public static string Describe(long taken, long of, double share)
    {
        var deviation = Math.Sqrt(of * share * (1 - share));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"found {taken}, which is {(of == 0 ? 0 : 100.0 * taken / of):0.###} %; of a sampler by chance that would be {(deviation == 0 ? 0 : Math.Abs(taken - (of * share)) / deviation):0.#} standard deviations off");
    }

    /// <summary>The value below which a normal distribution has a share; Acklam's approximation, exact to nine digits.</summary>
    public static double NormalQuantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        double[] a = [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00];
        double[] b = [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1];
        double[] c = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00];
        double[] d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1];
        const double tail = 0.02425;
        if (share > 1 - tail)
        {
            return -NormalQuantile(1 - share);
        }

        if (share < tail)
        {
            var q = Math.Sqrt(-2 * Math.Log(share));
            return Horner(c, q) / Horner(d, q);
        }

        var middle = share - 0.5;
        return Horner(a, middle * middle) * middle / Horner(b, middle * middle);
    }

    private static double Horner(double[] coefficients, double x) => coefficients.Aggregate(0.0, (sum, next) => (sum * x) + next);
}
