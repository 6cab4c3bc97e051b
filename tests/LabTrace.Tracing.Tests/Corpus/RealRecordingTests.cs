using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Corpus;

/// <summary>Recordings that other tools made on other kernels. <c>LABTRACE_CORPUS</c> names the folder they are below; without it nothing is compared.</summary>
public sealed partial class RealRecordingTests
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
        using var capture = Capture.Open(Found(file));

        var trace = TraceFormats.Read(capture);

        trace.Tally.Malformed.Should().Be(0, trace.Tally.ToString());
        var reported = TraceCmdReport(file);
        Assume.That(reported, Is.GreaterThan(0), "trace-cmd is not installed, or does not read this compression");
        trace.Events.Count.Should().Be(reported);
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

    private static int TraceCmdReport(string file)
    {
        try
        {
            using var report = Process.Start(new ProcessStartInfo("trace-cmd", ["report", "-N", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var errors = report.StandardError.ReadToEndAsync();
            var events = 0;
            while (report.StandardOutput.ReadLine() is { } line)
            {
                events += EventLine().IsMatch(line) ? 1 : 0;
            }

            report.WaitForExit();
            _ = errors.Result;
            return events;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"\[\d{3,}\]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EventLine();
}
