using LabTrace.Reports.GitHub;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests.GitHub;

public sealed class GitHubTests
{
    [Test]
    public async Task What_did_not_pass_is_annotated_at_the_step_that_decided()
    {
        var stream = Runs.Make(
        [
            new MadeFeature(
                "f", new MadeScenario("good", Verdict.Passed), new MadeScenario("bad", Verdict.Failed, "expected 1\nfound 2"),
                new MadeScenario("off", Verdict.Broken, "no answer"), new MadeScenario("not here", Verdict.Skipped, "no board"), new MadeScenario("shaky", Verdict.Passed, "once", 2)),
        ]);

        (await Runs.RenderAsync(stream, "github")).Should().Be(
            """
            ::error file=features/f0.feature,line=7,title=failed%3A f › bad::Given a step%0Aexpected 1%0Afound 2
            ::error file=features/f0.feature,line=10,title=broken%3A f › off::Given a step%0Ano answer
            ::warning file=features/f0.feature,line=15,title=flaky%3A f › shaky::passed at attempt 2; before: once

            """);
    }

    [Test]
    public async Task A_run_that_was_cut_off_is_an_error_of_its_own()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("good", Verdict.Passed))], finishes: false);

        (await Runs.RenderAsync(stream, "github")).Should().Be("::error title=broken%3A the run::the run was cut off\n");
    }

    [TestCase("a::error::b\r\n::set-output name=x::y")]
    [TestCase("100%, title=x:,\u0007")]
    public async Task No_text_is_a_command(string hostile)
    {
        var stream = Runs.Make([new MadeFeature(hostile, new MadeScenario(hostile, Verdict.Failed, hostile))]);

        var text = await Runs.RenderAsync(stream, "github");

        text.TrimEnd('\n').Should().NotContain("\n").And.NotContain("\u0007").And.StartWith("::error file=features/f0.feature,line=4,title=failed%3A ");
        var properties = text[..text.IndexOf("::", 2, StringComparison.Ordinal)];
        properties.Split(',').Should().HaveCount(3);
    }

    [Test]
    public void The_summary_is_a_table_that_no_name_breaks()
    {
        var run = new RunRecord();
        foreach (var envelope in Runs.Make([new MadeFeature("f|g", new MadeScenario("<b>|`x`\n", Verdict.Failed, "a | b\n<script>"), new MadeScenario("s", Verdict.Skipped, "no @board"))]))
        {
            run.Apply(envelope);
        }

        var summary = GitHubReport.MakeSummary(run);

        summary.Should().Contain("| 0 | 1 | 1 | 0 | 0 | ").And.NotContain("<script>").And.NotContain("<b>").And.NotContain("@board");
        summary.Split('\n').Where(line => line.StartsWith("| failed", StringComparison.Ordinal) || line.StartsWith("| skipped", StringComparison.Ordinal))
            .Should().HaveCount(2).And.AllSatisfy(line => line.Count(character => character == '|').Should().Be(5));
    }

    [Test]
    public async Task The_summary_is_added_to_what_is_there()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "before\n");
        await using var writer = new StringWriter();
        await using (var sink = new GitHubSink(new ReportContext { Out = writer, Console = writer }, ReportOutput.To("github", writer), file))
        {
            foreach (var envelope in Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]))
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
        }

        (await File.ReadAllTextAsync(file)).Should().StartWith("before\n## LabTrace\n");
        File.Delete(file);
    }
}
