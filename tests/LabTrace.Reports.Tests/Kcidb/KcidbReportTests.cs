using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Reports.Kcidb;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Kcidb;

public sealed class KcidbReportTests
{
    private static readonly RunEnvironment Bench = new()
    {
        Place = "bench-3",
        Kind = "local",
        Level = "L3",
        Boards = ["timecard 7"],
        Kernel = new RunKernel("6.18.0-rc1", "#1 SMP", "x86_64", "bench", "b0"),
    };

    private static JsonNode Schema => JsonNode.Parse(File.ReadAllText(Path.Combine(
        Environment.GetEnvironmentVariable("LABTRACE_CORPUS") ?? throw new InconclusiveException("LABTRACE_CORPUS names no folder with KCIDB's schema"),
        "spec",
        "kcidb-io.schema.v5.3.json")))!;

    [Test]
    public void Whatever_a_run_is_called_its_report_keeps_to_the_schema()
    {
        var schema = Schema;
        Prop.ForAll(TapPropertyTests.MadeRuns().ToArbitrary(), run =>
        {
            var json = JsonNode.Parse(KcidbReport.Make(Fold(Measured(run)), new KcidbOptions()))!;

            var check = new JsonSchemaCheck(schema);
            check.Check(json);

            check.Problems.Should().BeEmpty();
            var tests = json["tests"]!.AsArray();
            tests.Select(test => test!["id"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
            var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
            int Count(string status) => tests.Count(test => test!["status"]!.GetValue<string>() == status);
            (Count("PASS"), Count("FAIL"), Count("SKIP"), Count("ERROR"), Count("MISS")).Should().Be((
                verdicts.Count(verdict => verdict == Verdict.Passed), verdicts.Count(verdict => verdict == Verdict.Failed), verdicts.Count(verdict => verdict == Verdict.Skipped),
                verdicts.Count(verdict => verdict == Verdict.Broken), verdicts.Count(verdict => verdict is null)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Test]
    public void What_the_kernel_reported_is_an_issue_and_where_it_did_an_incident()
    {
        var stream = Runs.Make([new MadeFeature("f", new("one", Verdict.Failed, "why"), new("two", Verdict.Failed, "why"), new("three", Verdict.Passed))]);
        Report("case 0.0", "WARNING in toy_write", "WARNING");
        Report("case 0.0", "WARNING in toy_write", "WARNING");
        Report("case 0.1", "WARNING in toy_write", "WARNING");
        Report("case 0.1", "KASAN: use-after-free Read in toy_read", "KASAN-USE-AFTER-FREE-READ");

        var json = JsonNode.Parse(KcidbReport.Make(Fold(stream), new KcidbOptions()))!;
        var again = JsonNode.Parse(KcidbReport.Make(Fold(stream), new KcidbOptions()))!;

        var issues = json["issues"]!.AsArray();
        issues.Select(i => i!["report_subject"]!.GetValue<string>()).Should().Equal("WARNING in toy_write", "KASAN: use-after-free Read in toy_read");
        issues.Select(i => i!["culprit"]!["code"]!.GetValue<bool>()).Should().AllBeEquivalentTo(true);
        again["issues"]!.ToJsonString().Should().Be(json["issues"]!.ToJsonString(), "a defect has one id in all runs");
        var tests = json["tests"]!.AsArray().ToDictionary(t => t!["path"]!.GetValue<string>(), t => t!["id"]!.GetValue<string>());
        var incidents = json["incidents"]!.AsArray();
        incidents.Select(i => (i!["test_id"]!.GetValue<string>(), i["issue_id"]!.GetValue<string>())).Should().Equal(
            (tests["labtrace.f.one"], issues[0]!["id"]!.GetValue<string>()),
            (tests["labtrace.f.two"], issues[0]!["id"]!.GetValue<string>()),
            (tests["labtrace.f.two"], issues[1]!["id"]!.GetValue<string>()));
        incidents.Select(i => i!["id"]!.GetValue<string>()).Should().OnlyHaveUniqueItems();
        var check = new JsonSchemaCheck(Schema);
        check.Check(json);
        check.Problems.Should().BeEmpty();

        void Report(string testCase, string title, string type)
        {
            var at = stream.FindIndex(e => e.TestStepFinished?.TestCaseStartedId == testCase + " attempt 0");
            var step = stream[at].TestStepFinished!;
            var body = $$"""{"title":"{{title}}","type":"{{type}}","target":"bench","excerpt":["line"]}""";
            stream.Insert(at, new Envelope { Attachment = new Attachment(body, AttachmentContentEncoding.Identity, KernelReportRecord.MediaType, TestCaseStartedId: step.TestCaseStartedId, TestStepId: step.TestStepId) });
        }
    }

    [Test]
    public void A_schema_that_is_broken_is_noticed()
    {
        var check = new JsonSchemaCheck(Schema);

        check.Check(JsonNode.Parse("""{"version":{"major":4},"tests":[{"id":"x","origin":"A","build_id":"a:b","status":"PASSED","path":"a..b","start_time":"now","nope":1}]}"""));

        check.Problems.Should().HaveCount(7);
    }

    [TestCase("LabTrace.Devices.TargetUnreachableException", "MISS")]
    [TestCase("System.NullReferenceException", "ERROR")]
    [TestCase("NUnit.Framework.AssertionException", "FAIL")]
    public void Who_is_to_blame_is_told_from_what_was_thrown(string exception, string status)
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Broken, "why"))]);
        var at = stream.FindIndex(envelope => envelope.TestStepFinished is not null);
        var step = stream[at].TestStepFinished!;
        stream[at] = new Envelope { TestStepFinished = step with { TestStepResult = step.TestStepResult with { Exception = new ExceptionMessage(exception, "why") } } };

        var test = JsonNode.Parse(KcidbReport.Make(Fold(stream), new KcidbOptions()))!["tests"]![0]!;

        test["status"]!.GetValue<string>().Should().Be(status);
        test["log_excerpt"]!.GetValue<string>().Should().Be("why");
        test["path"]!.GetValue<string>().Should().Be("labtrace.f.s");
    }

    [Test]
    public void A_kernel_that_is_known_by_commit_is_told_so()
    {
        var options = new KcidbOptions
        {
            Origin = "acme",
            Tree = "mainline",
            Repository = "https://git.kernel.org/x.git",
            Branch = "master",
            Commit = new string('a', 40),
        };

        var json = JsonNode.Parse(KcidbReport.Make(Fold([new Envelope { Attachment = Environ() }]), options))!;

        json["checkouts"]![0]!["git_commit_hash"]!.GetValue<string>().Should().Be(options.Commit);
        json["checkouts"]![0]!["patchset_hash"]!.GetValue<string>().Should().BeEmpty();
        json["builds"]![0]!["architecture"]!.GetValue<string>().Should().Be("x86_64");
        json["builds"]![0]!["checkout_id"]!.GetValue<string>().Should().Be(json["checkouts"]![0]!["id"]!.GetValue<string>()).And.StartWith("acme:");
    }

    [Test]
    public void A_build_that_KCIDB_knows_is_referred_to()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);

