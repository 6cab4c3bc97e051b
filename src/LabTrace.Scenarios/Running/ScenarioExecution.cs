using System.Diagnostics.CodeAnalysis;
using LabTrace.Scenarios.Messages;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>One attempt at a scenario: its hooks and steps one after another, each watched by the lane.</summary>
/// <remarks>
/// The place it stands at is kept in fields, so that another thread can go on when a step hangs. Whoever gets false from
/// <see cref="Lane.TryEnd"/> has lost the execution and returns without touching it.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The container and context end with the last unit; the token source holds no timer.")]
internal sealed partial class ScenarioExecution
{
    private readonly RunState _run;
    private readonly ScenarioPlan _plan;
    private readonly int _attempt;
    private readonly bool _tellsWorker;
    private readonly string _startedId;
    private readonly UserCode _code = new();
    private readonly ScenarioLog? _log;
    private ScenarioOutput _output = null!;
    private ObjectContainer _container = null!;
    private ScenarioContext _context = null!;
    private CancellationTokenSource? _cancellation;
    private HookSequence? _featureHooks;
    private Phase _phase = Phase.Feature;
    private int _at;
    private bool _disposing;
    private Outcome _beforeDisposal = Outcome.Passed;
    private Outcome? _notRun;
    private long _start;
    private long _unitStart;
    private long _deadline = long.MaxValue;

    public ScenarioExecution(RunState run, ScenarioPlan plan, int attempt, bool tellsWorker)
    {
        _run = run;
        _plan = plan;
        _attempt = attempt;
        _tellsWorker = tellsWorker;
        _startedId = run.Ids.Next();
        _log = run.Options.CollectLog ? new ScenarioLog(plan) : null;
    }

    private enum Phase
    {
        Feature,
        Units,
        FeatureEnd,
        Done,
    }

    public ScenarioPlan Plan => _plan;

    public int Attempt => _attempt;

    public bool WillBeRetried { get; private set; }

    /// <summary>Goes on from where the execution stands.</summary>
    /// <returns>False when it was left behind: another thread goes on.</returns>
    public async ValueTask<bool> DriveAsync(Lane lane, int generation)
    {
        if (_phase == Phase.Feature)
        {
            if (!await StartFeatureAsync(lane, generation))
            {
                return false;
            }

            await StartAsync(lane);
        }

        if (_phase == Phase.Units && !await RunUnitsAsync(lane, generation))
        {
            return false;
        }

        if (_phase == Phase.FeatureEnd)
        {
            if (_featureHooks is not null && !await _featureHooks.DriveAsync(lane, generation))
            {
                return false;
            }

            if (_featureHooks is not null)
            {
                await _run.EndFeatureAsync(_plan.Feature, _featureHooks);
            }

            _phase = Phase.Done;
        }

        return true;
    }

    private async ValueTask<bool> StartFeatureAsync(Lane lane, int generation)
    {
        var feature = _plan.Feature;
        if (_run.Options.DryRun || _plan.IsIgnored)
        {
            return true;
        }

        if (_featureHooks is not null || feature.TryClaimStart())
        {
            feature.Container.RegisterInstanceAs(lane.ContextOf(_run));
            _featureHooks ??= new HookSequence(_run, feature.Before, feature.Container, isCleanup: false, stopsAtFirstError: true, feature);
            if (!await _featureHooks.DriveAsync(lane, generation))
            {
                return false;
            }

            feature.SetStarted(_featureHooks.Outcome, _featureHooks.Culprit);
            _featureHooks = null;
        }

        _notRun = NotRun(feature, await feature.Started);
        return true;
    }

    private static Outcome? NotRun(FeatureRun feature, Outcome started)
    {
        switch (started.Status)
        {
            case TestStepResultStatus.Passed:
                return null;
            case TestStepResultStatus.Skipped:
                return started;
            default:
                var error = started.Error!;
                var message = $"not run: {feature.Culprit} failed: {error.Message}";
                return new Outcome(TestStepResultStatus.Failed, message, new FeatureHookException(message, error));
        }
    }

