using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.FunctionGraph;

public sealed class FunctionGraphTests
{
    [TestCase(" 1)    sh-4802    =>   x)-5)")]
    [TestCase(" 1)    sh-4802    =>   5")]
    [TestCase(" 1)   nothing that is known")]
    public void A_line_that_is_almost_a_banner_is_malformed(string line)
    {
        var trace = Read(" 1)               |  a() {\n" + line + "\n 1)   0.100 us    |  }\n");

        trace.Events.Should().HaveCount(2);
        trace.Tally.Malformed.Should().Be(1);
    }

    [TestCase("1234.567 us ", 1_234_567)]
    [TestCase("! 389.505 us", 389_505)]
    [TestCase("@ 123456.7 us", 123_456_700)]
    [TestCase("$ 1234567 us", 1_234_567_000)]
    [TestCase("* 10000.12 us", 10_000_120)]
    public void Durations_are_exact_nanoseconds_whatever_their_decimals(string duration, long expected)
    {
        var trace = Read($" 0) {duration} |  leaf();\n");

        trace.Events[1].TryGetField("duration", out var found).Should().BeTrue();
        found.EqualsLiteral(expected.ToString()).Should().BeTrue($"{found} is {expected}");
    }

    private static Trace Read(string text)
    {
        using var capture = Capture.Of(Encoding.UTF8.GetBytes(text));
        return TraceFormats.Read(capture);
    }
}
