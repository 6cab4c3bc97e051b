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
    private static readonly Lazy<Task<BindingRegistry>> Bindings =
        new(() => Task.Run(() => BindingRegistry.Build([.. Composition.LoadSteps(StepFiles)])));
    private static Lab? lab;
    private static RunSession? session;
    private static MessageWriter? messages;

    /// <summary>The place: <c>LABTRACE_PLACE</c>, or the emulated one.</summary>
    private static string Place => Environment.GetEnvironmentVariable("LABTRACE_PLACE") ?? "emulated";

    /// <summary>The features: <c>LABTRACE_FEATURES</c>, paths separated by colons, or <c>features/</c>.</summary>
    public static string[] FeaturePaths => Paths("LABTRACE_FEATURES") is { Length: > 0 } paths ? paths : ["features"];

    /// <summary>The settings of <c>reqnroll.json</c> beside the features, if there is one.</summary>
    public static ReqnrollSettings Settings { get; } = ReqnrollSettings.Load(RepositoryRoot.Path);

    private static string[] StepFiles => [.. Paths("LABTRACE_STEPS").Select(file => Path.GetFullPath(file, RepositoryRoot.Path))];

    /// <summary>Begins to look for step definitions: while NUnit looks for tests there is time.</summary>
    public static void Prepare() => _ = Bindings.Value;

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

        return Redacted(await session.RunScenarioAsync(pickle));
    }

    /// <summary>What NUnit writes into its reports has no secrets either; an exception that has one is told by its text.</summary>
    private static ScenarioResult Redacted(ScenarioResult result)
    {
        var redactor = SecretRedactor.Process;
        var error = result.Error?.ToString() ?? "";
        return result with
        {
            Log = redactor.Redact(result.Log),
            Message = result.Message is null ? null : redactor.Redact(result.Message),
            Error = redactor.Redact(error) is var redacted && redacted == error ? result.Error : new AssertionException(redacted),
        };
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (session is not null)
        {
            var summary = await session.FinishAsync();
            await session.DisposeAsync();
            await messages!.DisposeAsync();
            if (lab is not null)
            {
                await lab.DisposeAsync();
            }

            Assert.That(summary.Problems, Is.Empty);
        }
    }

    private static async Task<RunSession> StartAsync(FeatureSet features)
    {
        Directory.SetCurrentDirectory(RepositoryRoot.Path);
        SecretRedactor.Process.AddEnvironment(Environment.GetEnvironmentVariables());
        var directory = Path.Combine("artifacts", "runs", "acceptance");

        // The place is opened while the run's first messages are written.
        var opening = Task.Run(() => Lab.OpenAsync(new LabOptions(Places.Find(Place), Composition.OpenTargetAsync, directory), CancellationToken.None));
        messages = MessageWriter.Create(Path.Combine(directory, "messages.ndjson"));
        var options = new RunOptions
        {
            OutputDirectory = directory,
            CollectLog = true,
            Redact = SecretRedactor.Process.Redact,
            ScenarioTimeout = TimeSpan.FromMinutes(2),
            ConfigureGlobal = container => container.RegisterInstanceAs(lab = opening.GetAwaiter().GetResult()),
        };
        return await new ScenarioRunner(features, await Bindings.Value, options, Settings).StartAsync([messages], CancellationToken.None);
    }

    private static string[] Paths(string variable) =>
        (Environment.GetEnvironmentVariable(variable) ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
