using LabTrace.Scenarios.Bindings;

namespace LabTrace.Scenarios;

/// <summary>Runs scenarios: all at once with <see cref="RunAsync"/>, or one by one with <see cref="StartAsync"/>.</summary>
/// <remarks>
/// <code>
/// var features = FeatureSet.Load(paths);
/// var bindings = BindingRegistry.Build(typeof(TraceSteps).Assembly);
/// var runner = new ScenarioRunner(features, bindings, new RunOptions { Tags = "not @slow", OutputDirectory = "artifacts/runs/1" });
/// await using var messages = MessageWriter.Create("artifacts/runs/1/messages.ndjson");
/// var summary = await runner.RunAsync([messages, console], cancellationToken);
/// </code>
/// Steps find a <see cref="CancellationTokenSource"/> in the scenario's container that is cancelled when they are to stop; ask for
/// it when it is needed, as clean-up hooks get a fresh one. Steps inject <see cref="Reqnroll.IReqnrollOutputHelper"/> to write into
/// the report; an assertion leaves evidence under <see cref="ScenarioOutput.EvidenceKey"/> in its exception's data.
/// </remarks>
public sealed class ScenarioRunner
{
    private readonly FeatureSet _features;
    private readonly BindingRegistry _bindings;
    private readonly RunOptions _options;
    private readonly ReqnrollSettings _settings;

    /// <summary>Prepares runs.</summary>
    /// <param name="features">What to run.</param>
    /// <param name="bindings">The step code.</param>
    /// <param name="options">How.</param>
    /// <param name="settings">Those of reqnroll.json, or null for its defaults.</param>
    public ScenarioRunner(FeatureSet features, BindingRegistry bindings, RunOptions options, ReqnrollSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallel, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Retry, nameof(options));
        _features = features;
        _bindings = bindings;
        _options = options;
        _settings = settings ?? new ReqnrollSettings();
    }

    /// <summary>Runs all selected scenarios and ends the stream, also when the run is cancelled.</summary>
    /// <param name="sinks">Take the message stream; the caller disposes of them.</param>
    /// <param name="cancellationToken">Stops the running steps; their scenarios' clean-up still runs, further scenarios do not.</param>
    /// <exception cref="LabTrace.Gherkin.TagExpressionException">The tag expression is none.</exception>
    public async Task<RunSummary> RunAsync(IReadOnlyList<IRunSink> sinks, CancellationToken cancellationToken)
    {
        await using var session = new RunSession(_features, _bindings, _options, _settings, sinks, tellsWorkers: _options.Parallel > 1, cancellationToken);
        try
        {
            await session.BeginAsync();
            await session.RunAllAsync();
            return await session.FinishAsync();
        }
        catch (Exception error)
        {
            // An error of the engine itself: the stream is ended all the same, and says so.
            return await session.FinishAsync(error);
        }
    }

    /// <summary>Starts a run whose scenarios the caller runs one by one, in any order and from any thread (as NUnit does).</summary>
    /// <param name="sinks">Take the message stream; the caller disposes of them.</param>
    /// <param name="cancellationToken">Stops the running steps.</param>
    /// <exception cref="LabTrace.Gherkin.TagExpressionException">The tag expression is none.</exception>
    public async Task<RunSession> StartAsync(IReadOnlyList<IRunSink> sinks, CancellationToken cancellationToken)
    {
        var session = new RunSession(_features, _bindings, _options, _settings, sinks, tellsWorkers: true, cancellationToken);
        await session.BeginAsync();
        return session;
    }
}
