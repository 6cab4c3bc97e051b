using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.JUnit;

public sealed class JUnitTests
{
    private static readonly XmlSchemaSet Schema = Load();

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Whatever_a_run_is_called_its_report_is_valid_and_counts_the_same() => Prop.ForAll(TapPropertyTests.MadeRuns().ToArbitrary(), run =>
    {
        var xml = Runs.RenderAsync(Runs.Make(run.Features, null, run.Finishes), "junit:-").GetAwaiter().GetResult();

        var document = Validate(xml);

        var verdicts = run.Features.SelectMany(feature => feature.Scenarios).Select(scenario => scenario.Verdict).ToList();
        var cases = document.Descendants("testcase").Where(test => test.Attribute("classname")!.Value != "the run").ToList();
        cases.Should().HaveCount(verdicts.Count);
        cases.Count(test => test.Element("failure") is not null).Should().Be(verdicts.Count(verdict => verdict == Verdict.Failed));
        cases.Count(test => test.Element("error") is not null).Should().Be(verdicts.Count(verdict => verdict == Verdict.Broken));
        cases.Count(test => test.Element("skipped") is not null).Should().Be(verdicts.Count(verdict => verdict is Verdict.Skipped or null));
        var isWhole = run.Finishes && !verdicts.Contains(null);
        document.Descendants("error").Any(error => error.Parent!.Attribute("classname")!.Value == "the run").Should().Be(!isWhole);
        var root = document.Root!;
        ((int)root.Attribute("tests")!).Should().Be(document.Descendants("testcase").Count());
        ((int)root.Attribute("errors")!).Should().Be(document.Descendants("error").Count());
        root.Elements("testsuite").Should().AllSatisfy(suite => ((int)suite.Attribute("tests")!).Should().Be(suite.Elements("testcase").Count()));
    });

    // Not in an attribute: metadata is UTF-8, which cannot hold half a character.
    private static IEnumerable<TestCaseData> LoneSurrogates() =>
        [new TestCaseData("\ud800 \udc00 \uffff \ufffe", "\ufffd \ufffd \ufffd \ufffd").SetArgDisplayNames("lone surrogates", "replaced")];

    [TestCase("\0\u0001\u001b[2J\b", "␀␁␛[2J␈")]
    [TestCase("]]></failure><x a=\"b\">&lt;", "]]></failure><x a=\"b\">&lt;")]
    [TestCase("\ud83e\uddea é 测", "\ud83e\uddea é 测")]
    [TestCase("\u202eabc", "\ufffdabc")]
    [TestCaseSource(nameof(LoneSurrogates))]
    public async Task Hostile_texts_are_texts(string hostile, string read)
    {
        var stream = Runs.Make([new MadeFeature(hostile, new MadeScenario(hostile, Verdict.Failed, hostile, 2))]);

        var document = Validate(await Runs.RenderAsync(stream, "junit:-"));

        var test = document.Descendants("testcase").Single();
        test.Attribute("name")!.Value.Should().Be(read);
        test.Element("failure")!.Attribute("message")!.Value.Should().Be(read);
        test.Element("failure")!.Value.Should().EndWith(read);
    }

    /// <summary>Halves of characters cannot stand in an attribute, which is UTF-8.</summary>
    [Test]
    public Task Halves_of_characters_are_replaced() => Hostile_texts_are_texts("\ud800 \udc00 \uffff \ufffe", "\ufffd \ufffd \ufffd \ufffd");

