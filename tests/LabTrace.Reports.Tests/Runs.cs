using System.Globalization;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests;

/// <summary>Makes message streams of runs that never were.</summary>
internal static class Runs
{
    private static readonly Product Nobody = new("test");

    /// <summary>The whole stream of a run; test cases run feature by feature unless shuffled.</summary>
    public static List<Envelope> Make(IReadOnlyList<MadeFeature> features, Random? shuffle = null, bool finishes = true)
    {
        var stream = new List<Envelope> { new() { Meta = new Meta("30.0.0", Nobody, Nobody, Nobody, Nobody) } };
        var toRun = new List<(string TestCaseId, MadeScenario Scenario)>();
        var announced = new List<Envelope>();
        for (var f = 0; f < features.Count; f++)
        {
            Announce(features[f], f, stream, announced, toRun);
        }

        stream.Add(new Envelope { TestRunStarted = new TestRunStarted(At(0), "run") });
        stream.AddRange(announced);
        var order = toRun.ToArray();
        shuffle?.Shuffle(order);
        var time = 0;
        foreach (var (testCaseId, scenario) in order.Where(item => item.Scenario.Verdict is not null))
        {
            Run(testCaseId, scenario, stream, ref time);
        }

        if (finishes)
        {
            var success = toRun.TrueForAll(item => item.Scenario.Verdict is Verdict.Passed or Verdict.Skipped);
            stream.Add(new Envelope { TestRunFinished = new TestRunFinished(success, At(++time), TestRunStartedId: "run") });
        }

        return stream;
    }

    public static async Task<string> RenderAsync(IEnumerable<Envelope> stream, string kind, ReportContext? context = null)
    {
        await using var writer = new StringWriter { NewLine = "\n" };
        var sink = ReportCatalog.Parse(kind).Open((context ?? new ReportContext { Out = writer, Console = writer }) with { Out = writer, Console = writer });
        await using (sink)
        {
            foreach (var envelope in stream)
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
        }

        return writer.ToString();
    }

    public static Timestamp At(int milliseconds) => new(milliseconds / 1000, milliseconds % 1000 * 1_000_000);

    private static void Announce(
        MadeFeature feature, int number, List<Envelope> stream, List<Envelope> announced, List<(string TestCaseId, MadeScenario Scenario)> toRun)
    {
        var uri = string.Create(CultureInfo.InvariantCulture, $"features/f{number}.feature");
        var children = new List<FeatureChild>();
        var pickles = new List<Envelope>();
        for (var s = 0; s < feature.Scenarios.Length; s++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{number}.{s}");
            var name = feature.Scenarios[s].Name;
            var line = 3 + (3 * s);
            var step = new Step(new Location(line + 1, 5), "Given ", StepKeywordType.Context, "a step", null, null, $"step {id}");
            children.Add(new FeatureChild(Scenario: new Scenario(new Location(line, 3), [], "Scenario", name, "", [step], [], $"scenario {id}")));
            var pickleStep = new PickleStep($"pickle step {id}", "a step", PickleStepType.Context, null, [step.Id]);
            var pickle = new Pickle($"pickle {id}", uri, new Location(line, 3), name, "en", [pickleStep], [], [$"scenario {id}"]);
            pickles.Add(new Envelope { Pickle = pickle });
            announced.Add(new Envelope { TestCase = new TestCase($"case {id}", pickle.Id, [new TestStep($"test step {id}", PickleStepId: pickleStep.Id)]) });
            toRun.Add(($"case {id}", feature.Scenarios[s]));
        }

        var document = new GherkinDocument(uri, new Feature(new Location(1, 1), [], "en", "Feature", feature.Name, "", children), []);
        stream.Add(new Envelope { GherkinDocument = document });
        stream.AddRange(pickles);
    }

    private static void Run(string testCaseId, MadeScenario scenario, List<Envelope> stream, ref int time)
    {
        for (var attempt = 0; attempt < scenario.Attempts; attempt++)
        {
            var isLast = attempt + 1 == scenario.Attempts;
            var startedId = string.Create(CultureInfo.InvariantCulture, $"{testCaseId} attempt {attempt}");
            var testStepId = testCaseId.Replace("case", "test step");
            var result = ResultOf(isLast ? scenario.Verdict!.Value : Verdict.Failed, scenario.Message);
            stream.Add(new Envelope { TestCaseStarted = new TestCaseStarted(startedId, testCaseId, At(++time), attempt) });
            stream.Add(new Envelope { TestStepStarted = new TestStepStarted(startedId, testStepId, At(++time)) });
            stream.Add(new Envelope { TestStepFinished = new TestStepFinished(startedId, testStepId, result, At(++time)) });
            stream.Add(new Envelope { TestCaseFinished = new TestCaseFinished(startedId, At(++time), !isLast) });
        }
    }

    private static TestStepResult ResultOf(Verdict verdict, string message) => verdict switch
    {
        Verdict.Passed => new TestStepResult(TestStepResultStatus.Passed, new Duration(0, 1_000_000)),
        Verdict.Skipped => new TestStepResult(TestStepResultStatus.Skipped, new Duration(0, 1_000_000), message),
        Verdict.Failed => new TestStepResult(
            TestStepResultStatus.Failed, new Duration(0, 1_000_000), message, new ExceptionMessage("NUnit.Framework.AssertionException", message)),
        _ => new TestStepResult(
            TestStepResultStatus.Failed, new Duration(0, 1_000_000), message, new ExceptionMessage("System.IO.IOException", message)),
    };
}
