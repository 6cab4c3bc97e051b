using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Tracing.Queries;
using LabTrace.Tracing.Tests.Exports;
using LabTrace.Tracing.Tests.Printing;
using LabTrace.Tracing.Tests.TraceDat;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.RingBuffer;

/// <summary>A cpu's clock may step back. Who wants order of time gets it, and is told; what was recorded can still be judged.</summary>
public sealed class SteppingClockTests
{
    [Test]
    public void Rows_are_written_in_order_of_time_and_those_of_one_time_as_they_were_recorded()
    {
        var times = Gen.Choose(1, 4000).ListOf().Where(l => l.Count is > 0 and < 900);
        Prop.ForAll(times.Two().ToArbitrary(), cpus =>
        {
            var recording = Recording([.. cpus.Item1], [.. cpus.Item2]);
            var expected = AsRecorded(recording).OrderBy(e => e.Time).ToList();
            foreach (var capture in new[] { Version6(recording), Version7.Make(recording, "zlib") })
            {
                using var reader = TraceReader.Open(Capture.Of(capture));
                reader.PutInOrder();
                InOrder(reader).Should().Equal(expected);
                reader.Tally.Events.Should().Be(expected.Count);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    [Test]
    public void A_clock_that_steps_back_is_told_with_what_ordering_took_and_refutes_the_rule_in_either_order()
    {
        var capture = Version6(Recording([1000, 2000, 1500, 3000], [1100, 1200]));
        using var ordered = TraceReader.Open(Capture.Of(capture));
        ordered.PutInOrder();
        using var recorded = TraceReader.Open(Capture.Of(capture));

        var trace = ordered.ReadToEnd();

        trace.Events.Select(e => e.Time.Nanoseconds).Should().Equal(1000, 1100, 1200, 1500, 2000, 3000);
        trace.TimeNeverGoesBackwards().Should().Match<Finding>(f => f.Answer == Answer.Refuted && f.Found.StartsWith("1 step back"));
        recorded.ReadToEnd().TimeNeverGoesBackwards().Should().Match<Finding>(f => f.Answer == Answer.Refuted && f.Found == "1 step back");
        ordered.Info.Warnings.Should().ContainSingle().Which.Should().Be(
            "1 events are earlier than the event before them, because the clock of their cpu stepped back (1 times); they were put in order of time, "
            + "for which up to 5 events (1 MiB) were held in memory");
    }

    [Test]
    public void Where_no_clock_steps_back_nothing_is_held_and_nothing_told()
    {
        using var reader = TraceReader.Open(Capture.Of(Version6(Recording([1, 2, 3], [1, 2, 3]))));
        reader.PutInOrder();

        InOrder(reader).Select(e => e.Time).Should().Equal(1, 1, 2, 2, 3, 3);
        reader.Info.Warnings.Should().BeEmpty();
        reader.Passes.Should().Be(1);
    }

    [Test]
    public void Few_events_are_held_however_many_there_are()
    {
        var times = Enumerable.Range(0, 60_000).Select(i => (i * 10) + (i % 500 == 499 ? -3000 : 0) + 5000).ToArray();
        using var reader = TraceReader.Open(Capture.Of(Version6(Recording(times, times))));
        reader.PutInOrder();

        InOrder(reader).Select(e => e.Time).Should().BeInAscendingOrder();
        reader.Info.Warnings.Should().ContainSingle().Which.Should().MatchRegex(@"up to \d?,?\d{3} events");
    }

    [Test]
    public void Losses_stay_with_the_event_they_were_before()
    {
        var first = Pages([1000, 2000], 0);
        var second = Pages([1500, 2500], 7);
        var capture = Version6(Version7.Recording(1) with { Cpus = [new RawCpu(0, (byte[])[.. first, .. second])] });
        using var reader = TraceReader.Open(Capture.Of(capture));
        reader.PutInOrder();

        var lost = new List<(ulong, long)>();
        while (reader.Read())
        {
            lost.Add((reader.Time.Nanoseconds, reader.LostBefore));
        }

        lost.Should().Equal((1000, 0), (1500, 7), (2000, 0), (2500, 0));
    }

    [TestCase("csv", true)]
    [TestCase("jsonl", true)]
    [TestCase("text", false)]
    [TestCase("dat", false)]
    public void Captures_keep_what_was_recorded_and_tables_are_in_order(string kind, bool isInOrder)
    {
        TraceExports.Find(kind)!.IsCapture.Should().Be(!isInOrder);
        var capture = Version6(Recording([1_000_000, 3_000_000, 2_000_000]));

        if (!isInOrder)
        {
            using var again = TraceReader.Open(Capture.Of(MadeTrace.Convert(capture, kind)));
            again.ReadToEnd().TimeNeverGoesBackwards().Answer.Should().Be(Answer.Refuted);
            return;
        }

        using var reader = TraceReader.Open(Capture.Of(capture));
        reader.PutInOrder();
        var written = Encoding.UTF8.GetString(MadeTrace.Convert(reader, kind));
        string[] times = ["1000000", "2000000", "3000000"];
        times.Select(t => written.IndexOf(t, StringComparison.Ordinal)).Should().BeInAscendingOrder().And.NotContain(-1);
    }

    private static List<(ulong Time, int Cpu, string Mark)> InOrder(TraceReader reader)
    {
        var events = new List<(ulong, int, string)>();
        while (reader.Read(out var item))
        {
            (item.Time, item.Cpu).Should().Be((reader.Time, reader.Cpu));
            events.Add((item.Time.Nanoseconds, item.Cpu, item.TryGetField("next_pid", out var mark) ? mark.ToString() : ""));
        }

        return events;
    }

    /// <summary>Each cpu's own order, cpus by time.</summary>
    private static List<(ulong Time, int Cpu, string Mark)> AsRecorded(RawRecording recording)
    {
        using var reader = TraceReader.Open(Capture.Of(Version6(recording)));
        return InOrder(reader);
    }

    private static RawRecording Recording(params int[][] cpus) =>
        Version7.Recording(1) with { Cpus = [.. cpus.Select((times, cpu) => new RawCpu(cpu, Pages(times, 0)))], Stats = [] };

    private static byte[] Pages(int[] times, long missed)
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        var pages = new List<byte>();
        if (missed != 0)
        {
            writer.SetMissed(missed);
        }

        for (var i = 0; i < times.Length; i++)
        {
            var payload = new PayloadBuilder(Formats.SchedSwitch).Common(7, 1).Set("prev_comm", "x").Set("next_pid", i).ToPayload();
            if (!writer.TryAppend((ulong)times[i], payload))
            {
                pages.AddRange(writer.ToPage());
                writer.Reset();
                _ = writer.TryAppend((ulong)times[i], payload);
            }
        }

        pages.AddRange(writer.ToPage());
        return [.. pages];
    }

    private static byte[] Version6(RawRecording recording)
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, recording);
        return output.ToArray();
    }
}
