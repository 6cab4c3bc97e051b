using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
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
