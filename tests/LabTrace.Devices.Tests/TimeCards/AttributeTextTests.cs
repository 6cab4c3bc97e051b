using FluentAssertions;
using LabTrace.Devices.TimeCards;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

public sealed class AttributeTextTests
{
    [TestCase("IN: PPS1 TS2", SmaDirection.In, "PPS1,TS2")]
    [TestCase("IN:", SmaDirection.In, "")]
    [TestCase("OUT: PHC\n", SmaDirection.Out, "PHC")]
    public void A_routing_is_read_and_written_as_sysfs_has_it(string text, SmaDirection direction, string signals)
    {
        var routing = SmaRouting.Parse(text);

        routing.Direction.Should().Be(direction);
        routing.Signals.Should().Equal(signals.Split(',', StringSplitOptions.RemoveEmptyEntries));
        routing.ToString().Should().Be(text.TrimEnd());
    }

    [TestCase("IN: (null)", SmaDirection.In)]
    [TestCase("OUT: (null)", SmaDirection.Out)]
    public void A_value_without_a_name_is_no_signal(string text, SmaDirection direction) =>
        SmaRouting.Parse(text).Should().BeEquivalentTo(new SmaRouting(direction, []));

    [TestCase("PPS1")]
    [TestCase("")]
    [TestCase("in: PPS1")]
    public void What_is_no_routing_is_refused(string text)
    {
        var parse = () => SmaRouting.Parse(text);

        parse.Should().Throw<FormatException>().WithMessage("*expected `IN: NAMES` or `OUT: NAME`*");
    }

    [TestCase("1000000000 25 1000 1 2026-11-21T03:19:12 TAI\n")]
    [TestCase("1000000000 25 1000 1 2026-11-21T03:19:12.000001000 TAI\n")]
    public void A_generators_signal_has_its_five_values(string text)
    {
        var signal = GeneratorSignal.Parse(text, "1\n");

        signal.Should().Be(new GeneratorSignal(1_000_000_000, 25, 1000, true, true, new DateTimeOffset(2026, 11, 21, 3, 19, 12, TimeSpan.Zero)));
    }

    [TestCase("1000000000 25 1000 1 2026-11-21T03:19:12")]
    [TestCase("1000000000 25 1000 2 2026-11-21T03:19:12 TAI")]
    [TestCase("1000000000 25 1000 1 2026-11-21T03:19:12.0001 TAI")]
    [TestCase("")]
    public void What_is_no_signal_is_refused(string text)
    {
        var parse = () => GeneratorSignal.Parse(text, "0");

        parse.Should().Throw<FormatException>();
    }

    [TestCase(2785, 25)]
    [TestCase(1936, 45)]
    [TestCase(1063, 70)]
    public void A_thermistor_of_100_kiloohms_at_25_degrees_is_read_over_47(int reading, double celsius) =>
        Mro50.ToCelsius(reading).Should().BeApproximately(celsius, 0.1);

    [TestCase("", null, false, false)]
    [TestCase("error", null, true, false)]
    [TestCase("overrun", null, false, true)]
    [TestCase("10000000", 10000000L, false, false)]
    public void A_frequency_is_a_count_or_says_why_there_is_none(string text, long? hertz, bool isError, bool isOverrun) =>
        MeasuredFrequency.Parse(text).Should().Be(new MeasuredFrequency(hertz, isError, isOverrun));

    [Test]
    public void A_time_before_the_epoch_has_a_fraction_that_counts_forward()
    {
        var time = new PhcTime(-1);

        (time.Seconds, time.Fraction).Should().Be((-1, 999_999_999));
        new PhcTime(1_795_233_137_877_629_900).ToString().Should().Be("1795233137.877629900");
    }
}
