using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class LogHistogramTests
{
    [FsCheck.NUnit.Property]
    public void Every_value_is_in_the_one_bucket_that_covers_it(long[] values, byte split)
    {
        var histogram = new LogHistogram(split % 9);

        foreach (var value in values)
        {
            histogram.Add(value);
        }

        histogram.Total.Should().Be(values.Length);
        histogram.Buckets.Sum(b => b.Count).Should().Be(values.Length);
        foreach (var bucket in histogram.Buckets)
        {
            bucket.Count.Should().Be(values.Count(v => v >= bucket.Lower && v < bucket.Upper), $"[{bucket.Lower}, {bucket.Upper})");
        }
    }

    [Test]
    public void Buckets_follow_each_other_without_a_hole()
    {
        var histogram = new LogHistogram(2);
        foreach (var value in new long[] { 0, 1, 3, 17, 1_000_000, long.MaxValue })
        {
            histogram.Add(value);
        }

        histogram.Buckets.Zip(histogram.Buckets.Skip(1)).Should().OnlyContain(pair => pair.First.Upper == pair.Second.Lower);
    }

    [Test]
    public void Powers_of_two_begin_buckets()
    {
        var histogram = new LogHistogram();
        foreach (var value in new long[] { 1, 2, 3, 4, 7, 8 })
        {
            histogram.Add(value);
        }

        histogram.Buckets.Select(b => ((long)b.Lower, (long)b.Upper, b.Count)).Should().Equal((1, 2, 1), (2, 4, 2), (4, 8, 2), (8, 16, 1));
    }
}
