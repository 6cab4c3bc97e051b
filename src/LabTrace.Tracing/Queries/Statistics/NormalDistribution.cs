namespace LabTrace.Tracing.Queries;

/// <summary>Tail probabilities of the standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>The z of a two-sided 95 % interval.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>The probability of a value at least as far from zero as <paramref name="z"/>, on both sides.</summary>
    public static double TwoSidedTail(double z) => Erfc(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>The probability of a value above <paramref name="z"/>.</summary>
    public static double UpperTail(double z) => z >= 0 ? Erfc(z / Math.Sqrt(2)) / 2 : 1 - (Erfc(-z / Math.Sqrt(2)) / 2);

    /// <summary>The complementary error function for x ≥ 0: the power series where it converges fast, the continued fraction behind it.</summary>
    private static double Erfc(double x) => x < 2.5 ? 1 - ErfSeries(x) : ErfcFraction(x);

    private static double ErfSeries(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * sum && n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double ErfcFraction(double x)
    {
        // Evaluated from its end; 60 terms are exact to double precision from 2.5 on.
        var fraction = 0.0;
        for (var n = 60; n > 0; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }
}
