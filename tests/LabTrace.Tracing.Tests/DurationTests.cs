using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests;

public sealed class DurationTests
{
    [TestCase("5 ms", 5_000_000)]
    [TestCase("200us", 200_000)]
    [TestCase("1.5 s", 1_500_000_000)]
    [TestCase("10 ns", 10)]
    [TestCase("0.000000001 s", 1)]
    [TestCase("-3 µs", -3000)]
    [TestCase("2 min", 120_000_000_000)]
    public void Durations_are_read_exactly(string text, long ns)
    {
        Duration.Parse(text).Nanoseconds.Should().Be(ns);
    }

    [TestCase("5")]
    [TestCase("0.1 ns")]
    [TestCase("ms")]
    [TestCase("99999999999999 h")]
    public void What_is_no_duration_is_refused_with_examples(string text)
    {
        var parse = () => Duration.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage($"'{text}' is no duration; write a number and a unit: 10 ns, 200 us, 5 ms, 1.5 s, 2 min");
    }

    [TestCase(0, "0 ns")]
    [TestCase(999, "999 ns")]
    [TestCase(1_500, "1.5 us")]
    [TestCase(-5_999_000, "-5.999 ms")]
    [TestCase(61_000_000_001, "61.000000001 s")]
    public void Durations_are_printed_exactly(long ns, string text)
    {
        new Duration(ns).ToString().Should().Be(text);
    }

    [TestCase(2822_409437_499UL, "2822.409437")]
    [TestCase(2822_409437_500UL, "2822.409438")]
    [TestCase(999_999_999UL, "1.000000")]
    public void Times_are_rounded_to_microseconds_as_the_kernel_does(ulong ns, string text)
    {
        new TraceTime(ns).ToMicrosecondText().Should().Be(text);
    }
}
