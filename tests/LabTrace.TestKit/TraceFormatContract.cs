using System.IO.Compression;
using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.TestKit;

/// <summary>What every trace format must do; a new format is one subclass.</summary>
public abstract class TraceFormatContract
{
    private const int Seed = 4711;

    /// <summary>The format.</summary>
    protected abstract ITraceFormat Format { get; }

    /// <summary>Whole captures of the format, each with at least two events.</summary>
    protected abstract IEnumerable<byte[]> Samples { get; }

    [Test]
    public void A_capture_is_recognised_from_its_first_bytes_by_this_format_alone()
    {
        foreach (var sample in Samples)
        {
            var start = sample.AsSpan(0, Math.Min(sample.Length, TraceFormats.RecognitionBytes));

            TraceFormats.Recognise(start).Should().BeOfType(Format.GetType());
        }
    }

    [Test]
    public void Nothing_and_noise_are_not_recognised()
    {
        var noise = new byte[TraceFormats.RecognitionBytes];
        new Random(Seed).NextBytes(noise);

        Format.Recognises([]).Should().BeFalse();
        Format.Recognises(noise).Should().BeFalse();
    }

    [Test]
    public void A_whole_capture_has_events_in_order_and_nothing_malformed_or_missing()
    {
        foreach (var sample in Samples)
        {
            var trace = Format.Read(Capture.Of(sample), ReadMode.Strict);

            trace.Events.Count.Should().BeGreaterThan(1);
            trace.Tally.Events.Should().Be(trace.Events.Count);
            trace.Tally.Malformed.Should().Be(0);
            trace.Tally.Missing.Should().BeEmpty();
            trace.Cpus.Should().BeInAscendingOrder();
            trace.Events.Select(e => e.Cpu).Where(c => c >= 0).Should().BeSubsetOf(trace.Cpus);
        }
    }

    [Test]
    public void A_capture_packed_with_gzip_is_read_as_it_is()
    {
        foreach (var sample in Samples)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(sample);
            }

            var trace = TraceFormats.Read(Capture.Of(packed.ToArray()));

            Lines(trace).Should().Equal(Lines(TraceFormats.Read(Capture.Of(sample))));
        }
    }

    [Test]
    public void A_capture_cut_anywhere_gives_a_part_of_its_events_and_says_that_it_was_cut()
    {
        foreach (var sample in Samples)
        {
            var whole = Lines(Format.Read(Capture.Of(sample), ReadMode.Strict)).ToHashSet(StringComparer.Ordinal);
            for (var length = TraceFormats.RecognitionBytes; length < sample.Length - 1; length += Math.Max(1, sample.Length / 61))
            {
                var trace = Format.Read(Capture.Of(sample.AsMemory(0, length)), ReadMode.Salvage);

                Lines(trace).Where(line => !whole.Contains(line)).Should().BeEmpty();
                var isTold = trace.Tally.Malformed > 0 || trace.Tally.Missing.Count > 0 || trace.Events.Count < whole.Count;
                isTold.Should().BeTrue($"the cut at {length} must show");
            }
        }
    }

    [Test]
    public void Damaged_captures_raise_nothing_but_format_errors()
    {
        var random = new Random(Seed);
        foreach (var sample in Samples)
        {
            for (var round = 0; round < 200; round++)
            {
                var bytes = (byte[])sample.Clone();
                for (var i = random.Next(1, 12); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                var read = () => Lines(Format.Read(Capture.Of(bytes), round % 2 == 0 ? ReadMode.Strict : ReadMode.Salvage)).Count;
                var error = Catch(read);

                (error is null or TraceFormatException).Should().BeTrue($"round {round} raised {error}");
            }
        }
    }

    private static List<string> Lines(Trace trace)
    {
        var lines = new List<string>();
        foreach (var item in trace.Events)
        {
            lines.Add(item.ToString());
            _ = item.Fields.Count();
        }

        return lines;
    }

    private static Exception? Catch(Func<int> action)
    {
        try
        {
            _ = action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
