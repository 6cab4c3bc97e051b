using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

public sealed class LeftoverTests
{
    [TestCase("run.dat")]
    [TestCase("run.dat.cpu1")]
    [TestCase("run.dat.one.cpu0")]
    public void Pieces_of_a_killed_recording_are_read_together_whichever_is_named(string name)
    {
        using var folder = new TemporaryDirectory();
        var recording = Pieces(folder);

        // Another recording of the same kernel explains them when it has their name and they are named.
        if (name != "run.dat")
        {
            using var file = File.Create(folder.At("run.dat"));
            TraceDatWriter.Write(file, recording with { Cpus = [] });
        }

        Capture.Exists(folder.At(name)).Should().BeTrue();
        using var reader = TraceReader.Open(folder.At(name), ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        reader.Info.Buffers.Select(b => b.Name).Should().Equal("", "one");
        trace.Events.Count.Should().Be(recording.ToTrace().Events.Count * 3 / 2);
        trace.Tally.Missing.Should().Contain(m => m.StartsWith("'run.dat' was never written, its recorder was killed: 3 pieces run.dat.cpuN are there", StringComparison.Ordinal));
        if (name != "run.dat")
        {
            trace.Events.Select(e => e.Name.Name).Should().OnlyContain(n => n == "sched_switch");
        }
    }

    [Test]
    public void Strict_reading_refuses_pieces()
    {
        using var folder = new TemporaryDirectory();
        _ = Pieces(folder);

        var read = () => TraceReader.Open(folder.At("run.dat.cpu0"));

        read.Should().Throw<TraceFormatException>().WithMessage(
            "capture 'run.dat' was never written, its recorder was killed: 3 pieces run.dat.cpuN are there\n" +
            "  try: record again, or open it with ReadMode.Salvage for what the pieces hold");
    }

    [Test]
    public void A_text_whose_name_ends_like_a_piece_is_still_a_text()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder.At("trace.cpu0"), "# tracer: nop\n#\n            bash-7     [000] d....     1.000001: sched_wakeup: comm=x pid=1\n");

        using var reader = TraceReader.Open(folder.At("trace.cpu0"));

        reader.Info.FormatName.Should().Be("ftrace text");
    }

    [Test]
    public void A_file_that_is_not_there_and_left_no_pieces_is_not_found()
    {
        using var folder = new TemporaryDirectory();

        var read = () => TraceReader.Open(folder.At("nothing.dat"));

        read.Should().Throw<FileNotFoundException>();
        Capture.Exists(folder.At("nothing.dat")).Should().BeFalse();
        Capture.Exists(folder.Path).Should().BeFalse();
    }

    private static RawRecording Pieces(TemporaryDirectory folder)
    {
        var recording = Version7.Recording(pagesPerCpu: 2);
        foreach (var cpu in recording.Cpus)
        {
            File.WriteAllBytes(folder.At($"run.dat.cpu{cpu.Cpu}"), cpu.Pages.ToArray());
        }

        File.WriteAllBytes(folder.At("run.dat.one.cpu0"), recording.Cpus[0].Pages.ToArray());
        return recording;
    }
}
