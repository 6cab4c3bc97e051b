using FsCheck;
using FsCheck.Fluent;
using LabTrace.Reports.History;

namespace LabTrace.Reports.Tests.History;

/// <summary>Expected values are those of R's wilcox.test and fisher.test.</summary>
public sealed class StatisticsTests
{
    [TestCase(new double[] { 1, 2, 3 }, new double[] { 4, 5, 6 }, 0.1)]
    [TestCase(new double[] { 1, 2, 3, 4, 5 }, new double[] { 6, 7, 8, 9, 10 }, 0.007936508)]
    [TestCase(new double[] { 6, 7, 8, 9, 10 }, new double[] { 1, 2, 3, 4, 5 }, 0.007936508)]
    [TestCase(new double[] { 1, 4, 5, 8 }, new double[] { 2, 3, 6, 7 }, 1.0)]
    [TestCase(new double[] { 0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 }, new double[] { 1.15, 0.88, 0.9, 0.74, 1.21 }, 0.2544123)]
    public void Mann_Whitney_is_exact_for_few_values_without_ties(double[] first, double[] second, double expected) =>
        Statistics.MannWhitney(first, second).Should().BeApproximately(expected, 1e-6);

    [Test]
    public void Equal_values_are_never_different() => Statistics.MannWhitney([5, 5, 5, 5, 5], [5, 5, 5, 5, 5]).Should().Be(1);

    [Test]
    public void Ties_use_the_normal_distribution() =>
        Statistics.MannWhitney([1, 1, 1, 1, 1], [2, 2, 2, 2, 2]).Should().BeApproximately(0.003977, 1e-5);

    [TestCase(0, 5, 5, 5, 0.003968254)]
    [TestCase(1, 10, 4, 10, 0.1517028)]
    [TestCase(0, 1, 2, 2, 0.3333333)]
    [TestCase(0, 5, 0, 5, 1.0)]
    public void Fisher_is_exact(int failures, int count, int otherFailures, int otherCount, double expected) =>
        Statistics.Fisher(failures, count, otherFailures, otherCount).Should().BeApproximately(expected, 1e-6);

    [Test]
    public void One_outlier_does_not_count() => Statistics.Spread([10, 11, 9, 10, 10, 1000]).Should().BeLessThan(2);

    [Test]
    public void A_probability_is_one_whatever_the_values() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<int>>(), ArbMap.Default.ArbFor<NonEmptyArray<int>>(), (a, b) =>
            Statistics.MannWhitney([.. a.Get.Select(v => (double)v)], [.. b.Get.Select(v => (double)v)]) is >= 0 and <= 1).QuickCheckThrowOnFailure();
}
