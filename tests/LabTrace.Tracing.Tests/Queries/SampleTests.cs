using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class SampleTests
{
    private static readonly Statistic[] Statistics = [.. Statistic.Usual, new(0.001m), new(33.3m), new(66.7m)];

    [FsCheck.NUnit.Property]
    public void A_quantile_is_what_sorting_and_counting_gives(long[] values, long more)
    {
        long[] all = [.. values, more];
        var sample = Sample.Of(all);
        var sorted = all.Order().ToArray();

        foreach (var statistic in Statistics)
        {
            // The smallest value that at least so many percent of the values do not exceed.
            var byCounting = sorted.First(v => sorted.Count(o => o <= v) * 100m >= statistic.Percent * sorted.Length);

            sample.At(statistic).Should().Be(byCounting, statistic.InWords());
        }
    }

    [FsCheck.NUnit.Property]
    public void Counting_above_a_bound_is_what_looking_at_each_gives(long[] values, long bound) =>
        Sample.Of(values).CountAbove(bound).Should().Be(values.Count(v => v > bound));

    [Test]
    public void The_mean_and_the_deviation_are_those_of_the_textbook()
    {
        var sample = Sample.Of(2, 4, 4, 4, 5, 5, 7, 9);

        sample.Mean.Should().Be(5);
        sample.StandardDeviation.Should().BeApproximately(2.13809, 1e-5);
    }

    [TestCase("p99.9", 99.9)]
    [TestCase("median", 50)]
    [TestCase("longest", 100)]
    [TestCase("shortest", 0)]
    public void A_statistic_is_read_from_its_word(string word, double percent) => ((double)Statistic.Parse(word).Percent).Should().Be(percent);

    [TestCase("p101")]
    [TestCase("p")]
    [TestCase("mode")]
    [TestCase("p-1")]
    public void What_is_no_statistic_says_what_is(string word)
    {
        var act = () => Statistic.Parse(word);

        act.Should().Throw<FormatException>().WithMessage($"'{word}'*p99.9*");
    }

    [Test]
    public void The_rank_of_a_quantile_is_exact()
    {
        var thousand = Sample.Of(Enumerable.Range(1, 1000).Select(v => (long)v));

        thousand.At(new Statistic(99.9m)).Should().Be(999);
        thousand.At(new Statistic(99.99m)).Should().Be(1000);
    }

    [Test]
    public void Nothing_has_no_quantile()
    {
        var act = () => new Sample().At(Statistic.Median);

        act.Should().Throw<InvalidOperationException>();
    }
}
