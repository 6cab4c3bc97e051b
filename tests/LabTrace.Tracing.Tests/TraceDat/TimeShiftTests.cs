using System.Numerics;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class TimeShiftTests
{
    [Test]
    public void Between_two_samples_the_offset_is_interpolated_as_trace_cmd_does_it()
    {
        var shift = Shift(interpolates: true, (1000, 100), (2000, -200));

        // 100 + ((500 × -300) + 500) / 1000, rounded toward zero.
        shift.ToHost(0, 1500).Should().Be(1500 + 100 - 149);
        shift.ToHost(0, 1000).Should().Be(1100);
        shift.ToHost(0, 1999).Should().Be(1999 + 100 - 299);
    }

    [Test]
    public void Outside_the_samples_the_nearest_one_holds()
    {
        var shift = Shift(interpolates: true, (1000, 100), (2000, 300));

        shift.ToHost(0, 10).Should().Be(110);
        shift.ToHost(0, 2000).Should().Be(2300);
        shift.ToHost(0, 9000).Should().Be(9300);
    }

    [Test]
    public void Without_interpolation_the_older_sample_holds_until_the_next()
    {
        var shift = Shift(interpolates: false, (1000, 100), (2000, 300), (3000, 500));

        shift.ToHost(0, 1999).Should().Be(2099);
        shift.ToHost(0, 2000).Should().Be(2300);
        shift.ToHost(0, 4000).Should().Be(4500);
    }

    [Test]
    public void Samples_are_sorted_and_a_time_counts_once()
    {
        var shift = Shift(interpolates: false, (2000, 300), (1000, 100), (2000, 7));

        shift.Cpus[0].Select(s => (s.Time, s.Offset)).Should().Equal((1000, 100), (2000, 300));
    }

    [Test]
    public void A_cpu_without_samples_is_left_alone()
    {
        var shift = new TimeShift(1, interpolates: true, [[], [new ClockSample(5, 10, 1, 0)]]);

        shift.ToHost(0, 77).Should().Be(77);
        shift.ToHost(1, 77).Should().Be(87);
        shift.ToHost(2, 77).Should().Be(77);
        shift.ToHost(-1, 77).Should().Be(77);
    }

    [Test]
    public void A_scaled_counter_is_turned_back_with_all_its_bits()
    {
        // guest = (host × ratio >> 48) + tsc_offset with a ratio of 1.5; the file holds −tsc_offset.
        const long ratio = 3L << 47;
        var shift = new TimeShift(1, interpolates: false, [[new ClockSample(1, 1_000_000, ratio, 48)]]);
        const ulong host = 6_000_000_000_000;
        var guest = (ulong)((((BigInteger)host * ratio) >> 48) - 1_000_000);

        shift.ToHost(0, guest).Should().Be(host);
    }

    [Test]
    public void Interpolation_does_not_overflow_and_stays_between_the_samples()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<(long A, long B, int Step, int At)>(), input =>
        {
            var (span, at) = (((long)Math.Abs((long)input.Step) << 20) + 2, Math.Abs((long)input.At));
            var (a, b) = (input.A / 4, input.B / 4);
            var time = (ulong)(1 + (at % (span - 1)));
            var shift = Shift(interpolates: true, (1, a), (1 + span, b));

            var offset = unchecked((long)(shift.ToHost(0, time) - time));

            return offset >= Math.Min(a, b) - 1 && offset <= Math.Max(a, b) + 1;
        }).Check(Config.QuickThrowOnFailure);
    }

    [Test]
    public void A_guests_file_is_corrected_for_each_cpu_and_says_by_what()
    {
        var recording = Version7.Recording(1);
        var plain = recording.ToTrace();
        var bytes = Version7.Make(recording, "none", (_, options) => Version7.Option(options, 12, Samples(2, 2)));

        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"));
        var trace = reader.ReadToEnd();

        reader.Info.TimeShift!.PeerTraceId.Should().Be(0x77);
        reader.Info.TimeShift.Cpus.Select(c => c.Count).Should().Equal(2, 2);
        trace.Tally.Missing.Should().BeEmpty();
        trace.Events.Where(e => e.Cpu == 1).Select(e => e.Time.Nanoseconds).Should().Equal(plain.Events.Where(e => e.Cpu == 1).Select(e => e.Time.Nanoseconds + 20));
        trace.Events.Where(e => e.Cpu == 0).Select(e => e.Time.Nanoseconds).Should().Equal(plain.Events.Where(e => e.Cpu == 0).Select(e => e.Time.Nanoseconds + 10));
    }

    [Test]
    public void Files_without_fraction_bits_are_read()
    {
        var bytes = Version7.Make(Version7.Recording(1), "none", (_, options) => Version7.Option(options, 12, Samples(2, 2)[..^32]));

        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"));

        reader.Info.TimeShift!.Cpus.Select(c => c.Count).Should().Equal(2, 2);
    }

    [TestCase(43, 42)]
    [TestCase(42, 43)]
    public void A_file_with_the_wrong_number_of_samples_is_not_corrected_and_says_so(int first, int second)
    {
        var recording = Version7.Recording(1);
        var bytes = Version7.Make(recording, "none", (_, options) => Version7.Option(options, 12, Samples(first, second)));

        var strict = () => TraceReader.Open(Capture.Of(bytes, "guest.dat"));
        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        strict.Should().Throw<TraceFormatException>().WithMessage("capture 'guest.dat': the correction of the guest's clock (TIME_SHIFT, *makes no sense*\n  try: record host and guest again*");
        reader.Info.TimeShift.Should().BeNull();
        trace.Tally.Missing.Should().ContainSingle().Which.Should().Contain("not applied, times are those of the guest's own clock");
        trace.Events.Select(e => e.Time).Should().Equal(recording.ToTrace().Events.Select(e => e.Time));
    }

    [Test]
    public void However_the_numbers_of_samples_differ_the_option_is_refused()
    {
        var counts = Gen.Choose(1, 60).ArrayOf().Where(c => c.Length is > 1 and < 6 && c.Distinct().Count() > 1);
        Prop.ForAll(counts.Zip(Gen.Choose(-2_000_000_000, 2_000_000_000)).ToArbitrary(), input =>
        {
            var bytes = Version7.Make(Version7.Recording(1), "none", (_, options) => Version7.Option(options, 12, Samples(input.Item2, input.Item1)));
            using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"), ReadMode.Salvage);
            return reader.Info.TimeShift is null;
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Samples_that_add_up_to_the_same_size_are_refused_too()
    {
        foreach (var counts in new[] { new[] { 43, 41, 42 }, [41, 43, 42], [1, 3, 2], [3, 1, 2], [2, 4, 3, 3], [60, 1, 2, 21] })
        {
            foreach (var offset in new[] { 10L, -10L, 1L << 40, -(1L << 40) })
            {
                var bytes = Version7.Make(Version7.Recording(1), "none", (_, options) => Version7.Option(options, 12, Samples(offset, counts)));
                using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"), ReadMode.Salvage);
                reader.Info.TimeShift.Should().BeNull($"{string.Join(' ', counts)} at {offset}");
            }
        }
    }

    [TestCase("none", -1), TestCase("none", 1), TestCase("zlib", -1), TestCase("zlib", 1)]
    public void Samples_that_rise_but_lie_far_from_the_recording_are_refused(string compression, int side)
    {
        const ulong start = 3_574_000_000_000;
        var recording = Version7.Recording(3, firstTime: start);
        var time = side < 0 ? 500 : (long)start + 120_000_000_000;
        var bytes = Version7.Make(recording, compression, (_, options) => Version7.Option(options, 12, Samples(10, [2, 2], (cpu, i) => cpu == 0 ? (long)start + i : time + i)));

        var strict = () => TraceReader.Open(Capture.Of(bytes, "guest.dat"));
        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        strict.Should().Throw<TraceFormatException>().WithMessage($"*TIME_SHIFT*a sample of cpu 1 was taken at {time + (side < 0 ? 1 : 0)}, far from the recording, which is from {start} to 35740*");
        reader.Info.TimeShift.Should().BeNull();
        trace.Tally.Missing.Should().ContainSingle().Which.Should().Contain("not applied");
        trace.Events.Select(e => e.Time).Should().Equal(recording.ToTrace().Events.Select(e => e.Time));
    }

    [Test]
    public void Samples_taken_all_through_a_long_wait_for_the_first_event_are_believed()
    {
        const ulong start = 3_574_000_000_000;
        var bytes = Version7.Make(Version7.Recording(1, firstTime: start), "none", (_, options) =>
            Version7.Option(options, 12, Samples(10, [200, 200], (_, i) => (long)start + ((i - 150) * 20_000_000_000L))));

        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"));

        reader.Info.TimeShift!.Cpus.Select(c => c.Count).Should().Equal(200, 200);
    }

    [Test]
    public void One_sample_far_from_all_others_makes_all_doubtful()
    {
        const ulong start = 3_574_000_000_000;
        var bytes = Version7.Make(Version7.Recording(1, firstTime: start), "none", (_, options) =>
            Version7.Option(options, 12, Samples(10, [20, 20], (cpu, i) => cpu == 1 && i == 0 ? 77 : (long)start + i)));

        using var reader = TraceReader.Open(Capture.Of(bytes, "guest.dat"), ReadMode.Salvage);

        reader.Info.TimeShift.Should().BeNull();
        reader.Tally.Missing.Should().ContainSingle().Which.Should().Contain("a sample of cpu 1 was taken at 77,");
    }

    private static TimeShift Shift(bool interpolates, params (long Time, long Offset)[] samples) =>
        new(1, interpolates, [samples.Select(s => new ClockSample(s.Time, s.Offset, 1, 0))]);

    /// <summary>As trace-cmd writes it: the last cpu's number of samples is every cpu's.</summary>
    private static byte[] Samples(params int[] counts) => Samples(10, counts);

    private static byte[] Samples(long offset, int[] counts, Func<int, int, long>? time = null)
    {
        var output = new MemoryStream();
        using var writer = new BinaryWriter(output);
        writer.Write(0x77UL);
        writer.Write(1);
        writer.Write(counts.Length);
        for (var cpu = 0; cpu < counts.Length; cpu++)
        {
            writer.Write(counts[^1]);
            var at = cpu;
            WriteAll(writer, counts[cpu], i => time?.Invoke(at, i) ?? 500 + (i * 1000));
            WriteAll(writer, counts[cpu], _ => offset * (cpu + 1));
            WriteAll(writer, counts[cpu], _ => 1);
        }

        foreach (var _ in counts)
        {
            WriteAll(writer, counts[^1], _ => 0);
        }

        return output.ToArray();
    }

    private static void WriteAll(BinaryWriter writer, int count, Func<int, long> value)
    {
        for (var i = 0; i < count; i++)
        {
            writer.Write(value(i));
        }
    }
}
