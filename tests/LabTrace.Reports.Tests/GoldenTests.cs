using LabTrace.Devices.Tap;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

/// <summary>Makes every report of every stream under fixtures/reports and compares it with what was accepted.</summary>
/// <remarks><c>LABTRACE_ACCEPT=1</c> writes the expected files anew; with <c>CI=true</c> that is refused.</remarks>
public sealed class GoldenTests
{
    private static readonly string Root = Path.Combine(Fixtures.Root, "reports");

    public static IEnumerable<TestCaseData> Cases =>
        from directory in Directory.GetDirectories(Root).Order(StringComparer.Ordinal)
        from kind in new[] { "tap", "tap14", "ktap", "junit", "github", "kcidb", "console" }
        select new TestCaseData(Path.GetFileName(directory), kind).SetName($"{Path.GetFileName(directory)}_as_{kind}");

    [TestCaseSource(nameof(Cases))]
    public async Task A_report_is_as_accepted(string name, string kind)
    {
        var expectedPath = Path.Combine(Root, name, $"expected.{kind}.txt");
        await using var input = File.OpenRead(Path.Combine(Root, name, "input.ndjson"));
        var stream = await MessageReader.ReadAsync(input, CancellationToken.None).ToListAsync();

        var report = await Runs.RenderAsync(stream, kind, Context(kind, isReplay: true));

        if (Environment.GetEnvironmentVariable("LABTRACE_ACCEPT") == "1")
        {
            Environment.GetEnvironmentVariable("CI").Should().NotBe("true", "CI must not accept what it is to check");
            await File.WriteAllTextAsync(expectedPath, report);
        }

        report.Should().Be(await File.ReadAllTextAsync(expectedPath));
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_report_made_again_later_is_the_one_made_while_the_run_lasted(string name, string kind)
    {
        Assume.That(name, Is.Not.EqualTo("reqnroll"), "LabTrace announces all scenarios before the first starts, Reqnroll does not");
        await using var input = File.OpenRead(Path.Combine(Root, name, "input.ndjson"));
        var stream = await MessageReader.ReadAsync(input, CancellationToken.None).ToListAsync();

        var live = await Runs.RenderAsync(stream, kind, Context(kind, isReplay: false));

        live.Should().Be(await Runs.RenderAsync(stream, kind, Context(kind, isReplay: true)));
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_report_of_a_stream_cut_anywhere_is_made_and_never_reads_as_a_pass(string name, string kind)
    {
        await using var input = File.OpenRead(Path.Combine(Root, name, "input.ndjson"));
        var stream = await MessageReader.ReadAsync(input, CancellationToken.None).ToListAsync();

        for (var count = 0; count < stream.Count; count++)
        {
            if (stream[count].TestRunFinished is not null)
            {
                break;
            }

            var report = await Runs.RenderAsync(stream.Take(count), kind, Context(kind, isReplay: true));

            if (kind.Contains("tap", StringComparison.Ordinal))
            {
                TapReader.Read(new StringReader(report)).Verdict.Should().BeOneOf(TapVerdict.Failed, TapVerdict.Broken);
            }

            switch (kind)
            {
                case "tap" or "tap14":
                    report.Should().Contain("\nBail out! ");
                    break;
                case "junit":
                    report.Should().Contain("<error type=\"Run\" message=\"the run was cut off");
                    break;
                case "github":
                    report.Should().Contain("::error title=broken%3A the run::the run was cut off");
                    break;
                case "console":
                    report.Should().Contain("the run was cut off");
                    break;
            }
        }
    }

    /// <summary>JUnit's attachments are paths of the machine, so there the run's directory is one that is the same everywhere.</summary>
    private static ReportContext Context(string kind, bool isReplay) =>
        new() { Out = TextWriter.Null, Console = TextWriter.Null, RunDirectory = kind == "junit" ? "/runs/1" : "artifacts/runs/1", IsReplay = isReplay };
}
