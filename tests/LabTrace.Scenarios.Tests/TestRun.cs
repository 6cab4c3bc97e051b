using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Tests;

/// <summary>Runs a feature text against binding classes and keeps all there is to look at.</summary>
internal sealed class TestRun : IRunSink
{
    private TestRun()
    {
    }

    public List<Envelope> Messages { get; } = [];

    public RunSummary Summary { get; private set; } = null!;

    public ScenarioResult Only => Summary.Scenarios.Single();

    public IEnumerable<TestStepResultStatus> Statuses =>
        Messages.Where(message => message.TestStepFinished is not null).Select(message => message.TestStepFinished!.TestStepResult.Status);

    public IEnumerable<string> Kinds => Messages.Select(KindOf);

    public static Task<TestRun> OfAsync(string feature, params Type[] bindings) => OfAsync(feature, new RunOptions(), bindings);

    public static async Task<TestRun> OfAsync(string feature, RunOptions options, params Type[] bindings)
    {
        using var never = new CancellationTokenSource();
        return await OfAsync(FeatureSet.Parse(("test.feature", feature)), options, never.Token, bindings);
    }

    public static async Task<TestRun> OfAsync(FeatureSet features, RunOptions options, CancellationToken token, params Type[] bindings)
    {
        var run = new TestRun();
        var runner = new ScenarioRunner(features, BindingRegistry.BuildFrom(bindings), options);
        run.Summary = await runner.RunAsync([run], token);
        return run;
    }

    public static string KindOf(Envelope envelope)
    {
        var set = typeof(Envelope).GetProperties().Single(property => property.GetValue(envelope) is not null && property.Name != "EqualityContract");
        return char.ToLowerInvariant(set.Name[0]) + set.Name[1..];
    }

    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        Messages.Add(envelope);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
