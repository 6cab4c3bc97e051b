using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Reports;
using LabTrace.Scenarios.Messages;
using Location = LabTrace.Gherkin.Ast.Location;

namespace LabTrace.Browser.Tests;

/// <summary>A report of a run that never was, from scenarios that say how they end.</summary>
internal sealed class MadeReport
{
    private readonly List<Envelope> _announced = [];
    private readonly List<Envelope> _cases = [];
    private readonly List<Envelope> _run = [];
    private int _ids;
    private int _time;

    /// <summary>Adds a feature.</summary>
    public MadeReport Feature(string uri, string name, params MadeScenario[] scenarios)
    {
        var children = new List<FeatureChild>();
        var pickles = new List<Envelope>();
        for (var i = 0; i < scenarios.Length; i++)
        {
            Add(uri, scenarios[i], line: 3 + (i * 8), children, pickles);
        }

        var feature = new Feature(new Location(1, 1), [], "en", "Feature", name, "", children);
        _announced.Add(new Envelope { GherkinDocument = new GherkinDocument(uri, feature, []) });
        _announced.AddRange(pickles);
        return this;
    }

    /// <summary>Writes the report.</summary>
    public async Task<string> WriteAsync(string path)
    {
        var sink = ReportCatalog.Parse("html:" + path).Open(new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null });
        await using (sink)
        {
            foreach (var envelope in Stream())
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
        }

        return path;
    }

    private IEnumerable<Envelope> Stream() =>
    [
        .. _announced,
        new Envelope { TestRunStarted = new TestRunStarted(new Timestamp(1_790_000_000, 0), "run") },
        .. _cases,
        .. _run,
        new Envelope { TestRunFinished = new TestRunFinished(Success: false, At(), TestRunStartedId: "run") },
    ];

    private void Add(string uri, MadeScenario made, int line, List<FeatureChild> children, List<Envelope> pickles)
    {
        var scenarioId = Id();
        var steps = made.Steps.Select((step, i) => new Step(new Location(line + 1 + i, 5), step.Keyword, StepKeywordType.Context, step.Text, null, null, Id())).ToList();
        children.Add(new FeatureChild(Scenario: new Scenario(new Location(line, 3), [], "Scenario", made.Name, "", steps, [], scenarioId)));
        var pickleSteps = steps.Select(step => new PickleStep(Id(), step.Text, PickleStepType.Context, null, [step.Id])).ToList();
        var pickle = new Pickle(Id(), uri, new Location(line, 3), made.Name, "en", pickleSteps, [.. made.Tags.Select(tag => new PickleTag(tag, Id()))], [scenarioId]);
        var testSteps = pickleSteps.Select(step => new TestStep(Id(), PickleStepId: step.Id)).ToList();
        var testCase = new TestCase(Id(), pickle.Id, testSteps);
        pickles.Add(new Envelope { Pickle = pickle });
        _cases.Add(new Envelope { TestCase = testCase });
        for (var attempt = 0; attempt < made.Attempts; attempt++)
        {
            Run(testCase, made, attempt);
        }
    }

    private void Run(TestCase testCase, MadeScenario made, int attempt)
    {
        var started = Id();
        var isLast = attempt == made.Attempts - 1;
        _run.Add(new Envelope { TestCaseStarted = new TestCaseStarted(started, testCase.Id, At(), attempt) });
        for (var i = 0; i < testCase.TestSteps.Count; i++)
        {
            var result = isLast ? made.Steps[i].Result : MadeStep.Failing("not at the first attempt").Result;
            var id = testCase.TestSteps[i].Id;
            _run.Add(new Envelope { TestStepStarted = new TestStepStarted(started, id, At()) });
            _run.AddRange(made.Steps[i].Attachments.Select(attachment => new Envelope { Attachment = attachment with { TestCaseStartedId = started, TestStepId = id } }));
            _run.AddRange(made.Steps[i].Links.Select(link => new Envelope { ExternalAttachment = new ExternalAttachment(link, "application/octet-stream", started, id) }));
            _run.Add(new Envelope { TestStepFinished = new TestStepFinished(started, id, result, At()) });
        }

        _run.Add(new Envelope { TestCaseFinished = new TestCaseFinished(started, At(), !isLast) });
    }

    private string Id() => (++_ids).ToString();

    private Timestamp At() => new(1_790_000_000 + (++_time / 1000), _time % 1000 * 1_000_000);
}

/// <summary>A scenario of a made report.</summary>
internal sealed record MadeScenario(string Name, params MadeStep[] Steps)
{
    public string[] Tags { get; init; } = [];

    public int Attempts { get; init; } = 1;
}

/// <summary>A step of a made report.</summary>
internal sealed record MadeStep(string Keyword, string Text, TestStepResult Result)
{
    public Attachment[] Attachments { get; init; } = [];

    public string[] Links { get; init; } = [];

    public static MadeStep Passing(string text = "something holds") => new("Then ", text, new TestStepResult(TestStepResultStatus.Passed, new Duration(0, 1_200_000)));

    public static MadeStep Failing(string message, string text = "something holds") => new(
        "Then ",
        text,
        new TestStepResult(
            TestStepResultStatus.Failed, new Duration(0, 3_400_000), message, new ExceptionMessage("NUnit.Framework.AssertionException", message, "   at A.B() in C.cs:line 1")));
}
