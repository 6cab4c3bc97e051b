using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

/// <summary>The expected probabilities were computed with SciPy 1.10.1.</summary>
public sealed class SampleComparisonTests
{
    private static readonly long[] First = [.. Enumerable.Range(0, 200).Select(i => (long)(i * 7919 % 1000) + 1000)];
    private static readonly long[] Second = [.. Enumerable.Range(0, 150).Select(i => (long)(i * 7919 % 1000) + 1080)];

    [Test]
    public void Small_samples_without_ties_are_counted_out()
    {
        var test = MannWhitney.Test(Sample.Of(1, 5, 9, 12, 20), Sample.Of(2, 7, 15, 30, 41, 50));

        test.IsExact.Should().BeTrue();
        test.U.Should().Be(22);
        test.PValue.Should().BeApproximately(0.24675324675324672, 1e-12);
    }

    [Test]
    public void Large_samples_are_approximated()
    {
        var test = MannWhitney.Test(Sample.Of(First), Sample.Of(Second));

        test.U.Should().Be(17121);
        test.PValue.Should().BeApproximately(0.023593905982220918, 1e-10);
    }

    [Test]
    public void Ties_are_corrected_for()
    {
        var test = MannWhitney.Test(Sample.Of(First.Select(v => v / 10)), Sample.Of(Second.Select(v => v / 10)));

        test.U.Should().Be(17179.5);
        test.PValue.Should().BeApproximately(0.019999676878515827, 1e-10);
    }

    [Test]
    public void The_distance_of_distributions_is_found_with_its_place()
    {
        var test = KolmogorovSmirnov.Test(Sample.Of(First), Sample.Of(Second));

        test.Distance.Should().BeApproximately(0.08833333333333333, 1e-12);
        test.At.Should().Be(1962);
        test.PValue.Should().BeApproximately(0.4917871330782618, 0.01, "the approximation is close to the exact probability");
    }

    [TestCase(3, 100, 12, 100, 0.028671314973177094)]
    [TestCase(0, 1000, 7, 1000, 0.015461266199607457)]
    [TestCase(0, 10, 0, 10, 1)]
    [TestCase(10, 10, 10, 10, 1)]
    public void Shares_are_compared_exactly(long misses, long total, long otherMisses, long otherTotal, double p) =>
        new Proportion(misses, total).FisherPValue(new Proportion(otherMisses, otherTotal)).Should().BeApproximately(p, 1e-9);

    [TestCase(0.5, 0.6170750774519738)]
    [TestCase(1.96, 0.04999579029644087)]
    [TestCase(3, 0.0026997960632601866)]
    [TestCase(5, 5.733031437583866e-07)]
    [TestCase(8, 1.244192114854348e-15)]
    public void The_normal_tail_is_exact_far_out(double z, double tail) =>
        NormalDistribution.TwoSidedTail(z).Should().BeApproximately(tail, tail * 1e-8);

    [FsCheck.NUnit.Property]
    public void U_is_what_comparing_every_pair_gives(short[] first, short a, short[] second, short b)
    {
        long[] left = [.. first.Select(v => (long)v % 7), a], right = [.. second.Select(v => (long)v % 7), b];

        var test = MannWhitney.Test(Sample.Of(left), Sample.Of(right));

        var pairs = left.SelectMany(l => right.Select(r => r > l ? 1 : r == l ? 0.5 : 0)).Sum();
        test.U.Should().Be(pairs);
        test.Delta.Should().BeApproximately((2 * pairs / (left.Length * right.Length)) - 1, 1e-12);
        test.PValue.Should().BeInRange(0, 1);
        MannWhitney.Test(Sample.Of(right), Sample.Of(left)).PValue.Should().BeApproximately(test.PValue, 1e-12, "it does not matter which is first");
    }

    [Test]
    public void A_sample_does_not_differ_from_itself()
    {
        var comparison = SampleComparison.Of(Sample.Of(First), Sample.Of(First));

        comparison.InWords().Should().Be("no difference beyond chance");
        comparison.IsSecondLonger.Should().BeFalse();
    }

    [Test]
    public void Samples_of_one_distribution_are_rarely_called_different()
    {
        var called = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            called += SampleComparison.Of(Draw(random, 500), Draw(random, 500)).InWords() == "no difference beyond chance" ? 0 : 1;
        }

        called.Should().BeLessThan(8, "the chance of a false alarm is one percent, and small effects do not count");
    }

    [Test]
    public void Longer_on_the_whole_and_a_longer_tail_are_told_apart()
    {
        var random = new Random(7);
        var usual = Draw(random, 2000);
        var slower = Sample.Of(Draw(random, 2000).Values.Select(v => v + 400));
        var tail = Sample.Of(Draw(random, 2000).Values.Select((v, i) => i % 20 == 0 ? v * 50 : v));

        SampleComparison.Of(usual, slower).PlaceShift.Should().Be(Shift.Longer);
        SampleComparison.Of(usual, tail).InWords().Should().Be("longer in the tail");
        SampleComparison.Of(tail, usual).TailShift.Should().NotBe(Shift.Longer);
    }

    [Test]
    public void A_difference_that_does_not_matter_is_none_however_many_values_show_it()
    {
        var random = new Random(11);
        var comparison = SampleComparison.Of(Draw(random, 200_000), Sample.Of(Draw(random, 200_000).Values.Select(v => v + 12)));

        comparison.Place.PValue.Should().BeLessThan(1e-4, "it is significant");
        comparison.PlaceShift.Should().Be(Shift.None, "and negligible");
    }

    [Test]
    public void No_misses_among_few_prove_little()
    {
        new Proportion(0, 20).UpperBound.Should().BeGreaterThan(0.1);
        new Proportion(0, 100_000).UpperBound.Should().BeLessThan(0.0001);
    }

    [Test]
    public void An_empty_sample_is_refused()
    {
        var act = () => SampleComparison.Of(new Sample(), Sample.Of(1));

        act.Should().Throw<ArgumentException>();
    }

    private static Sample Draw(Random random, int count) =>
        Sample.Of(Enumerable.Range(0, count).Select(_ => 1000 + (long)(-Math.Log(1 - random.NextDouble()) * 300)));
}
