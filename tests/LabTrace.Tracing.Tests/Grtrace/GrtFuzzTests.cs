using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtFuzzTests
{
    [Test]
    public void Read_from_a_stream_in_pieces_of_any_size_it_is_the_same_as_whole([Range(1, 12)] int seed)
    {
        var stream = MadeStream.Chunked(MadeStream.Jobs(9_000, seed, cpus: 3), 700);
        using var whole = MadeStream.Open(stream);
        using var capture = Capture.Open(new PiecewiseStream(stream, seed), "pieces");
        using var pieces = GrtReader.Open([capture]);

        var expected = MadeStream.Read(whole);

        MadeStream.Read(pieces).Should().Equal(expected);
        pieces.Tally.Should().BeEquivalentTo(whole.Tally);
    }

    [Test]
    public void Fed_in_pieces_of_any_size_it_is_the_same_as_whole([Range(1, 12)] int seed)
    {
        var parts = MadeStream.PerCpu(MadeStream.Jobs(400, seed, cpus: 2));
        using var whole = MadeStream.Open(parts);
        using var live = GrtReader.Live(2);
        var random = new Random(seed);
        for (var cpu = 0; cpu < 2; cpu++)
        {
            for (var at = 0; at < parts[cpu].Length;)
            {
                var count = Math.Min(random.Next(0, 300), parts[cpu].Length - at);
                live.Add(cpu, parts[cpu].AsSpan(at, count));
                at += count;
            }
        }

        live.Complete();

        MadeStream.Read(live).Should().Equal(MadeStream.Read(whole));
        live.Tally.Should().BeEquivalentTo(whole.Tally);
    }

    [Test]
    public void Damaged_anywhere_it_ends_counts_and_raises_format_errors_only()
    {
        var sample = MadeStream.Chunked(MadeStream.Jobs(60, cpus: 3), 20);
        var random = new Random(11);
        var mismatches = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = (byte[])sample.Clone();
            for (var i = random.Next(1, 10); i > 0; i--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.AsSpan(at, Math.Min(random.Next(200), bytes.Length - at)).Clear();
                        break;
                    case 2:
                        bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill(0xff);
                        break;
                    default:
                        bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(100))..]];
                        break;
                }

                if (bytes.Length == 0)
                {
                    bytes = [0];
                }
            }

            try
            {
                using var reader = MadeStream.Open(bytes);
                var events = MadeStream.Read(reader);

                events.Count.Should().BeLessThanOrEqualTo(bytes.Length / 32);
                var tally = reader.Tally;
                tally.Events.Should().Be(events.Count);
                tally.BytesSkipped.Should().BeLessThanOrEqualTo(bytes.Length);
                reader.IsAtEnd.Should().BeTrue();
            }
            catch (TraceFormatException)
            {
                mismatches++;
            }
        }

        mismatches.Should().BeLessThan(100, "only a damaged version refuses the stream");
    }

    [Test]
    public void Noise_gives_no_events_and_ends()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var noise = new byte[random.Next(0, 3000)];
            random.NextBytes(noise);
            using var reader = MadeStream.Open(noise);

            MadeStream.Read(reader).Count.Should().BeLessThanOrEqualTo(noise.Length / 32);
        }
    }

    private sealed class PiecewiseStream(byte[] bytes, int seed) : MemoryStream(bytes)
    {
        private readonly Random _random = new(seed);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, _random.Next(1, 5000)));
    }
}
