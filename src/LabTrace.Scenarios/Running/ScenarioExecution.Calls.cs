using LabTrace.Scenarios.Bindings;
using Reqnroll;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Running;

/// <summary>Steps that a step calls. They run in their caller's flow, and are part of its step in the message stream.</summary>
internal sealed partial class ScenarioExecution
{
    private async Task CallStepAsync(StepDefinitionType kind, string text, string? multilineText, Table? table)
    {
        var match = _run.Bindings.Match(kind, text, _plan.Traits);
        if (match.IsUndefined)
        {
            throw new MissingStepDefinitionException(
                OutcomeMessages.Undefined(Snippets.For(text, multilineText is not null, table is not null, kind, _run.Bindings.ParameterTypes)));
        }

        if (match.IsAmbiguous)
        {
            throw new AmbiguousBindingException(OutcomeMessages.Ambiguous(kind, text, match));
        }

        var (definition, matched) = (match.Candidates[0].Definition, match.Candidates[0].Arguments);
        var data = table is null ? null : table as DataTable ?? DataTable.FromTable(table);
        var caller = _context.StepContext;
        _context.StepContext = new ScenarioStepContext(new StepInfo(kind, text, data, multilineText));
        try
        {
            var arguments = await ArgumentsAsync(definition, matched, multilineText, data);
            await CallHooksAsync(_plan.Hooks.BeforeStep);
            await CallAsync(definition.Call, arguments);
            await CallHooksAsync(_plan.Hooks.AfterStep);
        }
        finally
        {
            _context.StepContext = caller;
        }
    }

    private async ValueTask CallHooksAsync(Hook[] hooks)
    {
        foreach (var hook in hooks)
        {
            await CallAsync(hook.Call, UserCode.Resolve(hook.Call, _container));
        }
    }

    private Task CallAsync(BoundMethod call, object?[] arguments) =>
        call.Call(call.TargetType is { } type ? _container.Resolve(type) : null, arguments);

    private sealed class StepCaller(ScenarioExecution execution, Lane lane) : ITestRunner
    {
        private StepDefinitionType? _last;

        public string TestWorkerId => Number(lane.Number);

        public FeatureContext FeatureContext => execution._plan.Feature.Context;

        public ScenarioContext ScenarioContext => execution._context;

        public ITestThreadContext TestThreadContext => lane.ContextOf(execution._run);

        public Task GivenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null) =>
            CallAsync(StepDefinitionType.Given, text, multilineTextArg, tableArg);

        public Task WhenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null) =>
            CallAsync(StepDefinitionType.When, text, multilineTextArg, tableArg);

        public Task ThenAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null) =>
            CallAsync(StepDefinitionType.Then, text, multilineTextArg, tableArg);

        public Task AndAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null) =>
            CallAsync(_last ?? CurrentKind(), text, multilineTextArg, tableArg);

        public Task ButAsync(string text, string? multilineTextArg, Table? tableArg, string? keyword = null) =>
            CallAsync(_last ?? CurrentKind(), text, multilineTextArg, tableArg);

        public void Pending() => ScenarioContext.Pending();

        private StepDefinitionType CurrentKind() => ScenarioContext.StepContext.StepInfo.StepDefinitionType;

        private Task CallAsync(StepDefinitionType kind, string text, string? multilineText, Table? table)
        {
            _last = kind;
            return execution.CallStepAsync(kind, text, multilineText, table);
        }
    }
}