        var json = JsonNode.Parse(KcidbReport.Make(Fold(stream), new KcidbOptions { Build = "maestro:6" }))!;

        json["builds"].Should().BeNull();
        json["tests"]![0]!["build_id"]!.GetValue<string>().Should().Be("maestro:6");
    }

    [TestCase("ORIGIN", "Acme")]
    [TestCase("BUILD", "no-colon")]
    [TestCase("COMMIT", "abc")]
    [TestCase("REPOSITORY", "git://x")]
    [TestCase("PATCHSET", "0")]
    public void A_value_KCIDB_does_not_take_is_refused(string name, string value)
    {
        var read = () => KcidbOptions.Read(variable => variable == "LABTRACE_KCIDB_" + name ? value : null);

        read.Should().Throw<ReportException>().WithMessage($"LABTRACE_KCIDB_{name} is '{value}'*");
    }

    private static Attachment Environ() => new(Bench.ToJson(), AttachmentContentEncoding.Identity, RunEnvironment.MediaType);

    private static List<Envelope> Measured(MadeRun run)
    {
        var stream = Runs.Make(run.Features, null, run.Finishes);
        stream.Insert(1, new Envelope { Attachment = Environ() });
        for (var i = stream.Count - 1; i >= 0; i--)
        {
            if (stream[i].TestStepFinished is { } step)
            {
                stream.Insert(i, new Envelope { Attachment = new Attachment("""{"name":"p 99 #x","value":1.5,"unit":"us"}""", AttachmentContentEncoding.Identity, MeasurementRecord.MediaType, null, step.TestCaseStartedId, step.TestStepId) });
                stream.Insert(i, new Envelope { ExternalAttachment = new ExternalAttachment("https://lab.example/a b.dat", "x/y", step.TestCaseStartedId, step.TestStepId) });
                stream.Insert(i, new Envelope { ExternalAttachment = new ExternalAttachment("captures/x.dat", "x/y", step.TestCaseStartedId, step.TestStepId) });
            }
        }

        return stream;
    }

    private static RunRecord Fold(IEnumerable<Envelope> stream)
    {
        var run = new RunRecord();
        foreach (var envelope in stream)
        {
            run.Apply(envelope);
        }

        return run;
    }
}
