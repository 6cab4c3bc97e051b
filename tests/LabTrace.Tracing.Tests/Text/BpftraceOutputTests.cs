using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Text;

public sealed class BpftraceOutputTests
{
    [TestCase("bpftrace/mix-text", 40)]
    [TestCase("bpftrace/mix-json", 40)]
    public void Maps_are_found_by_name_and_key_in_text_and_json_alike(string name, long expected)
    {
        using var capture = Capture.Open(TextGoldenTests.Input(name));

        var output = BpftraceOutput.Read(capture);

        output.Probes.Should().Be(3);
        output.Map("@c")!["memfd:sealed-91,5"]!.Integer.Should().Be(expected);
        output.Map("@mx")![""]!.Integer.Should().Be(321);
        output.Map("@st")!["memfd:sealed-91"].Should().BeEquivalentTo(new { Count = 60L, Average = 70L, Total = 4240L });
        output.Map("@nr")![""]!.Buckets[0].Should().BeEquivalentTo(new { Least = 0L, Most = 49L });
        output.Map("@ns")!["python3"]!.Buckets[0].Should().BeEquivalentTo(new { Least = 4096L, Most = 8191L });
    }

    [TestCase("[1K, 2K)               3 |@@@@  |", 1024, 2047, 3)]
    [TestCase("[1M, 2M)               3 |@@@@  |", 1 << 20, (2 << 20) - 1, 3)]
    [TestCase("[2G, 4G)               3 |@@@@  |", 2L << 30, (4L << 30) - 1, 3)]
    [TestCase("[1T, 2T)               3 |@@@@  |", 1L << 40, (2L << 40) - 1, 3)]
    [TestCase("[0]                    7 |@@@@  |", 0, 0, 7)]
    [TestCase("[-10, -5)              7 |@@@@  |", -10, -6, 7)]
    [TestCase("(..., 0)               7 |@@@@  |", null, -1, 7)]
    [TestCase("[400, ...)             7 |@@@@  |", 400, null, 7)]
    [TestCase("[4096, 8191] 15", 4096, 8191, 15)]
    public void Bounds_are_inclusive_and_units_are_powers_of_1024(string line, long? least, long? most, long count)
    {
        HistogramBucket.TryParse(line, out var bucket).Should().BeTrue();

        bucket.Should().Be(new HistogramBucket(least, most, count));
    }

    [TestCase("[1K, 2K) x |@@|")]
    [TestCase("1K, 2K) 3 |@@|")]
    [TestCase("[, ) 3")]
    [TestCase("")]
    public void What_is_no_bucket_is_refused(string line) => HistogramBucket.TryParse(line, out _).Should().BeFalse();

    [Test]
    public void A_map_that_is_printed_again_replaces_what_was_printed_before()
    {
        var output = Read("Attaching 1 probe...\n@c[a]: 1\n@c[b]: 2\n10:00:00\n@c[a]: 5\n\n");

        output.Map("@c")!.Entries.Select(e => (e.Key, e.Integer)).Should().Equal(("a", 5));
        output.Lines.Should().Equal("10:00:00");
    }

    [Test]
    public void Stacks_are_told_on_one_line()
    {
        var output = Read("Attaching 1 probe...\n@k[\n    a+1\n    b+2\n]: 5\n@s: \n        c+3\n        d+4\n\n@k[\n    e\n, bash]: 6\n");

        output.Map("@s")![""]!.Value.Should().Be("c+3 <- d+4");
        output.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void Lost_events_are_counted_in_text_and_in_json()
    {
        Read("Attaching 1 probe...\nLost 12 events\n").Tally.LostTotal.Should().Be(12);
        Read("{\"type\": \"lost_events\", \"data\": {\"events\": 12}}\n").Tally.LostTotal.Should().Be(12);
    }

    [Test]
    public void Escapes_and_values_without_quotes_are_read()
    {
        var output = Read("{\"type\": \"printf\", \"data\": \"a\\tb \\u00fc \\ud83d\\ude00 \\\"q\\\"\\n\"}\n{\"type\": \"map\", \"data\": {\"@ts\": 10:24:27}}\n");

        output.Lines.Should().Equal("a\tb \u00fc \U0001F600 \"q\"");
        output.Map("@ts")![""]!.Value.Should().Be("10:24:27");
    }

    [Test]
    public void Other_captures_are_refused_by_name()
    {
        using var capture = Capture.Of("# tracer: nop\n"u8.ToArray(), "trace.txt");

        var read = () => BpftraceOutput.Read(capture);

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'trace.txt' is ftrace text, expected the output of bpftrace\n  try: *");
    }

    private static BpftraceOutput Read(string text)
    {
        using var capture = Capture.Of(Encoding.UTF8.GetBytes(text));
        return BpftraceOutput.Read(capture);
    }
}
