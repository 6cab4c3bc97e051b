using System.Text;
using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class ClockComparisonTests
{
    // At 10.000 s, 10.100 s and 10.200 s of the trace; the last marker was lost.
    private static readonly Trace Probed = FtraceTextFormat.Read(
        Encoding.UTF8.GetBytes("""
                   sh-7       [000] .....    10.000000: tracing_mark_write: labtrace clock probe 0
                   sh-7       [000] .....    10.050000: tracing_mark_write: somebody else's
                   sh-7       [000] .....    10.100000: tracing_mark_write: labtrace clock probe 1
                   sh-7       [000] .....    10.200000: tracing_mark_write: labtrace clock probe 2

            """),
        "mono");

    [Test]
    public void The_offset_is_known_to_half_of_what_lies_between_two_looks()
    {
        var comparison = ClockComparison.Of(Probed, [(7_999_999_000, 8_000_001_000), (8_099_990_000, 8_100_010_000), (8_199_999_000, 8_200_001_000), (8_300_000_000, 8_300_000_000)]);

        comparison.Probes.Select(static p => p.OffsetNs).Should().AllBeEquivalentTo(2_000_000_000);
        comparison.Probes.Select(static p => p.UncertaintyNs).Should().Equal(1_001, 10_001, 1_001);
        comparison.Median.Should().Be(2_000_000_000);
        comparison.ProvenDrift.Should().Be(0);
        comparison.ProvenDistance.Should().Be(2_000_000_000 - 1_001);
        comparison.Lost.Should().Be(1);
    }

    [Test]
    public void A_drift_is_claimed_only_as_far_as_the_looks_prove_it()
    {
        var comparison = ClockComparison.Of(Probed, [(9_999_999_000, 10_000_001_000), (10_100_000_000, 10_100_000_000), (10_200_049_000, 10_200_051_000)]);

        comparison.ProvenDrift.Should().Be(50_000 - 1_001 - 1, "the middle probe is certain to 1 ns, the last one to 1,001 ns");
        ClockComparison.Of(Probed, [(9_999_000_000, 10_001_000_000), (10_099_000_000, 10_101_000_000), (10_199_050_000, 10_201_050_000)]).ProvenDrift.Should().Be(0);
    }

    [Test]
    public void A_clock_that_counts_no_nanoseconds_is_refused()
    {
        var counted = FtraceTextFormat.Read("       sh-7       [000] .....    12345: tracing_mark_write: labtrace clock probe 0\n"u8.ToArray(), "counter");

        var compare = () => ClockComparison.Of(counted, [(0, 1)]);

        compare.Should().Throw<ArgumentException>().WithMessage("*'counter' counts no nanoseconds*mono*");
    }
}
