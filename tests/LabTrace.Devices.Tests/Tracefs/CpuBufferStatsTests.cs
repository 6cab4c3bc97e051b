using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class CpuBufferStatsTests
{
    private const string Text =
        "entries: 166\noverrun: 12\ncommit overrun: 1\nbytes: 11152\noldest event ts:  1346.096982\n" +
        "now ts:  1346.272325\ndropped events: 3\nread events: 4\n";

    [Test]
    public void Counts_and_times_are_read_as_the_kernel_writes_them()
    {
        var stats = CpuBufferStats.Parse(2, Text);

        stats.Should().Be(new CpuBufferStats(2, 166, 12, 1, 11152, 1_346_096_982_000, 1_346_272_325_000, 3, 4));
        stats.Written.Should().Be(182);
        stats.Lost.Should().Be(16);
    }

    [Test]
    public void A_counting_clock_gives_ticks()
    {
        var stats = CpuBufferStats.Parse(0, Text.Replace("1346.096982", "3500120044", StringComparison.Ordinal));

        stats.OldestEventTs.Should().Be(3_500_120_044);
    }

    [Test]
    public void A_missing_count_is_named()
    {
        var parse = () => CpuBufferStats.Parse(1, Text.Replace("overrun: 12\ncommit", "commit", StringComparison.Ordinal));

        parse.Should().Throw<FormatException>().WithMessage("stats of cpu 1 have no 'overrun'");
    }

    [Test]
    public void A_count_that_is_no_number_is_shown()
    {
        var parse = () => CpuBufferStats.Parse(1, Text.Replace("166", "many", StringComparison.Ordinal));

        parse.Should().Throw<FormatException>().WithMessage("'entries' in the stats of cpu 1 is 'many', expected a number");
    }

    [Test]
    public void A_time_that_is_none_is_shown()
    {
        var parse = () => CpuBufferStats.Parse(1, Text.Replace("1346.272325", "1346.27", StringComparison.Ordinal));

        parse.Should().Throw<FormatException>()
            .WithMessage("'now ts' in the stats of cpu 1 is '1346.27', expected seconds.microseconds or ticks");
    }

    [Test]
    public void Damaged_text_raises_only_the_format_exception() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte At, char Value)[]>(),
            edits =>
            {
                var text = Text.ToCharArray();
                foreach (var (at, value) in edits)
                {
                    text[at % text.Length] = value;
                }

                try
                {
                    _ = CpuBufferStats.Parse(0, new string(text));
                }
                catch (FormatException)
                {
                    // The one refusal there is.
                }
            }).QuickCheckThrowOnFailure();
}
