using LabTrace.Gherkin.Expressions;
using LabTrace.Scenarios.Bindings;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>A step: block hooks, conversion, step hooks, the method.</summary>
internal sealed partial class ScenarioExecution
{
    private async ValueTask InvokeStepAsync(PlannedStep step)
    {
        var candidate = step.Match.Candidates[0];
        var definition = candidate.Definition;
        var table = TableOf(step);
        var text = step.Step.Argument?.DocString?.Content;
        _context.StepContext = new ScenarioStepContext(new StepInfo(step.Kind, step.Step.Text, table, text, step.Step.Id));
        _context.CurrentScenarioBlock = (ScenarioBlock)((int)step.Kind + 1);
        if (!_plan.Hooks.AroundSteps)
        {
            var plainArguments = await ArgumentsAsync(definition, candidate.Arguments, text, table);
            await _code.Call(definition.Call, _container, plainArguments);
            return;
        }

        if (step.StartsBlock)
        {
            await InvokeAllAsync(_plan.Hooks.BeforeBlock);
        }

        var arguments = await ArgumentsAsync(definition, candidate.Arguments, text, table);
        Exception? failure = null;
        try
        {
            await InvokeAllAsync(_plan.Hooks.BeforeStep);
            await _code.Call(definition.Call, _container, arguments);
        }
        catch (Exception error)
        {
            // Told to the hooks behind the step, then thrown on.
            failure = error;
            _context.TestError = error;
            _context.StepContext.StepError = error;
            _context.StepContext.Status = OutcomeMessages.StatusOf(Outcome.Of(error).Status);
        }

        await InvokeAfterAsync(_plan.Hooks.AfterStep, failure);
        if (failure is null && step.EndsBlock)
        {
            await InvokeAllAsync(_plan.Hooks.AfterBlock);
        }
    }

    private async ValueTask InvokeAllAsync(Hook[] hooks)
    {
        foreach (var hook in hooks)
        {
            await InvokeHookAsync(hook);
        }
    }

    private async ValueTask InvokeAfterAsync(Hook[] hooks, Exception? failure)
    {
        foreach (var hook in hooks)
        {
            try
            {
                await InvokeHookAsync(hook);
            }
            catch (Exception error)
            {
                // A finding about the device tells more than a step that merely lost the target it was about.
                failure = failure is null || (Verdicts.IsAssertion(error.GetType().FullName) && !Verdicts.IsAssertion(failure.GetType().FullName)) ? error : failure;
            }
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async ValueTask<object?[]> ArgumentsAsync(StepDefinition definition, IReadOnlyList<Argument> matched, string? text, Table? table)
    {
        var parameters = definition.Call.Parameters;
        var values = StepValues.Of(definition, matched, (object?)text ?? table);
        if (values.Length != parameters.Length)
        {
            throw new BindingException(
                $"Parameter count mismatch! The binding method '{definition.Call.Signature}' should have {values.Length} parameters");
        }

        if (definition.Obsolete is { } obsolete)
        {
            TellObsolete(definition, obsolete);
        }

        var converter = _run.Bindings.Converter;
        for (var i = 0; i < values.Length; i++)
        {
            if (!converter.IsTrivial(parameters[i].ParameterType))
            {
                values[i] = await converter.ConvertAsync(values[i], parameters[i].ParameterType, _plan.Feature.Culture, _container);
            }
        }

        return values;
    }

    private void TellObsolete(StepDefinition definition, ObsoleteAttribute obsolete)
    {
        var message = $"The step {definition.MethodName} is obsolete. {obsolete.Message}".TrimEnd();
        switch (_run.Settings.ObsoleteBehavior)
        {
            case ObsoleteBehavior.Warn:
                _output.WriteLine(message);
                break;
            case ObsoleteBehavior.Pending:
                throw new PendingStepException(message);
            case ObsoleteBehavior.Error:
                throw new BindingException(message);
        }
    }

    private static DataTable? TableOf(PlannedStep step)
    {
        if (step.Step.Argument?.DataTable is not { Rows.Count: > 0 } data)
        {
            return null;
        }

        var table = new DataTable([.. data.Rows[0].Cells.Select(cell => cell.Value)]);
        foreach (var row in data.Rows.Skip(1))
        {
            table.AddRow([.. row.Cells.Select(cell => cell.Value)]);
        }

        return table;
    }
}
