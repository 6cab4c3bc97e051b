using FluentAssertions;
using LabTrace.Tracing.Tests.Kernel;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Corpus;

/// <summary>Recordings that other tools made on other kernels. <c>LABTRACE_CORPUS</c> names the folder they are below; without it nothing is compared.</summary>
public sealed class RealRecordingTests
{
    private static readonly string? Root = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");

    [TestCaseSource(nameof(Below), new object[] { "captures/ftrace-text", "*.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "trace-local.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "trace-mono.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "trace-function.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "trace-kprobe.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "trace-function_graph.txt" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "gpio-fence.report.txt" })]
    public void Ftrace_text_is_read_without_a_malformed_line(string file)
    {
        using var capture = Capture.Open(Found(file));

        var trace = TraceFormats.Read(capture);

        trace.Tally.Malformed.Should().Be(0, trace.Tally.ToString());
        trace.Events.Count.Should().BePositive();
    }

    [TestCaseSource(nameof(Below), new object[] { "captures/trace-dat", "*.dat" })]
    [TestCaseSource(nameof(Below), new object[] { "captures", "*.dat" })]
    public void A_trace_dat_has_the_events_that_trace_cmd_reports(string file)
    {
        using var reader = TraceReader.Open(Found(file));

        var trace = reader.ReadToEnd();

        trace.Tally.Malformed.Should().Be(0, trace.Tally.ToString());
        trace.Tally.Missing.Should().BeEmpty();
        var report = TraceCmdReport.Of(file);
        Assume.That(report, Is.Not.Null, "trace-cmd is not installed, or does not read this compression");

        // trace-cmd goes on beyond the last samples of a guest's clock with the slope of two noisy ones; we hold the last offset.
        report!.ShouldEqual(trace, timeTolerance: reader.Info.TimeShift is null ? 0 : 1000UL);
        trace.Losses.Sum(l => l.Count).Should().Be(report.Lost);
    }

    [TestCaseSource(nameof(Below), new object[] { "captures/trace-dat", "host_a-*.dat" })]
    public void A_guest_is_corrected_between_its_samples_exactly_as_trace_cmd_does(string file)
    {
        using var reader = TraceReader.Open(Found(file));
        var samples = reader.Info.TimeShift!.Cpus;
        var report = TraceCmdReport.Of(file);
        Assume.That(report, Is.Not.Null, "trace-cmd is not installed");
        var compared = 0;

        for (var i = 0; reader.Read(); i++)
        {
            var (first, last) = (samples[reader.Cpu][0], samples[reader.Cpu][^1]);
            if (reader.Time.Nanoseconds > (ulong)(first.Time + first.Offset) && reader.Time.Nanoseconds < (ulong)(last.Time + last.Offset))
            {
                reader.Time.Nanoseconds.Should().Be(report!.Lines[i].Time);
                compared++;
            }
        }

        compared.Should().BeGreaterThan(1000);
    }

    public static IEnumerable<TestCaseData> Below(string folder, string pattern)
    {
        var directory = Root is null ? null : Path.Combine(Root, folder);
        var files = directory is not null && Directory.Exists(directory) ? Directory.GetFiles(directory, pattern).Order(StringComparer.Ordinal).ToArray() : [];
        return files.Length == 0
            ? [new TestCaseData("").SetArgDisplayNames($"{folder}/{pattern}")]
            : files.Select(f => new TestCaseData(f).SetArgDisplayNames(Path.GetFileName(f)));
    }

    private static string Found(string file)
    {
        Assume.That(file, Is.Not.Empty, "LABTRACE_CORPUS names no folder with these recordings");
        return file;
    }
}
