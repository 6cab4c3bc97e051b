using System.Text;
using FluentAssertions;
using LabTrace.Tracing.KernelLog;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.KernelLog;

/// <summary>Console logs of other people's kernels with the titles a fuzzer's dashboard gives them; <c>LABTRACE_CORPUS</c> names the folder.</summary>
public sealed class KernelLogCorpusTests
{
    private static readonly string? Root = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");

    [Test]
    public void Reports_are_found_and_named_as_the_dashboard_names_them_and_clean_logs_stay_clean()
    {
        var folder = Root is null ? null : Path.Combine(Root, "oops");
        folder = Directory.Exists(folder) ? folder : Root is null ? null : Path.Combine(Root, "corpus", "oops");
        Assume.That(Directory.Exists(folder), "LABTRACE_CORPUS names no folder with console logs");
        var (expected, found, agreed) = (0, 0, 0);
        List<string> different = [];
        foreach (var file in Directory.GetFiles(folder!).Where(f => Path.GetFileName(f).All(char.IsAsciiDigit)))
        {
            var (title, log) = Read(file);
            var reports = KernelLogReader.Read(log);
            if (title is null)
            {
                reports.Should().BeEmpty("{0} is a log without a report", file);
                continue;
            }

            expected++;
            found += reports.Count > 0 ? 1 : 0;
            var same = reports.Count > 0 && reports[0].Title == title;
            agreed += same ? 1 : 0;
            if (!same)
            {
                different.Add($"{Path.GetFileName(file)}: {title} | {(reports.Count > 0 ? reports[0].Title : "nothing")}");
            }
        }

        expected.Should().BePositive();
        ((double)found / expected).Should().BeGreaterThanOrEqualTo(0.97);
        ((double)agreed / expected).Should().BeGreaterThanOrEqualTo(0.9, string.Join("\n", different));
        TestContext.Out.WriteLine($"{found}/{expected} found, {agreed} titles as expected\n{string.Join("\n", different)}");
    }

    private static (string? Title, byte[] Log) Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var head = bytes.AsSpan().StartsWith("\n"u8) ? 0 : bytes.AsSpan().IndexOf("\n\n"u8) + 1;
        var title = Encoding.UTF8.GetString(bytes, 0, head).Split('\n').FirstOrDefault(l => l.StartsWith("TITLE: ", StringComparison.Ordinal))?["TITLE: ".Length..];
        var log = bytes[(head + 1)..];
        var repeated = log.AsSpan().IndexOf("\nREPORT:"u8);
        return (title, repeated < 0 ? log : log[..repeated]);
    }
}
