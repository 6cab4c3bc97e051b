using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.RingBuffer;

public sealed class SubBufferTests
{
    private static readonly SubBufferLayout BigEndian32 = SubBufferLayout.Parse(
        """
            field: u64 timestamp;	offset:0;	size:8;	signed:0;
            field: local_t commit;	offset:8;	size:4;	signed:1;
            field: int overwrite;	offset:8;	size:1;	signed:1;
            field: char data;	offset:12;	size:8180;	signed:0;
        """,
        isBigEndian: true);

    [Test]
    public void The_layout_of_a_64_bit_kernel_has_4096_byte_pages_with_data_at_16()
    {
        var layout = SubBufferLayout.Linux64;

        layout.Should().BeEquivalentTo(new { Size = 4096, DataOffset = 16, CommitOffset = 8, LongSize = 8, IsBigEndian = false });
    }

    [Test]
    public void A_layout_with_another_size_says_so_in_its_text()
    {
        var layout = SubBufferLayout.Parse(SubBufferLayout.Linux64.WithSize(65536).Text);

        layout.Size.Should().Be(65536);
    }

    [Test]
    public void A_header_page_without_commit_is_refused_by_name()
    {
        var parse = () => SubBufferLayout.Parse("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n");

        parse.Should().Throw<TraceFormatException>()
            .WithMessage("header_page has no field 'commit' with offset and size\n  try: read events/header_page whole");
    }

    [Test]
    public void Whatever_is_written_is_read_back_in_either_byte_order()
    {
        var deltas = Gen.OneOf(
            Gen.Choose(0, 100_000).Select(d => (long)d),
            Gen.Choose(0, int.MaxValue).Select(d => (long)d << 10),
            Gen.Choose(-1000, -1).Select(d => (long)d),
            Gen.Constant(1L << 58));
        var records = deltas.Zip(Gen.Choose(0, 300)).ListOf().Where(l => l.Count < 60);

        Prop.ForAll(records.ToArbitrary(), list =>
        {
            RoundTrip(SubBufferLayout.Linux64, list);
            RoundTrip(BigEndian32, list);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Missed_events_are_told_with_their_number_when_it_fits_and_without_when_not()
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        writer.TryAppend(5, new byte[8]);
        writer.SetMissed(1204);

        var roomy = new SubBufferReader(writer.ToPage(), SubBufferLayout.Linux64).Missed;
        while (writer.TryAppend(6, new byte[4]))
        {
        }

        var full = new SubBufferReader(writer.ToPage(), SubBufferLayout.Linux64).Missed;
        roomy.Should().Be(1204);
        full.Should().Be(-1);
    }

    [Test]
    public void A_page_cut_short_gives_the_records_before_the_cut()
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        for (var i = 0; i < 10; i++)
        {
            writer.TryAppend((ulong)i, new byte[60]);
        }

        var reader = new SubBufferReader(writer.ToPage().AsSpan(0, 16 + (64 * 3) + 10), SubBufferLayout.Linux64);
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        count.Should().Be(3);
        reader.Fault.Should().Be("a sub-buffer is cut short");
    }

    [Test]
    public void A_commit_count_larger_than_the_page_makes_the_page_malformed()
    {
        var page = new byte[4096];
        page[9] = 0xff;

        var reader = new SubBufferReader(page, SubBufferLayout.Linux64);

        reader.Read().Should().BeFalse();
        reader.Fault.Should().Be("the commit count is larger than the sub-buffer");
    }

    [Test]
    public void Mutated_pages_never_throw_and_never_reach_outside_the_page()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Flips)>(), input =>
        {
            var random = new System.Random(input.Seed);
            var writer = new SubBufferWriter(SubBufferLayout.Linux64);
            while (writer.TryAppend((ulong)random.Next(), new byte[random.Next(200)]))
            {
            }

            var page = writer.ToPage();
            for (var i = 0; i < input.Flips; i++)
            {
                page[random.Next(page.Length)] = (byte)random.Next();
            }

            var reader = new SubBufferReader(page, SubBufferLayout.Linux64);
            var total = 0;
            while (reader.Read())
            {
                total += reader.Payload.Length + 4;
            }

            total.Should().BeLessThanOrEqualTo(page.Length);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_record_larger_than_a_page_is_the_callers_bug()
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);

        var append = () => writer.TryAppend(1, new byte[4090]);

        append.Should().Throw<ArgumentException>().WithMessage("a record of 4090 bytes fits on no page of 4096*");
    }

    private static void RoundTrip(SubBufferLayout layout, IEnumerable<(long Delta, int Size)> records)
    {
        var expected = new List<(ulong, byte[])>();
        var actual = new List<(ulong, byte[])>();
        var writer = new SubBufferWriter(layout);
        var time = 1UL << 40;
        foreach (var (delta, size) in records)
        {
            time = unchecked(time + (ulong)delta) & (ulong.MaxValue >> 5);
            var payload = new byte[size];
            Array.Fill(payload, (byte)size);
            if (!writer.TryAppend(time, payload))
            {
                ReadInto(actual, writer.ToPage(), layout);
                writer.Reset();
                writer.TryAppend(time, payload).Should().BeTrue();
            }

            Array.Resize(ref payload, Math.Max(4, (size + 3) & ~3));
            expected.Add((time, payload));
        }

        ReadInto(actual, writer.ToPage(), layout);
        actual.Should().BeEquivalentTo(expected, o => o.WithStrictOrdering());
    }

    private static void ReadInto(List<(ulong, byte[])> into, byte[] page, SubBufferLayout layout)
    {
        var reader = new SubBufferReader(page, layout);
        while (reader.Read())
        {
            into.Add((reader.Timestamp, reader.Payload.ToArray()));
        }

        reader.Fault.Should().BeNull();
    }
}