    private async ValueTask StartAsync(Lane lane)
    {
        _start = _run.Clock.Stamp();
        _phase = Phase.Units;
        if (_run.Options.ScenarioTimeout is { } limit)
        {
            _deadline = lane.After(limit);
        }

        var info = new Envelope
        {
            TestCaseStarted = new TestCaseStarted(
                _startedId, _plan.TestCase.Id, _run.Clock.At(_start), _attempt, _tellsWorker ? Number(lane.Number) : null),
        };
        await _run.Stream.WriteAsync(info);
        OpenContainer(lane);
    }

    private void OpenContainer(Lane lane)
    {
        var feature = _plan.Feature;
        _container = new ObjectContainer([feature.Container, lane.ContainerOf(_run), _run.Container]);
        _output = _run.NewOutput(keepsLines: _log is not null);
        var place = feature.File.PlaceOf(_plan.Pickle);
        _context = new ScenarioContext(ScenarioInfos.Of(_plan.Pickle, place, feature.Info), ScenarioInfos.RuleOf(place), _container);
        _cancellation = new CancellationTokenSource();
        _container.RegisterInstanceAs(_context);
        _container.RegisterInstanceAs<IScenarioContext>(_context);
        _container.RegisterInstanceAs(_context.ScenarioInfo);
        _container.RegisterInstanceAs(lane.ContextOf(_run));
        _container.RegisterInstanceAs(_output);
        _container.RegisterInstanceAs<IReqnrollOutputHelper>(_output);
        _container.RegisterInstanceAs(_cancellation);
        _container.RegisterInstanceAs<ITestRunner>(new StepCaller(this, lane));
        _container.ObjectCreated += OnObjectCreated;
        _code.Run(() =>
        {
            ScenarioContext.Current = _context;
            FeatureContext.Current = feature.Context;
        });
    }

    private void OnObjectCreated(object made)
    {
        if (made is IContainerDependentObject dependent)
        {
            dependent.SetObjectContainer(_container);
        }
    }

    private async ValueTask<bool> RunUnitsAsync(Lane lane, int generation)
    {
        if (lane.TakeLeftBehind() is { } left)
        {
            _code.Abandon();
            if (!await EndUnitAsync(lane, generation, Interruptions.ToOutcome(left, Describe())))
            {
                return false;
            }
        }

        while (_at < _plan.UnitCount)
        {
            var outcome = await BeginUnitAsync();
            if (outcome is null)
            {
                var (limit, deadline, isCleanup) = LimitsOfUnit();
                lane.Begin(limit, deadline, _run.Options.ScenarioTimeout ?? default, isCleanup, _cancellation);
                outcome = await InvokeUnitAsync();
                if (!lane.TryEnd(generation, out var interruption))
                {
                    return false;
                }

                if (interruption is not null)
                {
                    outcome = Interruptions.ToOutcome(interruption, Describe());
                }
            }

            if (!await EndUnitAsync(lane, generation, outcome))
            {
                return false;
            }
        }

        await FinishAsync();
        return true;
    }

    /// <summary>Ends the attempt in the stream, and finds out whether the feature ends with it.</summary>
    private async ValueTask FinishAsync()
    {
        if (_plan.UnitCount == 0 && _notRun is { } notRun)
        {
            Decide(notRun, notRun.ToResult(default));
        }

        var end = _run.Clock.Stamp();
        WillBeRetried = _decidingStatus == TestStepResultStatus.Failed && _attempt < _run.Options.Retry && !_run.IsInterrupted && _notRun is null;
        await _run.Stream.WriteAsync(new Envelope { TestCaseFinished = new TestCaseFinished(_startedId, _run.Clock.At(end), WillBeRetried) });
        _context.Dispose();
        _duration = _run.Clock.Between(_start, end);
        if (WillBeRetried)
        {
            _phase = Phase.Done;
            return;
        }

        _phase = Phase.FeatureEnd;
        if (_plan.Feature.EndOne())
        {
            _featureHooks = _run.EndingHooksOf(_plan.Feature);
        }
    }

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