    [Test]
    public async Task Names_that_are_written_alike_are_numbered()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("a\nb", Verdict.Passed), new MadeScenario("a\r\nb", Verdict.Passed), new MadeScenario("\0", Verdict.Passed), new MadeScenario("\u2400", Verdict.Passed))]);

        Validate(await Runs.RenderAsync(stream, "junit:-")).Descendants("testcase").Select(test => test.Attribute("name")!.Value)
            .Should().Equal("a\nb", "a\nb #2", "\u2400", "\u2400 #2");
    }

    [Test]
    public async Task Attempts_before_the_last_are_Surefire_s()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("flaky", Verdict.Passed, "once", 3), new MadeScenario("bad", Verdict.Failed, "always", 2))]);

        var cases = Validate(await Runs.RenderAsync(stream, "junit:-")).Descendants("testcase").ToList();

        cases[0].Elements().Select(element => element.Name.LocalName).Should().Equal("flakyFailure", "flakyFailure");
        cases[1].Elements().Select(element => element.Name.LocalName).Should().StartWith(["failure", "rerunFailure"]);
        cases[1].Element("rerunFailure")!.Element("stackTrace")!.Value.Should().Contain("Given a step").And.Contain("always");
    }

    [Test]
    public async Task Attachments_are_where_Jenkins_finds_them()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);
        var at = stream.FindIndex(envelope => envelope.TestStepFinished is not null);
        var step = stream[at].TestStepFinished!;
        foreach (var url in new[] { "captures/s/trace.dat", "file:///var/lab/x%20y.dat", "https://lab.example/z" })
        {
            stream.Insert(at, new Envelope { ExternalAttachment = new ExternalAttachment(url, "application/octet-stream", step.TestCaseStartedId, step.TestStepId) });
        }

        var xml = await Runs.RenderAsync(stream, "junit:-", new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null, RunDirectory = "/runs/1" });

        Validate(xml).Descendants("system-out").Single().Value.Should()
            .Contain("[[ATTACHMENT|/runs/1/captures/s/trace.dat]]").And.Contain("[[ATTACHMENT|/var/lab/x y.dat]]").And.Contain("[[ATTACHMENT|https://lab.example/z]]");
    }

    [Test]
    public async Task Where_the_run_ran_is_a_property_of_every_suite()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Passed))]);
        var environment = new RunEnvironment { Place = "bench-3", Level = "L3", Kernel = new RunKernel("6.18", HostName: "bench") };
        stream.Insert(1, new Envelope { Attachment = new Attachment(environment.ToJson(), AttachmentContentEncoding.Identity, RunEnvironment.MediaType) });

        var suite = Validate(await Runs.RenderAsync(stream, "junit:-")).Descendants("testsuite").Single();

        suite.Attribute("hostname")!.Value.Should().Be("bench");
        suite.Descendants("property").Select(property => $"{property.Attribute("name")!.Value}={property.Attribute("value")!.Value}")
            .Should().Contain(["place=bench-3", "level of evidence=L3, the real machine"]);
    }

    [Test]
    public async Task Tests_that_a_program_reported_by_itself_are_cases_beside_the_scenario()
    {
        var stream = Runs.Make([new MadeFeature("f", new MadeScenario("s", Verdict.Failed, "2 failed"), new MadeScenario("s", Verdict.Passed))]);
        var at = stream.FindIndex(envelope => envelope.TestStepFinished is not null);
        var step = stream[at].TestStepFinished!;
        const string Results = """
            {"streams":[{"tests":[
              {"name":"a","verdict":"failed","subtests":[{"tests":[{"name":"x","verdict":"failed","reason":"exit=1"},{"name":"y","verdict":"passed"}]}]},
              {"name":"b","verdict":"skipped","reason":"no board"},{"name":"b","verdict":"broken"}]}]}
            """;
        stream.Insert(at, new Envelope { Attachment = new Attachment(Results, AttachmentContentEncoding.Identity, SubtestRecord.MediaType, null, step.TestCaseStartedId, step.TestStepId) });

        var suite = Validate(await Runs.RenderAsync(stream, "junit:-")).Descendants("testsuite").Single();

        suite.Elements("testcase").Select(test => test.Attribute("name")!.Value).Should().Equal("s", "s › a › x", "s › a › y", "s › b", "s › b #2", "s #2");
        ((int)suite.Attribute("tests")!, (int)suite.Attribute("failures")!, (int)suite.Attribute("errors")!, (int)suite.Attribute("skipped")!).Should().Be((6, 2, 1, 1));
        suite.Descendants("failure").Last().Attribute("message")!.Value.Should().Be("exit=1");
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("{\"streams\":[1,{\"tests\":[2,{}]}]}")]
    public void What_is_no_results_gives_none_or_broken_ones(string json) =>
        SubtestRecord.Parse(json).All(test => test.Verdict == Verdict.Broken).Should().BeTrue();

    internal static XDocument Validate(string xml)
    {
        var problems = new List<string>();
        var settings = new XmlReaderSettings { Schemas = Schema, ValidationType = ValidationType.Schema, CheckCharacters = true };
        settings.ValidationEventHandler += (_, e) => problems.Add(e.Message);
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        var document = XDocument.Load(reader);
        problems.Should().BeEmpty("of {0}", xml);
        return document;
    }

    private static XmlSchemaSet Load()
    {
        var set = new XmlSchemaSet();
        set.Add("", Path.Combine(Fixtures.Root, "..", "tests", "LabTrace.Reports.Tests", "JUnit", "junit.xsd"));
        return set;
    }
}
