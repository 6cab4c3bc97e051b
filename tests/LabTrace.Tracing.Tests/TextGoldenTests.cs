using System.Runtime.CompilerServices;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests;

/// <summary>Every recording under <c>fixtures</c> of a kind that is text, read through the door that users take.</summary>
public sealed class TextGoldenTests
{
    private static readonly string[] Kinds = ["ftrace-text", "function-graph", "trace-cmd-report", "perf-script", "bpftrace", "mmiotrace", "grt-text", "event-histogram"];

    public static IEnumerable<string> Cases() => Kinds
        .Where(kind => Directory.Exists(Path.Combine(Folder(), kind)))
        .SelectMany(kind => Directory.GetDirectories(Path.Combine(Folder(), kind)).Select(f => $"{kind}/{Path.GetFileName(f)}"))
        .Order(StringComparer.Ordinal);

    internal static string Input(string name) => Directory.GetFiles(Path.Combine(Folder(), name), "input.*").Single();

    [TestCaseSource(nameof(Cases))]
    public void A_recording_is_read_as_accepted(string name)
    {
        var folder = Path.Combine(Folder(), name);
        using var capture = Capture.Open(Input(name));
        using var reader = TraceReader.Open(capture);

        var actual = Describe(reader.Info.FormatName, reader.ReadToEnd());

        var expected = Path.Combine(folder, "expected.txt");
        if (Environment.GetEnvironmentVariable("LABTRACE_ACCEPT") == "1")
        {
            Environment.GetEnvironmentVariable("CI").Should().NotBe("true", "CI never rewrites what is expected");
            File.WriteAllText(expected, actual);
        }

        actual.Should().Be(File.ReadAllText(expected));
    }

    [Test]
    public void Every_case_says_where_it_comes_from()
    {
        Cases().Should().OnlyContain(name => File.Exists(Path.Combine(Folder(), name, "ORIGIN.md")));
    }

    internal static string Folder([CallerFilePath] string source = "") => Path.Combine(FindRoot(Path.GetDirectoryName(source)!), "fixtures");

    private static string Describe(string format, Trace trace)
    {
        var text = new StringBuilder($"{format}: {trace.Tally}; cpus {string.Join(",", trace.Cpus)}; clock {trace.ClockName}\n");
        foreach (var loss in trace.Losses)
        {
            text.Append($"lost {loss.Count} on cpu {loss.Cpu} before event {loss.Index}\n");
        }

        foreach (var item in trace.Events)
        {
            text.Append($"{item.Time.Nanoseconds} cpu={item.Cpu} pid={item.Pid} tgid={item.Tgid} comm={item.Comm} [{item.Flags}] {item.Name}\n");
            foreach (var (name, value) in item.Fields)
            {
                text.Append($"    {name} = {value.ToString().ReplaceLineEndings("\\n")}\n");
            }
        }

        return text.ToString();
    }

    private static string FindRoot(string from)
    {
        // Sources are mapped to ./ in builds; the tests then run somewhere below the repository.
        var start = Path.IsPathRooted(from) && Directory.Exists(from) ? from : AppContext.BaseDirectory;
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LabTrace.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no LabTrace.sln above {start}");
    }
}
