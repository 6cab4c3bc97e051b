using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Exports;

/// <summary>Makes the captures of <c>fixtures/gpio-toggler</c> from a seed, and asks them which kernel keeps the deadline.</summary>
public sealed class GpioTogglerTests
{
    private const int Toggles = 600;
    private const string Event = "gpio:gpio_value where gpio = 17";

    private static readonly EventFormat Format = Printing.Formats.Make(
        "gpio", "gpio_value", "unsigned gpio;8;4;0", "int get;12;4;1", "int value;16;4;1", "\"%u %3s %d\", REC->gpio, REC->get ? \"get\" : \"set\", REC->value");

    [TestCase("lts", 1)]
    [TestCase("rt", 2)]
    public void The_captures_are_what_the_seed_gives(string kernel, int seed)
    {
        var path = Path.Combine(TextGoldenTests.Folder(), "gpio-toggler", kernel + ".dat");
        var made = Make(new Random(seed), isRealTime: kernel == "rt");
        if (Environment.GetEnvironmentVariable("LABTRACE_ACCEPT") == "1")
        {
            Environment.GetEnvironmentVariable("CI").Should().NotBe("true", "CI never rewrites what is expected");
            File.WriteAllBytes(path, made);
        }

        made.Should().Equal(File.ReadAllBytes(path));
    }

    [Test]
    public void One_kernel_keeps_the_deadline_and_the_other_does_not()
    {
        var (lts, rt) = (Read("lts"), Read("rt"));

        rt.TimeBetween(Event, Event, Statistic.Longest, Limit.AtMost, Duration.Parse("1.2 ms"), "gpio").Holds.Should().BeTrue();
        var late = lts.TimeBetween(Event, Event, Statistic.Longest, Limit.AtMost, Duration.Parse("1.2 ms"), "gpio");
        late.Answer.Should().Be(Answer.Refuted);
        late.Deciding.Should().NotBeEmpty("the events that decided it are shown");
        rt.NotLongerThan(lts, "lts.dat", Event, Event).Holds.Should().BeTrue();
        lts.NotLongerThan(rt, "rt.dat", Event, Event).Found.Should().StartWith("longer in the tail");
        rt.ShorterThan(lts, "lts.dat", Event, Event).Holds.Should().BeTrue();
        rt.NotLongerThan(rt, "itself", Event, Event).Holds.Should().BeTrue();
        rt.ShorterThan(rt, "itself", Event, Event).Holds.Should().BeFalse();
        rt.LongestShorterThan(lts, "lts.dat", Event, Event).Holds.Should().BeTrue();
        lts.LongestShorterThan(rt, "rt.dat", Event, Event).Answer.Should().Be(Answer.Refuted);
        rt.LongestShorterThan(rt, "itself", Event, Event).Holds.Should().BeFalse();
    }

    [Test]
    public void Gaps_rates_orders_and_counters_are_told()
    {
        var rt = Read("rt");

        rt.NoGapLongerThan(Event, Duration.Parse("900 us")).Answer.Should().Be(Answer.Refuted);
        rt.RateInEvery(Event, 8, Duration.Parse("10 ms")).Holds.Should().BeTrue();
        rt.RateInEvery(Event, 12, Duration.Parse("10 ms")).Answer.Should().Be(Answer.Refuted);
        rt.RateInEvery("no:such", 1, Duration.Parse("10 ms")).Answer.Should().Be(Answer.Refuted);
        rt.AlwaysInOrder(["gpio_value where value = 1", "gpio_value where value = 0"], "gpio").Holds.Should().BeTrue();
        rt.AlwaysInOrder(["gpio_value where value = 0", "gpio_value where value = 1"], "gpio").Answer.Should().Be(Answer.Refuted, "the first is high, out of turn");
        rt.UnmatchedAtMost(0, "gpio_value where value = 1", "gpio_value where value = 0").Holds.Should().BeTrue();
        rt.UnmatchedAtMost(0, "gpio_value where value = 0", "gpio_value where value = 1").Counters.Unmatched.Should().Be(2);
        rt.CounterAtMost(TraceCounter.Lost, 0).Holds.Should().BeTrue();
        rt.Where(e => e.Cpu == 99).CounterAtMost(TraceCounter.Skipped, Toggles - 1).Answer.Should().Be(Answer.Refuted);
        rt.ShareWithin(Event, Event, 100, Duration.Zero, Duration.Parse("1.2 ms")).Holds.Should().BeTrue();
        rt.ShareWithin(Event, Event, 100, Duration.Parse("1 ms"), Duration.Parse("1.2 ms")).Answer.Should().Be(Answer.Refuted);
    }

    private static Trace Read(string kernel)
    {
        using var reader = TraceReader.Open(Path.Combine(TextGoldenTests.Folder(), "gpio-toggler", kernel + ".dat"));
        return reader.ReadToEnd();
    }

    /// <summary>A line that is toggled every millisecond. Both kernels are late by some 30 µs; one of them, now and then, by up to 3 ms.</summary>
    private static byte[] Make(Random random, bool isRealTime)
    {
        var pages = new List<byte>();
        var page = new SubBufferWriter(SubBufferLayout.Linux64);
        var time = 0UL;
        for (var i = 0; i < Toggles; i++)
        {
            var late = isRealTime ? 20_000 + random.Next(60_000) : 5_000 + (int)(-Math.Log(1 - random.NextDouble()) * 25_000);
            if (!isRealTime && random.Next(25) == 0)
            {
                late += 300_000 + random.Next(600_000) + (i % 100 == 50 ? 2_000_000 : 0);
            }

            if (!isRealTime && i == 300)
            {
                late += 1_900_000;
            }

            // Who is late catches up, but no toggle comes before the one ahead of it.
            time = Math.Max(time + 20_000, 100_000_000_000UL + ((ulong)i * 1_000_000) + (ulong)late);
            var record = new PayloadBuilder(Format).Common(412).Set("gpio", 17).Set("value", 1 - (i % 2)).ToPayload();
            if (!page.TryAppend(time, record))
            {
                pages.AddRange(page.ToPage());
                page.Reset();
                _ = page.TryAppend(time, record);
            }
        }

        pages.AddRange(page.ToPage());
        var comms = new CommTable();
        comms.Set(412, "gpio_toggle");
        var output = new MemoryStream();
        TraceDatWriter.Write(output, new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([Format]),
            Cpus = [new RawCpu(2, pages.ToArray())],
            ClockName = "mono",
            Comms = comms,
        });
        return output.ToArray();
    }
}
