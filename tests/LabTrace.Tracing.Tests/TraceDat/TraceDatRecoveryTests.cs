using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class TraceDatRecoveryTests
{
    [TestCase("none")]
    [TestCase("zlib")]
    public void Pages_whose_table_was_cut_off_are_found(string compression)
    {
        var recording = Version7.Recording(pagesPerCpu: 4);
        var bytes = Version7.MakeAsRecorded(recording, compression, out var end);

        using var reader = TraceReader.Open(Capture.Of(bytes.AsMemory(0, end), "cut.dat"), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        trace.Events.Select(e => e.ToString()).Should().Equal(recording.ToTrace().Events.Select(e => e.ToString()));
        trace.Tally.Missing.Should().Equal(
            $"everything behind offset {end:N0}, inside options; pages without a table were found, their cpus are taken from the recorder's statistics");
    }

    [TestCase("none")]
    [TestCase("zlib")]
    public void A_cut_in_the_pages_leaves_those_before_it(string compression)
    {
        var recording = Version7.Recording(pagesPerCpu: 4);
        var bytes = Version7.MakeAsRecorded(recording, compression, out var end);
        var whole = recording.ToTrace().Events.Select(e => e.ToString()).ToHashSet(StringComparer.Ordinal);

        using var reader = TraceReader.Open(Capture.Of(bytes.AsMemory(0, end - 3000), "cut.dat"), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        trace.Events.Count.Should().BeInRange(whole.Count / 2, whole.Count - 1);
        trace.Events.Select(e => e.ToString()).Should().BeSubsetOf(whole);
        trace.Tally.Missing.Should().NotBeEmpty();
    }

    [Test]
    public void A_whole_file_made_in_that_order_is_read_through_its_table()
    {
        var recording = Version7.Recording(pagesPerCpu: 2);
        var bytes = Version7.MakeAsRecorded(recording, "zlib", out _);

        using var reader = TraceReader.Open(Capture.Of(bytes, "whole.dat"));
        var trace = reader.ReadToEnd();

        trace.Events.Count.Should().Be(recording.ToTrace().Events.Count);
        trace.Tally.Missing.Should().BeEmpty();
    }
}
