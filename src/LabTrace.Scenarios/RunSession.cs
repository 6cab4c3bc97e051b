using System.Collections.Concurrent;
using LabTrace.Gherkin;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using LabTrace.Scenarios.Running;

namespace LabTrace.Scenarios;

/// <summary>A run under way: started, its scenarios run one by one, finished.</summary>
public sealed class RunSession : IAsyncDisposable
{
    private readonly RunState _run;
    private readonly bool _tellsWorkers;
    private readonly PlanBuilder _plans;
    private readonly Dictionary<Pickle, ScenarioPlan> _planned = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentBag<Lane> _idle = [];
    private readonly List<Lane> _lanes = [];
    private readonly long _start;
    private ScenarioPlan[] _order = [];
    private RunSummary? _summary;
    private Exception? _startError;
    private int _next = -1;
    private volatile bool _stops;

    internal RunSession(
        FeatureSet features,
        BindingRegistry bindings,
        RunOptions options,
        ReqnrollSettings settings,
        IReadOnlyList<IRunSink> sinks,
        bool tellsWorkers,
        CancellationToken cancellationToken)
    {
        _run = new RunState(features, bindings, options, settings, sinks) { Token = cancellationToken };
        _tellsWorkers = tellsWorkers;
        _start = _run.Clock.Stamp();
        Scenarios = Select(features, options);
        _plans = new PlanBuilder(_run);
    }

    /// <summary>The selected scenarios in the order they are to run.</summary>
    public IReadOnlyList<Pickle> Scenarios { get; }

    /// <summary>Whether scenarios can run: no feature or binding is in error, and no [BeforeTestRun] hook failed.</summary>
    public bool CanRun { get; private set; }

    private bool HasErrors => _run.Features.Errors.Count > 0 || _run.Bindings.Errors.Count > 0;

    /// <summary>Runs a scenario with all its attempts.</summary>
    /// <exception cref="ArgumentException">It is not one of <see cref="Scenarios"/>.</exception>
    /// <exception cref="InvalidOperationException">No scenario can run: <see cref="CanRun"/> is false, or the session is finished.</exception>
    public async Task<ScenarioResult> RunScenarioAsync(Pickle pickle)
    {
        ArgumentNullException.ThrowIfNull(pickle);
        if (!CanRun || _summary is not null)
        {
            throw new InvalidOperationException(WhyNot() ?? "the run is finished");
        }

        if (!_planned.TryGetValue(pickle, out var plan))
        {
            throw new ArgumentException($"scenario '{pickle.Name}' is not selected", nameof(pickle));
        }

        var lane = TakeLane();
        try
        {
            ScenarioResult? result = null;
            ScenarioPlan? waiting = plan;
            await DriveAsync(lane, () => Interlocked.Exchange(ref waiting, null), ended => result = ended);
            return result!;
        }
        finally
        {
            _idle.Add(lane);
        }
    }

    /// <summary>Ends the features and the run, and closes the stream with its last message. Called again, it gives the same summary.</summary>
    /// <param name="error">What broke the run outside of it, or null.</param>
    public async Task<RunSummary> FinishAsync(Exception? error = null)
    {
        if (_summary is not null)
        {
            return _summary;
        }

        if (error is not null)
        {
            _run.AddProblem("the run", error);
        }

        error ??= _startError;
        if (!HasErrors && _startError is null && Scenarios.Count > 0)
        {
            await EndRunAsync();
        }

        var end = _run.Clock.Stamp();
        var before = Summarize(end);
        await _run.Stream.WriteAsync(new Envelope
        {
            TestRunFinished = new TestRunFinished(
                before.Success,
                _run.Clock.At(end),
                error?.Message ?? WhyNot(),
                error is null ? null : Outcome.ToMessage(error),
                _run.Id),
        });

        // The last message may have been the one the disk had no room for.
        return _summary = Summarize(end);
    }

    /// <summary>Finishes the run if that was not done.</summary>
    public async ValueTask DisposeAsync()
    {
        await FinishAsync();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }

