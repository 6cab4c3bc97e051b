using System.Runtime.CompilerServices;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.FtraceText;

public sealed class FtraceTextGoldenTests
{
    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(FindRoot(Path.GetDirectoryName(source)!), "fixtures", "ftrace-text");

    public static IEnumerable<string> Cases() => Directory.GetDirectories(Folder()).Select(f => Path.GetFileName(f)!).Order();

    [TestCaseSource(nameof(Cases))]
    public void A_recording_is_read_as_accepted(string name)
    {
        var folder = Path.Combine(Folder(), name);
        using var capture = Capture.Open(Path.Combine(folder, "input.txt"));

        var actual = Describe(TraceFormats.Read(capture));

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

    private static string Describe(Trace trace)
    {
        var text = new StringBuilder($"{trace.Tally}; cpus {string.Join(",", trace.Cpus)}; clock {trace.ClockName}\n");
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
