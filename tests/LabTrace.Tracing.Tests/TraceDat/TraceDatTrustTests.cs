using System.Diagnostics;
using System.IO.Compression;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

/// <summary>However the bytes come the events are the same, and whatever the bytes are nothing but a format error comes of it, soon and in little memory.</summary>
public sealed class TraceDatTrustTests
{
    private const long MostBytes = 400L << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    private static byte[][] Sources { get; } =
    [
        Version6(Version7.Recording(2)), Version7.Make(Version7.Recording(2), "zlib"), Version7.Make(Version7.Recording(2), "none"),
        Version7.MakeAsRecorded(Version7.Recording(2), "zlib", out _),
    ];

    [Test]
    public void A_capture_that_comes_in_pieces_of_any_size_has_the_same_events()
    {
        var whole = Sources.Select(s => Lines(Capture.Of(s))).ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Kind)>(), input =>
        {
            var kind = input.Kind % Sources.Length;
            using var reader = TraceReader.Open(new DribblingStream(Sources[kind], new System.Random(input.Seed)), "pipe", ReadMode.Strict);
            var lines = new List<string>();
            while (reader.Read(out var item))
            {
                lines.Add(item.ToString());
            }

            return lines.SequenceEqual(whole[kind], StringComparer.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Test]
    public void A_file_read_through_windows_has_the_events_of_its_bytes_in_memory()
    {
        using var folder = new TemporaryDirectory();
        foreach (var source in Sources)
        {
            File.WriteAllBytes(folder.At("x.dat"), source);
            using (var packed = new GZipStream(File.Create(folder.At("x.dat.gz")), CompressionLevel.Fastest))
            {
                packed.Write(source);
            }

            using var plain = Capture.Open(folder.At("x.dat"));
            using var unpacked = Capture.Open(folder.At("x.dat.gz"));

            var expected = Lines(Capture.Of(source));
            Lines(plain).Should().Equal(expected);
            Lines(unpacked).Should().Equal(expected);
        }
    }

    [Test]
    public void Lengths_of_two_to_the_63_anywhere_are_refused_or_harmless()
    {
        foreach (var source in Sources)
        {
            for (var at = 10; at + 8 < source.Length; at += at < 3000 || at > source.Length - 400 ? 1 : 97)
            {
                var bytes = (byte[])source.Clone();
                BitConverter.TryWriteBytes(bytes.AsSpan(at), 1UL << 63);
                Try(bytes, $"2^63 at {at}");
                BitConverter.TryWriteBytes(bytes.AsSpan(at), ulong.MaxValue);
                Try(bytes, $"2^64 - 1 at {at}");
            }
        }
    }

    [Test]
    public void A_small_chunk_that_unpacks_to_very_much_is_refused()
    {
        var bomb = new MemoryStream();
        using (var zlib = new ZLibStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(new byte[256 << 20]);
        }

        var bytes = Version7.Make(Version7.Recording(1), "zlib", (file, options) =>
        {
            var section = file.Raw(21, isCompressed: true, [.. BitConverter.GetBytes((int)bomb.Length), .. BitConverter.GetBytes(256 << 20), .. bomb.ToArray()]);
            Version7.Option(options, 21, BitConverter.GetBytes(section));
        });

        var read = () => Lines(Capture.Of(bytes, "bomb.dat"));

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'bomb.dat': saved_cmdlines says it holds 268435456 bytes at offset * expected at most 134217728");
        Try(bytes, "bomb");
    }

    [Test]
    public void Many_options_that_chain_round_and_round_end()
    {
        var bytes = Version7.Make(Version7.Recording(1), "none", (file, options) =>
        {
            ulong previous = 0;
            for (var i = 0; i < 2000; i++)
            {
                var list = new MemoryStream();
                Version7.Option(list, 0, BitConverter.GetBytes(previous));
                previous = file.Raw(0, isCompressed: false, list.ToArray());
            }

            Version7.Option(options, 0, BitConverter.GetBytes(previous));
        });

        Lines(Capture.Of(bytes)).Should().NotBeEmpty();
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Mutated_captures_end_soon_in_little_memory_with_format_errors_alone(int seed)
    {
        var random = new System.Random(seed);
        for (var round = 0; round < 600; round++)
        {
            var bytes = (byte[])Sources[random.Next(Sources.Length)].Clone();
            for (var i = random.Next(1, 10); i > 0; i--)
            {
                var at = random.Next(3) == 0 ? random.Next(bytes.Length) : random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 2500)) : bytes.Length - 1 - random.Next(300);
                bytes[at] = random.Next(4) switch { 0 => 0xff, 1 => 0, 2 => 0x7f, _ => (byte)random.Next(256) };
            }

            Try(random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes, $"seed {seed} round {round}");
        }
    }

    private static void Try(byte[] bytes, string what)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        foreach (var mode in new[] { ReadMode.Strict, ReadMode.Salvage })
        {
            try
            {
                _ = Lines(Capture.Of(bytes, "odd.dat"), mode);
            }
            catch (TraceFormatException)
            {
                // Refused, as it may be.
            }
            catch (Exception error)
            {
                throw new AssertionException($"{what} in mode {mode} raised {error}", error);
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MostBytes, what);
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(MostTime, what);
    }

    private static List<string> Lines(Capture capture, ReadMode mode = ReadMode.Strict)
    {
        using var reader = TraceReader.Open(capture, mode);
        var lines = new List<string>();
        while (reader.Read(out var item))
        {
            lines.Add(item.ToString());
        }

        _ = reader.Tally.ToString();
        return lines;
    }

    private static byte[] Version6(RawRecording recording)
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, recording);
        return output.ToArray();
    }

    /// <summary>Gives a few bytes at a time, as a pipe may, and cannot seek.</summary>
    private sealed class DribblingStream(byte[] bytes, System.Random random) : ForwardStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(buffer.Length, random.Next(1, 3000)), bytes.Length - _at);
            bytes.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }
    }
}
