using System.Globalization;
using System.IO.Compression;
using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Text;

/// <summary>Lines of text may stand in any order: put together of several files, or printed late. What is read is in order of time.</summary>
public sealed class TextOrderTests
{
    [Test]
    public void Lines_in_any_order_are_read_in_order_of_time_and_those_of_one_time_as_they_stand()
    {
        Prop.ForAll(Gen.Choose(1, 50).NonEmptyListOf().ToArbitrary(), times =>
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(times.Select((t, i) => Line(t, i))));
            var expected = times.Select((t, i) => (t, i)).OrderBy(e => e.t).Select(e => e.i);

            Marks(TraceReader.Open(Capture.Of(text))).Should().Equal(expected);
        }).QuickCheckThrowOnFailure();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Files_put_together_are_read_in_order_of_time(bool isPacked)
    {
        const int Half = 20_000;
        using var file = new TemporaryFile();
        using (var stream = isPacked ? new GZipStream(File.Create(file.Path), CompressionLevel.Fastest) : (Stream)File.Create(file.Path))
        {
            for (var i = 0; i < 2 * Half; i++)
            {
                // First the odd ones, then the even ones: of each piece of the first file something comes last.
                stream.Write(Encoding.UTF8.GetBytes(i < Half ? Line((2 * i) + 1, (2 * i) + 1) : Line(2 * (i - Half), 2 * (i - Half))));
            }
        }

        using var reader = TraceReader.Open(file.Path);
        Marks(reader).Should().Equal(Enumerable.Range(0, 2 * Half));
        reader.Tally.Events.Should().Be(2 * Half);
        reader.Info.Warnings.Should().ContainSingle().Which.Should().MatchRegex(@"^1 events were recorded before .* put in order of time.* up to \S+ events \(\d+ MiB\) were held in memory$");
    }

    [Test]
    public void Lines_that_come_a_little_late_are_held_for_a_moment_only()
    {
        const int Lines = 200_000;
        using var file = new TemporaryFile();
        using (var stream = File.Create(file.Path))
        {
            for (var i = 0; i < Lines; i++)
            {
                stream.Write(Encoding.UTF8.GetBytes(Line(i ^ 15, i ^ 15)));
            }
        }

        using var reader = TraceReader.Open(file.Path);
        var next = 0;
        while (reader.Read(out var item))
        {
            if (Mark(item) != next++)
            {
                Assert.Fail($"event {next - 1} is {Mark(item)}");
            }
        }

        next.Should().Be(Lines);
        var held = reader.Info.Warnings[0].Split("up to ")[1].Split(' ')[0];
        long.Parse(held, NumberStyles.AllowThousands, CultureInfo.InvariantCulture).Should().BeLessThan(Lines / 20, "a piece of the text and a little more");
    }

    [Test]
    public void A_loss_stays_before_the_event_that_it_stands_before()
    {
        var text = Line(30, 3) + Line(40, 4) + "CPU:1 [LOST 7 EVENTS]\n" + Line(10, 1) + Line(20, 2) + "CPU:1 [LOST 5 EVENTS]\n";
        using var reader = TraceReader.Open(Capture.Of(Encoding.UTF8.GetBytes(text)));
        var lost = new List<(int, long)>();
        while (reader.Read(out var item))
        {
            lost.Add((Mark(item), reader.LostBefore));
        }

        lost.Should().Equal((1, 7), (2, 0), (3, 0), (4, 0));
        reader.LostAtEnd.Should().Equal((1, 5));
        reader.Tally.LostTotal.Should().Be(12);
        TraceFormats.Read(Capture.Of(Encoding.UTF8.GetBytes(text))).Losses.Should().Equal(new LostMarker(1, 7, 0), new LostMarker(1, 5, 4));
    }

    [Test]
    public void A_clock_that_steps_back_does_not_go_unseen_because_lines_were_put_in_order()
    {
        TraceFormats.Read(Capture.Of(Encoding.UTF8.GetBytes(Line(20, 2) + Line(10, 1)))).TimeNeverGoesBackwards().Should()
            .Match<Finding>(f => f.Answer == Answer.Refuted && f.Found.StartsWith("1 step back"));
        TraceFormats.Read(Capture.Of(Encoding.UTF8.GetBytes(Line(20, 2) + Line(10, 1).Replace("[001]", "[000]", StringComparison.Ordinal))))
            .TimeNeverGoesBackwards().Answer.Should().Be(Answer.Holds, "each cpu's own lines are in order");
    }

    [Test]
    public void A_pipe_is_read_as_it_comes_unless_it_is_kept()
    {
        var text = Encoding.UTF8.GetBytes(Line(20, 2) + Line(10, 1));
        using (var live = TraceReader.Open(new MemoryStream(text), "pipe"))
        {
            Marks(live).Should().Equal(2, 1);
            live.Info.Warnings.Should().ContainSingle().Which.Should().EndWith("they are given in the text's order");
        }

        using var capture = Capture.Open(new MemoryStream(text), "pipe");
        capture.IsLive.Should().BeTrue();
        capture.Keep();
        using var kept = TraceReader.Open(capture);
        Marks(kept).Should().Equal(1, 2);
    }

    [Test]
    public void The_written_order_can_be_had_and_costs_one_walk()
    {
        var capture = Capture.Of(Encoding.UTF8.GetBytes(Line(20, 2) + Line(10, 1)));
        using var reader = TraceReader.Open(capture);
        reader.Passes.Should().Be(2);
        reader.KeepWrittenOrder();

        Marks(reader).Should().Equal(2, 1);
        reader.Passes.Should().Be(1);
    }

    private static string Line(int milliseconds, int mark) =>
        string.Create(CultureInfo.InvariantCulture, $"            bash-1       [001] ..... {milliseconds / 1000,5}.{milliseconds % 1000:D3}000: tracing_mark_write: {mark}\n");

    private static int Mark(TraceEvent item) => int.Parse(item.Text, CultureInfo.InvariantCulture);

    private static List<int> Marks(TraceReader reader)
    {
        var marks = new List<int>();
        while (reader.Read(out var item))
        {
            marks.Add(Mark(item));
        }

        return marks;
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"labtrace-order-{Guid.NewGuid():N}");

        public void Dispose() => File.Delete(Path);
    }
}
