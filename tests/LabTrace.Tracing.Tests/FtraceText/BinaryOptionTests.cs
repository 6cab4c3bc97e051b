using System.Buffers.Binary;
using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.FtraceText;

/// <summary>The option <c>bin</c>: records that are no lines behind a header that is text.</summary>
public sealed class BinaryOptionTests
{
    private const string Header = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 4/4   #P:2\n#\n#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n#              | |         |   |||||     |         |\n";

    [TestCase(false)]
    [TestCase(true)]
    public void Records_tell_thread_cpu_time_and_kind(bool isBigEndian)
    {
        // A thread 10 starts with a line feed, a thread 35 with the sign of a comment, and so does a time.
        var text = Text(isBigEndian, (10, 0, 0x0a0a_0a23UL, 442), (35, 1, 13_443_357_367_264, 443), (0, 1, 13_443_357_367_300, 5), (0x0020_7974, 0, 13_443_357_368_000, 658));

        using var reader = TraceReader.Open(Capture.Of(text));
        var trace = reader.ReadToEnd();

        trace.Events.Select(e => (e.Pid, e.Cpu, e.Time.Nanoseconds, e.Name.ToString())).Should().Equal(
            (10, 0, 0x0a0a_0a23UL, "unknown:type_442"), (35, 1, 13_443_357_367_264, "unknown:type_443"),
            (0, 1, 13_443_357_367_300, "unknown:type_5"), (0x0020_7974, 0, 13_443_357_368_000, "unknown:type_658"));
        trace.Tally.Malformed.Should().Be(0);
        trace.Cpus.Should().Equal(0, 1);
    }

    [Test]
    public void Functions_have_two_addresses()
    {
        var text = Encoding.ASCII.GetBytes(Header.Replace("nop", "function", StringComparison.Ordinal)).Concat(Head(false, 7, 1, 99))
            .Concat(BitConverter.GetBytes(0xffff_ffff_8100_0010UL)).Concat(BitConverter.GetBytes(0xffff_ffff_8200_0020UL)).ToArray();

        var trace = TraceFormats.Read(Capture.Of(text));

        trace.Events.Should().ContainSingle();
        trace.Events[0].Fields.Select(f => $"{f.Key}={f.Value}").Should().Equal("ip=0xffffffff81000010", "parent_ip=0xffffffff82000020");
    }

    [Test]
    public void What_was_cut_or_overwritten_is_counted_and_what_follows_is_read()
    {
        var whole = Text(false, (1, 0, 10, 442), (2, 0, 20, 443), (3, 0, 30, 444));
        var cut = TraceFormats.Read(Capture.Of(whole.AsMemory(0, whole.Length - 20)));
        var torn = whole.ToArray();
        torn.AsSpan(Header.Length + 30, 8).Fill(0xff);

        (cut.Events.Count, cut.Tally.Malformed).Should().Be((2, 1));
        TraceFormats.Read(Capture.Of(torn)).Events.Select(e => e.Pid).Should().Equal(1, 3);
        TraceFormats.Read(Capture.Of(torn)).Tally.Malformed.Should().Be(1);
    }

    [Test]
    public void Losses_are_lines_between_the_records()
    {
        var text = Text(false, (1, 0, 10, 442)).Concat("CPU:1 [LOST 12 EVENTS]\n"u8.ToArray()).Concat(Head(false, 2, 1, 20)).Concat("type: 443\n"u8.ToArray()).ToArray();

        var trace = TraceFormats.Read(Capture.Of(text));

        trace.Tally.ToString().Should().Be("2 events, 12 lost (cpu 1: 12), 0 malformed, 0 skipped");
    }

    [Test]
    public void Pieces_of_any_size_and_any_damage_are_read_in_bounded_time()
    {
        var text = Text(false, [.. Enumerable.Range(0, 3000).Select(i => (i, i % 2, 1_000_000UL + ((ulong)i * 977), 400 + (i % 50)))]);
        using var capture = Capture.Open(new TrickleStream(text), "pipe");
        using var reader = TraceReader.Open(capture);
        reader.ReadToEnd().Events.Select(e => e.Pid).Should().Equal(Enumerable.Range(0, 3000));

        Prop.ForAll(Gen.Choose(0, text.Length - 1).NonEmptyListOf().ToArbitrary(), places =>
        {
            var damaged = text.ToArray();
            foreach (var place in places)
            {
                damaged[place] ^= 0x5a;
            }

            try
            {
                TraceFormats.Read(Capture.Of(damaged)).Events.Count.Should().BeLessThanOrEqualTo(3000);
            }
            catch (TraceFormatException) when (places.Any(place => place < Header.Length))
            {
                // By a damaged head a text is not known for what it is.
            }
        }).QuickCheckThrowOnFailure();
    }

    private static byte[] Text(bool isBigEndian, params (int Pid, int Cpu, ulong Time, int Type)[] events) =>
        [.. Encoding.ASCII.GetBytes(Header), .. events.SelectMany(e => Head(isBigEndian, e.Pid, e.Cpu, e.Time).Concat(Encoding.ASCII.GetBytes($"type: {e.Type}\n")))];

    private static byte[] Head(bool isBigEndian, int pid, int cpu, ulong time)
    {
        var head = new byte[16];
        if (isBigEndian)
        {
            BinaryPrimitives.WriteInt32BigEndian(head, pid);
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), cpu);
            BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(8), time);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, pid);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), cpu);
            BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), time);
        }

        return head;
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }
}
