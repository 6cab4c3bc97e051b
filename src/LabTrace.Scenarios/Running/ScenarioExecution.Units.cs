using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>The units of a scenario: [BeforeScenario] hooks, steps, [AfterScenario] hooks, in the order of its test case.</summary>
internal sealed partial class ScenarioExecution
{
    private Verdict? _verdict;
    private TestStepResultStatus _decidingStatus = TestStepResultStatus.Passed;
    private Outcome _deciding = Outcome.Passed;
    private int _decidingUnit = -1;
    private TimeSpan _duration;
    private bool _stopped;
    private bool _cleansUp;

    private int FirstStep => _plan.Hooks.BeforeScenario.Length;

    private int FirstAfterHook => FirstStep + _plan.Steps.Length;

    private bool IsStep => _at >= FirstStep && _at < FirstAfterHook;

    private bool IsAfterHook => _at >= FirstAfterHook;

    private bool RunsNothing => _run.Options.DryRun || _plan.IsIgnored || _notRun is not null;

    private Hook CurrentHook => IsAfterHook ? _plan.Hooks.AfterScenario[_at - FirstAfterHook] : _plan.Hooks.BeforeScenario[_at];

    private PlannedStep CurrentStep => _plan.Steps[_at - FirstStep];

    /// <summary>What the attempt came to.</summary>
    public ScenarioResult Result()
    {
        var verdict = _verdict ?? Verdict.Skipped;
        var (step, location) = _decidingUnit < 0 ? (null, null) : DescribeUnit(_decidingUnit);
        return new ScenarioResult
        {
            Pickle = _plan.Pickle,
            Verdict = verdict,
            Status = _decidingStatus,
            Message = _plan.IsIgnored ? "Ignored scenario" : OutcomeMessages.Of(_decidingStatus, _deciding),
            Error = _deciding.Error,
            Step = step,
            StepLocation = location,
            Attempts = _attempt + 1,
            Duration = _duration,
            Log = _log?.ToString() ?? string.Empty,
        };
    }

    /// <summary>Announces a unit; its outcome if it is not to be run.</summary>
    private async ValueTask<Outcome?> BeginUnitAsync()
    {
        _unitStart = _run.Clock.Stamp();
        var testStepId = _plan.TestCase.TestSteps[_at].Id;
        await _run.Stream.WriteAsync(new Envelope { TestStepStarted = new TestStepStarted(_startedId, testStepId, _run.Clock.At(_unitStart)) });
        _output.Begin(_startedId, testStepId);
        if (RunsNothing)
        {
            return await WithoutRunningAsync();
        }

        if (_run.IsInterrupted && !_stopped && !IsAfterHook)
        {
            return Interruptions.ToOutcome(new Interruption(InterruptionKind.RunCancelled, default), Describe());
        }

        if (!IsStep)
        {
            return _stopped && !IsAfterHook ? Outcome.Skipped : null;
        }

        // Behind a step that failed, the undefined ones are still told; behind a skip nothing is looked at any more.
        var isSkipped = _stopped && _verdict == Verdict.Skipped;
        return isSkipped ? Outcome.Skipped : await UnboundAsync() ?? (_stopped ? Outcome.Skipped : null);
    }

    private async ValueTask<Outcome> WithoutRunningAsync()
    {
        if (_notRun is { } reason)
        {
            return _at == 0 ? reason : Outcome.Skipped;
        }

        if (_plan.IsIgnored)
        {
            return _at == 0 ? new Outcome(TestStepResultStatus.Skipped, "Ignored scenario") : Outcome.Skipped;
        }

        return IsStep && await UnboundAsync() is { } unbound ? unbound : Outcome.Skipped;
    }

    /// <summary>The outcome of a step that has no definition, or too many.</summary>
    private async ValueTask<Outcome?> UnboundAsync()
    {
        var step = CurrentStep;
        if (step.Match.IsUndefined)
        {
            var snippet = Snippets.For(step.Step, step.Kind, _run.Bindings.ParameterTypes);
            await _run.Stream.WriteAsync(new Envelope { Suggestion = new Suggestion(_run.Ids.Next(), step.Step.Id, [new Snippet("csharp", snippet)]) });
            return new Outcome(TestStepResultStatus.Undefined, OutcomeMessages.Undefined(snippet));
        }

        return step.Match.IsAmbiguous
            ? new Outcome(TestStepResultStatus.Ambiguous, OutcomeMessages.Ambiguous(step.Kind, step.Step.Text, step.Match))
            : null;
    }

    private (TimeSpan? Limit, long Deadline, bool IsCleanup) LimitsOfUnit() =>
        IsAfterHook ? (_run.Options.CleanupTimeout, long.MaxValue, true) : (_run.Options.StepTimeout, _deadline, false);

    private async ValueTask<Outcome> InvokeUnitAsync()
    {
        try
        {
            if (IsStep)
            {
                await InvokeStepAsync(CurrentStep);
            }
            else
            {
                if (IsAfterHook && !_cleansUp)
                {
                    BeginCleanup();
                }

                await InvokeHookAsync(CurrentHook);
            }

            return Outcome.Passed;
        }
        catch (Exception error)
        {
            return Outcome.Of(error);
        }
    }

