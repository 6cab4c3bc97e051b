using LabTrace.Cli;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Gherkin;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;

namespace LabTrace.Acceptance;

/// <summary>The one run that all scenario tests belong to: the place is opened with the first of them and closed after the last.</summary>
[SetUpFixture]
public sealed class AcceptanceRun
{
    private static readonly SemaphoreSlim Opening = new(1, 1);
    private static Lab? lab;
    private static RunSession? session;
    private static MessageWriter? messages;

    /// <summary>The place: <c>LABTRACE_PLACE</c>, or the emulated one.</summary>
    private static string Place => Environment.GetEnvironmentVariable("LABTRACE_PLACE") ?? "emulated";

    public static async Task<ScenarioResult> RunAsync(FeatureSet features, Pickle pickle)
    {
        await Opening.WaitAsync();
        try
        {
            session ??= await StartAsync(features);
        }
        finally
        {
            _ = Opening.Release();
        }

        return await session.RunScenarioAsync(pickle);
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (session is not null)
        {
            var summary = await session.FinishAsync();
            await session.DisposeAsync();
            await messages!.DisposeAsync();
            await lab!.DisposeAsync();
            Assert.That(summary.Problems, Is.Empty);
        }
    }

    private static async Task<RunSession> StartAsync(FeatureSet features)
    {
        Directory.SetCurrentDirectory(RepositoryRoot.Path);
        var directory = Path.Combine("artifacts", "runs", "acceptance");
        lab = await Lab.OpenAsync(new LabOptions(Places.Find(Place), Composition.OpenTargetAsync, directory), CancellationToken.None);
        messages = MessageWriter.Create(Path.Combine(directory, "messages.ndjson"));
        var options = new RunOptions
        {
            OutputDirectory = directory,
            CollectLog = true,
            ScenarioTimeout = TimeSpan.FromMinutes(2),
            ConfigureGlobal = container => container.RegisterInstanceAs(lab),
        };
        return await new ScenarioRunner(features, BindingRegistry.Build(Composition.Steps), options).StartAsync([messages], CancellationToken.None);
    }
}
