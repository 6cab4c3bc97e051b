using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Text;

/// <summary>A pipe gives text in pieces of any size; what is read must not depend on them.</summary>
public sealed class TextStreamingTests
{
    [TestCaseSource(typeof(TextGoldenTests), nameof(TextGoldenTests.Cases))]
    public void Reading_in_pieces_equals_reading_whole(string name)
    {
        var bytes = File.ReadAllBytes(TextGoldenTests.Input(name));
        var whole = Describe(TraceReader.Open(Capture.Of(bytes)));
        Prop.ForAll(Gen.Choose(1, 3000).NonEmptyListOf().ToArbitrary(), sizes =>
        {
            var pieces = Describe(TraceReader.Open(new PiecemealStream(bytes, sizes), "pieces"));

            pieces.Should().Be(whole);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Memory_does_not_grow_with_the_text()
    {
        var line = Encoding.UTF8.GetBytes("            bash-1       [001] .....     1.000000: sched_waking: comm=dotnet pid=17136 prio=120 target_cpu=000\n");
        long Peak(int lines)
        {
            using var reader = TraceReader.Open(new RepeatingStream(line, lines), "long");
            var before = GC.GetTotalAllocatedBytes(precise: true);
            while (reader.Read())
            {
            }

            reader.Count.Should().Be(lines);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        _ = Peak(1000);

        Peak(400_000).Should().BeLessThan(4 << 20, "42 MB of text are read through buffers that are used again");
    }

    [Test]
    public void A_line_without_end_is_counted_and_does_not_fill_the_memory()
    {
        var stream = new RepeatingStream("# tracer: nop\n"u8.ToArray(), 1, new RepeatingStream("x"u8.ToArray(), 8 << 20));
        using var reader = TraceReader.Open(stream, "endless");

        reader.Read().Should().BeFalse();
        reader.Tally.Malformed.Should().Be(1);
    }

    private static string Describe(TraceReader reader)
    {
        var text = new StringBuilder();
        using (reader)
        {
            while (reader.Read(out var item))
            {
                text.Append($"{reader.LostBefore} {reader.LostOnCpu} {item.Time} {item.Cpu} {item.Pid} {item.Comm} {item.Name} {item.Flags} {item.Text}\n");
            }

            text.Append(reader.Tally).Append(string.Join(",", reader.Info.Cpus)).Append(string.Concat(reader.Tally.Samples));
        }

        return text.ToString();
    }

    private sealed class PiecemealStream(byte[] bytes, IList<int> sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, sizes[_next++ % sizes.Count]));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, sizes[_next++ % sizes.Count])]);
    }

    private sealed class RepeatingStream(byte[] piece, int count, Stream? then = null) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int length) => Read(buffer.AsSpan(offset, length));

        public override int Read(Span<byte> buffer)
        {
            var left = ((long)piece.Length * count) - _position;
            if (left == 0)
            {
                return then?.Read(buffer) ?? 0;
            }

            var taken = (int)Math.Min(left, buffer.Length);
            for (var i = 0; i < taken; i++)
            {
                buffer[i] = piece[(_position + i) % piece.Length];
            }

            _position += taken;
            return taken;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();
    }
}