    // A clean-up that asks for the token gets one that is not cancelled yet.
    private void BeginCleanup()
    {
        _cleansUp = true;
        if (_cancellation!.IsCancellationRequested)
        {
            _cancellation = new CancellationTokenSource();
            _container.RegisterInstanceAs(_cancellation);
        }
    }

    private Task InvokeHookAsync(Hook hook) => _code.Call(hook.Call, _container, UserCode.Resolve(hook.Call, _container));

    /// <summary>Disposes of the scenario's objects behind its last unit, then writes how the unit ended.</summary>
    private async ValueTask<bool> EndUnitAsync(Lane lane, int generation, Outcome outcome)
    {
        if (_disposing)
        {
            // The disposal itself was left behind.
            _disposing = false;
            outcome = Worse(_beforeDisposal, outcome);
        }
        else if (_at == _plan.UnitCount - 1 && _container.OwnsAnything)
        {
            _disposing = true;
            _beforeDisposal = outcome;
            lane.Begin(_run.Options.CleanupTimeout, long.MaxValue, default, isCleanup: true, null);
            var disposal = Outcome.Passed;
            try
            {
                await _code.RunAsync(() => _container.DisposeAsync().AsTask());
            }
            catch (Exception error)
            {
                disposal = Outcome.Of(error);
            }

            if (!lane.TryEnd(generation, out var interruption))
            {
                return false;
            }

            _disposing = false;
            outcome = Worse(outcome, interruption is null ? disposal : Interruptions.ToOutcome(interruption, Describe()));
        }

        await WriteEndAsync(outcome);
        _at++;
        return true;
    }

    private static Outcome Worse(Outcome unit, Outcome disposal) =>
        unit.Status is TestStepResultStatus.Passed or TestStepResultStatus.Skipped && disposal.Status == TestStepResultStatus.Failed ? disposal : unit;

    private async ValueTask WriteEndAsync(Outcome outcome)
    {
        var end = _run.Clock.Stamp();
        if (outcome.Error is { } error)
        {
            _output.AttachEvidence(error);
        }

        await _output.DrainedAsync();
        var isPlainSkip = outcome.Status == TestStepResultStatus.Skipped && outcome.Message is null;
        var result = outcome.ToResult(isPlainSkip ? default : _run.Clock.Duration(_unitStart, end));
        await _run.Stream.WriteAsync(new Envelope
        {
            TestStepFinished = new TestStepFinished(_startedId, _plan.TestCase.TestSteps[_at].Id, result, _run.Clock.At(end)),
        });
        _log?.Add(IsStep ? CurrentStep : null, outcome, _run.Clock.Between(_unitStart, end), _output.TakeLines());
        if (outcome.Status != TestStepResultStatus.Passed)
        {
            _stopped |= !IsAfterHook;
            _context.TestError ??= outcome.Error!;
            RaiseStatus(outcome);
        }

        Decide(outcome, result);
    }

    // Reqnroll's: the worst so far; what is skipped because of it changes nothing.
    private void RaiseStatus(Outcome outcome)
    {
        var status = OutcomeMessages.StatusOf(outcome.Status);
        if (_context.ScenarioExecutionStatus == ScenarioExecutionStatus.OK
            || (status != ScenarioExecutionStatus.Skipped && status > _context.ScenarioExecutionStatus))
        {
            _context.ScenarioExecutionStatus = status;
        }
    }

    /// <summary>Adds a unit's result to the attempt's, as <see cref="Verdicts.Combine"/> does with all of them.</summary>
    private void Decide(Outcome outcome, TestStepResult result)
    {
        var verdict = Verdicts.Of(result) ?? Verdict.Broken;
        if (_verdict is Verdict.Failed or Verdict.Broken || verdict == Verdict.Passed)
        {
            _verdict ??= verdict;
            return;
        }

        // The first skip says why; the skipped steps behind it say nothing.
        if (verdict != Verdict.Skipped || _verdict != Verdict.Skipped)
        {
            _verdict = verdict;
            _decidingStatus = outcome.Status;
            _deciding = outcome;
            _decidingUnit = Math.Min(_at, _plan.UnitCount - 1);
        }
    }

    private string Describe()
    {
        var (what, where) = DescribeUnit(_at);
        return IsStep ? $"step '{what}' ({where})" : what;
    }

    private (string What, string Where) DescribeUnit(int unit)
    {
        if (unit >= FirstStep && unit < FirstAfterHook)
        {
            var step = _plan.Steps[unit - FirstStep].Step;
            var written = _plan.Feature.File.StepOf(step);
            return (written.Keyword + step.Text, $"{_plan.Feature.File.Uri}:{written.Location.Line}");
        }

        var hook = unit < FirstStep ? _plan.Hooks.BeforeScenario[unit] : _plan.Hooks.AfterScenario[unit - FirstAfterHook];
        return (hook.ToString(), hook.Source.ToString());
    }
}
