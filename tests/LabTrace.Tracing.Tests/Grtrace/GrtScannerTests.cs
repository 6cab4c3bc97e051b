using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtScannerTests
{
    [Test]
    public void It_meets_the_events_that_the_reader_gives()
    {
        var stream = MadeStream.Jobs(3_000, cpus: 3);
        using var reader = MadeStream.Open(stream);
        var expected = MadeStream.Read(reader);
        var scanner = new GrtScanner(stream);
        var events = new List<(ulong, GrtEventKind, ulong)>();

        while (scanner.MoveNext())
        {
            events.Add((scanner.Current.Gseq, scanner.Kind, scanner.Current.Timestamp));
        }

        events.Should().Equal(expected);
        (scanner.Others, scanner.Malformed).Should().Be((2, 0));
    }

    [Test]
    public void A_bad_size_costs_its_record_alone()
    {
        var stream = MadeStream.Jobs(100);
        var offset = MadeStream.Records(stream).Take(50).Sum(r => r.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(offset + 2), 7);
        var scanner = new GrtScanner(stream);
        var count = 0;

        while (scanner.MoveNext())
        {
            count++;
        }

        (count, scanner.Malformed).Should().Be((499, 1));
    }

    [Test]
    public void Damaged_anywhere_it_ends()
    {
        var sample = MadeStream.Jobs(60);
        var random = new Random(8);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = (byte[])sample.Clone();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var scanner = new GrtScanner(bytes.AsSpan(0, random.Next(bytes.Length)));
            var count = 0;
            while (scanner.MoveNext())
            {
                count++;
            }

            count.Should().BeLessThanOrEqualTo(bytes.Length / GrtLayout.HeaderBytes);
        }
    }
}
