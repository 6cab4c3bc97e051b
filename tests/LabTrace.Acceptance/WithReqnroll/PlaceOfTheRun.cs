using LabTrace.Cli;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using Reqnroll;

namespace LabTrace.Acceptance;

/// <summary>Opens the place for Reqnroll's run, as <c>AcceptanceRun</c> does for ours.</summary>
[Binding]
public static class PlaceOfTheRun
{
    private static Lab? lab;

    [BeforeTestRun(Order = 0)]
    public static async Task OpenAsync(ITestRunContext run)
    {
        Directory.SetCurrentDirectory(RepositoryRoot.Path);
        var place = Places.Find(Environment.GetEnvironmentVariable("LABTRACE_PLACE") ?? "emulated");
        lab = await Lab.OpenAsync(
            new LabOptions(place, Composition.OpenTargetAsync, Path.Combine("artifacts", "runs", "reqnroll")), CancellationToken.None);
        run.TestRunContainer.RegisterInstanceAs(lab);
    }

    [AfterTestRun(Order = int.MaxValue)]
    public static async Task CloseAsync()
    {
        if (lab is not null)
        {
            await lab.DisposeAsync();
        }
    }
}
