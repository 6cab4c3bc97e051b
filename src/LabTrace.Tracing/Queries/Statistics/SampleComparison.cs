namespace LabTrace.Tracing.Queries;

/// <summary>What has changed from one sample of times to another, and whether it is more than chance.</summary>
/// <remarks>
/// Three tests look at three things: Mann–Whitney at the place, Kolmogorov–Smirnov at the shape, Fisher's at the tail. A test finds a difference when its
/// probability is below a third of the significance level (Bonferroni) and the effect is not negligible: with many values the smallest difference is
/// significant, and none the less means nothing. All of it is arithmetic without chance: the same traces always give the same answer. Times that depend on
/// each other (a burst, a beat) hold less information than their number says; a small probability is then worth less.
/// </remarks>
public sealed class SampleComparison
{
    /// <summary>The smallest |delta| that is not called negligible (Romano et al. 2006).</summary>
    public const double NegligibleDelta = 0.147;

    /// <summary>The smallest distance of distributions that is not called negligible.</summary>
    public const double NegligibleDistance = 0.1;

    /// <summary>The tail has changed when its share is at least so many times, or one such part of, what it was.</summary>
    public const double NegligibleTailFactor = 2;

    private SampleComparison(Sample first, Sample second, double significance)
    {
        (First, Second, Significance) = (first, second, significance);
        Place = MannWhitney.Test(first, second);
        Shape = KolmogorovSmirnov.Test(first, second);
        TailBound = Math.Min(first.At(Statistic.P99), second.At(Statistic.P99));
        FirstTail = new Proportion(first.CountAbove(TailBound), first.Count);
        SecondTail = new Proportion(second.CountAbove(TailBound), second.Count);
        TailPValue = FirstTail.FisherPValue(SecondTail);
    }

    /// <summary>The sample compared with.</summary>
    public Sample First { get; }

    /// <summary>The sample compared.</summary>
    public Sample Second { get; }

    /// <summary>The significance level of the whole comparison.</summary>
    public double Significance { get; }

    /// <summary>Whether the second sample's values tend to be larger or smaller.</summary>
    public MannWhitney Place { get; }

    /// <summary>How far the distributions are apart.</summary>
    public KolmogorovSmirnov Shape { get; }

    /// <summary>Where the tail begins: the smaller of both samples' 99 % quantiles, so that it does not matter which is first.</summary>
    public long TailBound { get; }

    /// <summary>The first sample's values above <see cref="TailBound"/>.</summary>
    public Proportion FirstTail { get; }

    /// <summary>The second sample's values above <see cref="TailBound"/>.</summary>
    public Proportion SecondTail { get; }

    /// <summary>The chance of tails so different.</summary>
    public double TailPValue { get; }

    /// <summary>Whether the values are longer or shorter on the whole.</summary>
    public Shift PlaceShift => Place.PValue >= Significance / 3 || Math.Abs(Place.Delta) < NegligibleDelta ? Shift.None
        : Place.Delta > 0 ? Shift.Longer : Shift.Shorter;

    /// <summary>Whether the distributions differ.</summary>
    public bool DiffersInShape => Shape.PValue < Significance / 3 && Shape.Distance >= NegligibleDistance;

    /// <summary>Whether the second sample has more or fewer long values.</summary>
    public Shift TailShift
    {
        get
        {
            if (TailPValue >= Significance / 3)
            {
                return Shift.None;
            }

            var (before, after) = (FirstTail.Share, SecondTail.Share);
            return after >= before * NegligibleTailFactor ? Shift.Longer : after <= before / NegligibleTailFactor ? Shift.Shorter : Shift.None;
        }
    }

    /// <summary>Whether the second sample is longer, on the whole or in its tail, beyond chance.</summary>
    public bool IsSecondLonger => PlaceShift == Shift.Longer || TailShift == Shift.Longer;

    /// <summary>Compares two samples.</summary>
    /// <param name="first">What to compare with, at least one value.</param>
    /// <param name="second">What is compared, at least one value.</param>
    /// <param name="significance">The chance of calling equal samples different, between 0 and 1.</param>
    /// <exception cref="ArgumentException">A sample is empty.</exception>
    public static SampleComparison Of(Sample first, Sample second, double significance = 0.01)
    {
        TwoSamples.RequireValues(first, second);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(significance);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(significance, 1);
        return new SampleComparison(first, second, significance);
    }

    /// <summary>The verdict in words: <c>longer on the whole and in the tail</c>, <c>no difference beyond chance</c>.</summary>
    public string InWords()
    {
        var (place, tail) = (PlaceShift, TailShift);
        return (place, tail) switch
        {
            (Shift.None, Shift.None) when DiffersInShape => "of another shape, but neither longer nor shorter",
            (Shift.None, Shift.None) => "no difference beyond chance",
            (Shift.None, _) => $"{Word(tail)} in the tail",
            (_, Shift.None) => $"{Word(place)} on the whole",
            _ when place == tail => $"{Word(place)} on the whole and in the tail",
            _ => $"{Word(place)} on the whole, {Word(tail)} in the tail",
        };
    }

    private static string Word(Shift shift) => shift == Shift.Longer ? "longer" : "shorter";
}

/// <summary>Which way times have moved.</summary>
public enum Shift
{
    /// <summary>No difference beyond chance, or one that does not matter.</summary>
    None,

    /// <summary>They are longer.</summary>
    Longer,

    /// <summary>They are shorter.</summary>
    Shorter,
}
