using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing.Tests.Exports;
using LabTrace.Tracing.Tests.TraceDat;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Kernel;

[Category(RealKernel.Category)]
[NonParallelizable]
public sealed class TraceCmdTests
{
    [Test]
    public void The_real_trace_cmd_reports_our_file_event_for_event()
    {
        RealKernel.RequireTracefs();
        Assume.That(Report("--version"), Is.Not.Null, "trace-cmd is not installed: apt-get install trace-cmd");
        using var recording = new KernelRecording("tracecmd");
        recording.Record(["sched", "irq"], () => KernelRecording.Run("ls", "/"));
        var raw = recording.ReadRaw(KernelRecording.ReadFormats("sched", "irq", "ftrace"));
        var path = Path.Combine(Path.GetTempPath(), $"labtrace-{Environment.ProcessId}.dat");

        string? report;
        try
        {
            using (var file = File.Create(path))
            {
                TraceDatWriter.Write(file, raw);
            }

            report = Report("report", "-N", "-t", "-i", path);
        }
        finally
        {
            File.Delete(path);
        }

        var theirs = report!.Split('\n').Where(l => l.Contains(" [0", StringComparison.Ordinal)).Select(l => FtraceTextFormat.Read(l + "\n").Events.Single());
        var ours = raw.ToTrace().Events;
        ours.Should().NotBeEmpty();
        theirs.Select(e => (e.Time, e.Cpu, e.Pid, e.Comm, e.Name.Name)).Should().Equal(ours.Select(e => (e.Time, e.Cpu, e.Pid, e.Comm, e.Name.Name)));
    }

    [TestCase("none")]
    [TestCase("zstd")]
    public void The_real_trace_cmd_reports_what_we_cut_into_version_7_event_for_event(string compression)
    {
        Assume.That(Report("--version"), Is.Not.Null, "trace-cmd is not installed: apt-get install trace-cmd");
        var capture = MadeTrace.Dat(seed: 5, events: 3000);
        var filter = new LabTrace.Tracing.Queries.EventFilter { Cpus = new HashSet<int> { 0, 3 }, Without = [LabTrace.Tracing.Queries.EventSelector.Parse("ftrace:raw_data")] };

        var theirs = Reported(MadeTrace.Convert(capture, "dat", new ExportOptions { Compression = compression }, filter));

        using var reader = TraceReader.Open(Capture.Of(capture));
        var ours = reader.ReadToEnd().Where(e => filter.Matches(e)).Events;
        ours.Should().NotBeEmpty();
        theirs.Should().BeEquivalentTo(ours.Select(Described));
    }

    [Test]
    public void The_real_trace_cmd_prints_events_that_came_from_text_as_they_were()
    {
        Assume.That(Report("--version"), Is.Not.Null, "trace-cmd is not installed: apt-get install trace-cmd");
        var capture = MadeTrace.Text(seed: 6, events: 900);

        var theirs = Reported(MadeTrace.Convert(capture, "dat"));

        using var reader = TraceReader.Open(Capture.Of(capture));
        theirs.Should().BeEquivalentTo(reader.ReadToEnd().Events.Select(Described));
    }

    [TestCase(true, 4)]
    [TestCase(true, 8)]
    [TestCase(false, 4)]
    public void The_real_trace_cmd_reads_in_files_of_other_machines_what_we_read(bool isBigEndian, int longSize)
    {
        Assume.That(Report("--version"), Is.Not.Null, "trace-cmd is not installed: apt-get install trace-cmd");
        var capture = ForeignMachineTests.Version6(ForeignMachineTests.Recording(isBigEndian, longSize));

        using var reader = TraceReader.Open(Capture.Of(capture));
        var ours = reader.ReadToEnd().Events.Select(Described).ToList();

        Reported(capture).Should().Equal(ours);
        Reported(MadeTrace.Convert(capture, "dat")).Should().Equal(ours);
    }

    private static string Described(TraceEvent item) => $"{item.Time} {item.Cpu} {item.Pid} {item.Comm} {item.Name.Name}";

    private static List<string> Reported(byte[] capture)
    {
        var path = Path.Combine(Path.GetTempPath(), $"labtrace-{Guid.NewGuid():N}.dat");
        try
        {
            File.WriteAllBytes(path, capture);
            return [.. Report("report", "-N", "-t", "-i", path)!.Split('\n').Where(l => l.Contains(" [0", StringComparison.Ordinal))
                .Select(l => Described(FtraceTextFormat.Read(l + "\n").Events.Single()))];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string? Report(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("trace-cmd", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
