using LabTrace.Gherkin;
using LabTrace.Scenarios;
using NUnit.Framework;

namespace LabTrace.Acceptance;

/// <summary>Every scenario as one test under its feature's and its own name, its tags as categories.</summary>
[Features]
public sealed class FeatureTests
{
    public async Task Scenario(FeatureSet features, Pickle pickle)
    {
        var result = await AcceptanceRun.RunAsync(features, pickle);
        TestContext.Out.Write(result.Log);
        NUnitOutcome.Report(result, AcceptanceRun.Settings);
    }
}
