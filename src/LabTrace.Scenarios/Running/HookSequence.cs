using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>Runs the hooks of a run or feature one after another, and goes on behind one that hangs.</summary>
internal sealed class HookSequence(
    RunState run, Hook[] hooks, ObjectContainer container, bool isCleanup, bool stopsAtFirstError, FeatureRun? feature = null)
{
    private readonly UserCode _code = new();
    private readonly ScenarioOutput _output = feature?.Output ?? run.Output;
    private int _at;
    private string _startedId = string.Empty;
    private long _start;

    /// <summary>The first hook that did not pass, or passed.</summary>
    public Outcome Outcome { get; private set; } = Outcome.Passed;

    /// <summary>The hook that did not pass.</summary>
    public Hook? Culprit { get; private set; }

    public async Task<bool> DriveAsync(Lane lane, int generation)
    {
        if (lane.TakeLeftBehind() is { } left)
        {
            _code.Abandon();
            await FinishAsync(Interrupted(left));
        }

        if (feature is not null && hooks.Length > 0)
        {
            _code.Run(() => FeatureContext.Current = feature.Context);
        }

        while (_at < hooks.Length && (Outcome.Status == TestStepResultStatus.Passed || !stopsAtFirstError))
        {
            var hook = hooks[_at];
            _start = run.Clock.Stamp();
            _startedId = run.Ids.Next();
            await run.Stream.WriteAsync(new Envelope
            {
                TestRunHookStarted = new TestRunHookStarted(_startedId, run.Id, run.HookIds[hook], run.Clock.At(_start)),
            });
            _output.Begin(_startedId);
            lane.Begin(isCleanup ? run.Options.CleanupTimeout : run.Options.StepTimeout, long.MaxValue, default, isCleanup, null);
            var outcome = Outcome.Passed;
            try
            {
                await _code.Call(hook.Call, container, UserCode.Resolve(hook.Call, container));
            }
            catch (Exception error)
            {
                outcome = Outcome.Of(error);
            }

            if (!lane.TryEnd(generation, out var interruption))
            {
                return false;
            }

            await FinishAsync(interruption is null ? outcome : Interrupted(interruption));
        }

        return true;
    }

    private Outcome Interrupted(Interruption why) => Interruptions.ToOutcome(why, hooks[_at].ToString());

    private async ValueTask FinishAsync(Outcome outcome)
    {
        if (Outcome.Status == TestStepResultStatus.Passed && outcome.Status != TestStepResultStatus.Passed)
        {
            Outcome = outcome;
            Culprit = hooks[_at];
        }

        _at++;
        var end = run.Clock.Stamp();
        await _output.DrainedAsync();
        await run.Stream.WriteAsync(new Envelope
        {
            TestRunHookFinished = new TestRunHookFinished(_startedId, outcome.ToResult(run.Clock.Duration(_start, end)), run.Clock.At(end)),
        });
    }
}
