using System.Runtime.ExceptionServices;
using LabTrace.Scenarios;
using NUnit.Framework;

namespace LabTrace.Acceptance;

/// <summary>Every scenario of <c>features/</c> as one test under its own name, its tags as categories.</summary>
public sealed class FeatureTests
{
    private static readonly FeatureSet Features = FeatureSet.Load(["features"], RepositoryRoot.Path);

    [Test]
    public void The_features_have_no_syntax_errors() => Assert.That(Features.Errors, Is.Empty);

    [TestCaseSource(nameof(Scenarios))]
    public async Task Scenario(ScenarioCase scenario)
    {
        var result = await AcceptanceRun.RunAsync(Features, scenario.Pickle);
        TestContext.Out.Write(result.Log);
        if (result.Error is not null)
        {
            ExceptionDispatchInfo.Throw(result.Error);
        }

        switch (result.Verdict)
        {
            case Verdict.Passed:
                return;
            case Verdict.Skipped:
                throw new IgnoreException(result.Message ?? "the scenario has nothing to check");
            case Verdict.Failed:
                throw new AssertionException(result.Message ?? "the scenario failed");
            default:
                throw new InconclusiveException(result.Message ?? "the scenario broke");
        }
    }

    public static IEnumerable<TestCaseData> Scenarios() =>
        from file in Features.Files
        from pickle in file.Pickles
        let scenario = new ScenarioCase(pickle, ExampleRow.Of(file, pickle))
        select Named(scenario);

    private static TestCaseData Named(ScenarioCase scenario)
    {
        var data = new TestCaseData(scenario).SetName(scenario.ToString());
        foreach (var tag in scenario.Pickle.Tags)
        {
            _ = data.SetCategory(tag.Name.TrimStart('@'));
        }

        return data
            .SetProperty("_CodeFilePath", Path.Combine(RepositoryRoot.Path, scenario.Pickle.Uri))
            .SetProperty("_LineNumber", scenario.Pickle.Location.Line);
    }
}
