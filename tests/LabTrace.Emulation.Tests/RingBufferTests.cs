using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Emulation.Ftrace;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class RingBufferTests
{
    private const int PageSize = 4096;

    [Test]
    public void Full_buffers_lose_the_oldest_page_and_tell_the_reader_how_many_records_were_on_it()
    {
        var buffer = new RingBuffer(PageSize, pages: 2);

        Fill(buffer, 400, overwrite: true);
        var first = buffer.TakeRawPage()!;

        (buffer.Entries + buffer.ReadEvents + buffer.Overrun).Should().Be(400);
        buffer.Overrun.Should().BePositive();
        Read(first).Missed.Should().Be(buffer.Overrun);
        Read(buffer.TakeRawPage()!).Missed.Should().Be(0);
    }

    [Test]
    public void Buffers_that_do_not_overwrite_keep_the_oldest_and_count_what_came_too_late()
    {
        var buffer = new RingBuffer(PageSize, pages: 2);

        Fill(buffer, 400, overwrite: false);

        (buffer.Entries + buffer.Dropped).Should().Be(400);
        buffer.Overrun.Should().Be(0);
        Read(buffer.TakeRawPage()!).Times[0].Should().Be(0);
    }

    [Test]
    public void What_text_has_consumed_is_not_on_the_page_that_follows()
    {
        var buffer = new RingBuffer(PageSize, pages: 4);
        Fill(buffer, 10, overwrite: true);
        for (var i = 0; i < 4; i++)
        {
            _ = buffer.TryPeek(out _, out _, out _);
            buffer.Skip();
        }

        var times = Read(buffer.TakeRawPage()!).Times;

        times.Should().Equal(4000, 5000, 6000, 7000, 8000, 9000);
        (buffer.Entries, buffer.ReadEvents, buffer.Bytes).Should().Be((0, 10, 0));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Nothing_is_lost_uncounted_and_time_never_goes_back()
    {
        var steps = Gen.OneOf(
            Gen.Choose(1, 200).Select(n => ("write", n)),
            Gen.Choose(1, 50).Select(n => ("skip", n)),
            Gen.Constant(("page", 1)),
            Gen.Choose(2, 5).Select(n => ("resize", n)));
        return Prop.ForAll(steps.ListOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (list, overwrite) => Holds(list, overwrite));
    }

    private static bool Holds(IEnumerable<(string What, int Count)> steps, bool overwrite)
    {
        var buffer = new RingBuffer(PageSize, pages: 3);
        var (written, now, last, isInOrder) = (0L, 0L, -1L, true);
        void Seen(long time)
        {
            isInOrder &= time > last;
            last = time;
        }

        foreach (var (what, count) in steps)
        {
            switch (what)
            {
                case "write":
                    for (var i = 0; i < count; i++)
                    {
                        now += 1000 + (i % 7 == 0 ? 200_000_000 : 0);
                        _ = buffer.Write((ulong)now, new byte[16 + (i % 150)], overwrite);
                        written++;
                    }

                    break;
                case "skip":
                    for (var i = 0; i < count && buffer.TryPeek(out var time, out _, out _); i++)
                    {
                        Seen((long)time);
                        buffer.Skip();
                    }

                    break;
                case "page" when buffer.TakeRawPage() is { } page:
                    Read(page).Times.ForEach(Seen);
                    break;
                case "resize":
                    buffer.Resize(count);
                    break;
            }
        }

        var isCounted = buffer.Entries + buffer.Overrun + buffer.Dropped + buffer.ReadEvents == written;
        var held = buffer.Iterate().Count();
        return isCounted && isInOrder && held == buffer.Entries && buffer.Bytes >= 0;
    }

    private static void Fill(RingBuffer buffer, int count, bool overwrite)
    {
        for (var i = 0; i < count; i++)
        {
            _ = buffer.Write((ulong)(i * 1000), new byte[32], overwrite);
        }
    }

    private static (long Missed, List<long> Times) Read(byte[] page)
    {
        var times = new List<long>();
        var reader = new SubBufferReader(page, SubBufferLayout.Linux64);
        while (reader.Read())
        {
            times.Add((long)reader.Timestamp);
        }

        return (reader.Missed, times);
    }
}
