using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

public sealed class RunEnvironmentTests
{
    private static readonly RunEnvironment Bench = new()
    {
        Place = "bench-3",
        Kind = "local",
        Description = "a \"bench\"\nwith two lines",
        Boards = ["timecard 00:11:22"],
        Kernel = new RunKernel("6.18.0", "#1 SMP", "x86_64", "bench-3", "b0"),
        Level = "L3",
        LabTrace = "0.1.0",
        Properties = new Dictionary<string, string> { ["firmware"] = "7" },
    };

    [Test]
    public void What_is_written_is_read_back()
    {
        RunEnvironment.TryParse(Bench.ToJson()).Should().BeEquivalentTo(Bench);
        RunEnvironment.TryParse(new RunEnvironment().ToJson()).Should().BeEquivalentTo(new RunEnvironment());
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{\"place\":")]
    public void What_is_no_environment_is_none(string json) => RunEnvironment.TryParse(json).Should().BeNull();

    [Test]
    public void A_member_of_another_type_is_left_out() =>
        RunEnvironment.TryParse("""{"place":1,"boards":[1,"b"],"kernel":"x","properties":{"a":1,"b":"c"},"level":"L1"}""")
            .Should().BeEquivalentTo(new RunEnvironment { Boards = ["b"], Level = "L1", Properties = new Dictionary<string, string> { ["b"] = "c" } });

    [Test]
    public void A_later_attachment_adds_to_the_first()
    {
        var run = new RunRecord();
        run.Apply(Attach(Bench with { Boards = [] }));

        run.Apply(Attach(new RunEnvironment { Boards = ["timecard 7"], Properties = new Dictionary<string, string> { ["gnss"] = "locked" } }));

        run.Environment!.Place.Should().Be("bench-3");
        run.Environment.Boards.Should().Equal("timecard 7");
        run.Environment.Properties.Keys.Should().BeEquivalentTo("firmware", "gnss");
    }

    [Test]
    public void It_is_told_line_by_line() => Bench.Lines.Select(line => $"{line.Name}: {line.Text}").Should().Contain(
        ["place: bench-3", "kernel: 6.18.0", "board: timecard 00:11:22", "level of evidence: L3, the real machine", "firmware: 7"]);

    [Test]
    public void Measurements_are_those_of_the_steps()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);
        var at = stream.FindIndex(envelope => envelope.TestStepFinished is not null);
        var step = stream[at].TestStepFinished!;
        foreach (var body in new[] { """{"name":"wakeup_p99","value":12.5,"unit":"us"}""", """{"name":"n","value":3}""", "{}", """{"name":"x","value":"1"}""" })
        {
            stream.Insert(at, new Envelope
            {
                Attachment = new Attachment(body, AttachmentContentEncoding.Identity, MeasurementRecord.MediaType, null, step.TestCaseStartedId, step.TestStepId),
            });
        }

        var run = new RunRecord();
        stream.ForEach(envelope => run.Apply(envelope));

        run.Scenarios.Single().Measurements.Should().BeEquivalentTo([new MeasurementRecord("wakeup_p99", 12.5, "us"), new MeasurementRecord("n", 3, "")]);
        run.Scenarios.Single().Last!.Steps.Single().Attachments.Should().HaveCount(4);
    }

    [TestCase(null, "https://place.example/{key}")]
    [TestCase("https://told.example/{key}", "https://told.example/{key}")]
    public async Task Where_issues_are_is_told_by_the_place_unless_the_report_is_told_otherwise(string? told, string linked)
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Scenarios.Verdict.Passed))]);
        stream.Insert(2, Attach(new RunEnvironment { IssueUrl = "https://place.example/{key}" }));

        var html = await HtmlReading.OfAsync(stream, new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null, IssueUrl = told });

        html.Run["issueUrl"]!.GetValue<string>().Should().Be(linked);
    }

    private static Envelope Attach(RunEnvironment environment) =>
        new() { Attachment = new Attachment(environment.ToJson(), AttachmentContentEncoding.Identity, RunEnvironment.MediaType, TestRunStartedId: "run") };
}