        _run.Stream.Dispose();
    }

    /// <summary>Writes the stream up to the first scenario and runs the [BeforeTestRun] hooks.</summary>
    internal async Task BeginAsync()
    {
        await new RunPreamble(_run).WriteAsync(Scenarios);
        if (HasErrors || Scenarios.Count == 0)
        {
            return;
        }

        try
        {
            _run.Options.ConfigureGlobal?.Invoke(_run.Container);
        }
        catch (Exception error)
        {
            _startError = error;
            _run.AddProblem("setting up the run", error);
            return;
        }

        var lane = TakeLane();
        var hooks = new HookSequence(
            _run, _run.HooksOf(HookKind.BeforeTestRun, null), lane.ContainerOf(_run), isCleanup: false, stopsAtFirstError: false);
        if (!_run.Options.DryRun)
        {
            await lane.RunAsync(generation => hooks.DriveAsync(lane, generation));
        }

        _idle.Add(lane);
        _run.AddProblemOf(hooks);
        if (hooks.Outcome.Status == TestStepResultStatus.Failed)
        {
            return;
        }

        _order = [.. Scenarios.Select(_plans.Build)];
        foreach (var plan in _order)
        {
            _planned[plan.Pickle] = plan;
            await _run.Stream.WriteAsync(new Envelope { TestCase = plan.TestCase });
        }

        CanRun = true;
    }

    /// <summary>Runs all scenarios on as many lanes as the options say.</summary>
    internal async Task RunAllAsync()
    {
        var lanes = new Lane[Math.Min(_run.Options.Parallel, Math.Max(1, _order.Length))];
        var driven = new Task[lanes.Length];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = TakeLane();
            driven[i] = DriveAsync(lanes[i], TakeNext, OnEnded, isLong: true);
        }

        await Task.WhenAll(driven);
        foreach (var lane in lanes)
        {
            _idle.Add(lane);
        }
    }

    private static Pickle[] Select(FeatureSet features, RunOptions options)
    {
        var tags = options.Tags is { Length: > 0 } text ? TagExpression.Parse(text) : null;
        Pickle[] selected =
        [
            .. features.Pickles.Where(pickle =>
                (tags is null || tags.Evaluate([.. pickle.Tags.Select(tag => tag.Name)]))
                && (options.Name is null || options.Name.IsMatch(pickle.Name))
                && (options.Only is null || options.Only.Contains(features.IdOf(pickle)))),
        ];
        selected = options.Shard?.Take(selected) ?? selected;
        options.Order.Apply(selected);
        return selected;
    }

    private ScenarioPlan? TakeNext()
    {
        if (_stops || _run.IsInterrupted)
        {
            return null;
        }

        var next = Interlocked.Increment(ref _next);
        return next < _order.Length ? _order[next] : null;
    }

    private void OnEnded(ScenarioResult result)
    {
        var stopsAtFirst = _run.Options.FailFast || _run.Settings.StopAtFirstError;
        if (stopsAtFirst && result.Verdict is Verdict.Failed or Verdict.Broken)
        {
            _stops = stopsAtFirst;
        }
    }

    private Task DriveAsync(Lane lane, Func<ScenarioPlan?> next, Action<ScenarioResult> ended, bool isLong = false)
    {
        ScenarioExecution? current = null;
        return lane.RunAsync(DriveAsync, isLong);

        async Task DriveAsync(int generation)
        {
            while (true)
            {
                if (current is null)
                {
                    if (next() is not { } plan)
                    {
                        return;
                    }

                    current = new ScenarioExecution(_run, plan, attempt: 0, _tellsWorkers);
                }

                if (!await current.DriveAsync(lane, generation))
                {
                    return;
                }

                if (current.WillBeRetried)
                {
                    current = new ScenarioExecution(_run, current.Plan, current.Attempt + 1, _tellsWorkers);
                    continue;
                }

                var result = current.Result();
                current = null;
                _run.Complete(result);
                ended(result);
            }
        }
    }

    private Lane TakeLane()
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        lock (_lanes)
        {
            var lane = new Lane(_lanes.Count, _run.Options.Time, _run.Options.Grace, _run.Token);
            _lanes.Add(lane);
            return lane;
        }
    }

    private async Task EndRunAsync()
    {
        // The lane that ran the [BeforeTestRun] hooks: what they injected is still there.
        var lane = _lanes[0];
        foreach (var feature in _plans.Features)
        {
            if (feature.TryClaimEnd())
            {
                var ending = _run.EndingHooksOf(feature);
                await lane.RunAsync(generation => ending.DriveAsync(lane, generation));
                await _run.EndFeatureAsync(feature, ending);
            }
        }

        if (!_run.Options.DryRun)
        {
            var hooks = new HookSequence(
                _run, _run.HooksOf(HookKind.AfterTestRun, null), lane.ContainerOf(_run), isCleanup: true, stopsAtFirstError: false);
            await lane.RunAsync(generation => hooks.DriveAsync(lane, generation));
            _run.AddProblemOf(hooks);
        }

        try
        {
            foreach (var used in _lanes)
            {
                await used.CloseAsync();
            }

            await _run.Container.DisposeAsync();
        }
        catch (Exception error)
        {
            _run.AddProblem("disposing of the run's objects", error);
        }
    }

    private string? WhyNot()
    {
        string[] problems =
        [
            .. _run.Features.Errors.Select(error => error.ToString()),
            .. _run.Bindings.Errors.Select(error => error.ToString()),
            .. _run.Problems.Concat(_run.Stream.Problems).Select(problem => $"{problem.What}: {problem.Error.Message}"),
        ];
        return problems.Length == 0 ? _run.IsInterrupted ? "the run was interrupted" : null : string.Join('\n', problems);
    }

    private RunSummary Summarize(long end)
    {
        lock (_run.Results)
        {
            return new RunSummary
            {
                Scenarios = [.. _run.Results],
                NotRun = Scenarios.Count - _run.Results.Count,
                FeatureErrors = _run.Features.Errors,
                BindingErrors = _run.Bindings.Errors,
                Problems = [.. _run.Problems, .. _run.Stream.Problems],
                Interrupted = _run.IsInterrupted,
                NothingSelected = Scenarios.Count == 0 && !HasErrors,
                Duration = _run.Clock.Between(_start, end),
            };
        }
    }
}
