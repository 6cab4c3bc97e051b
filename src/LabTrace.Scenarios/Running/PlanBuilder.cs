using LabTrace.Gherkin;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios.Running;

/// <summary>Binds pickles: their hooks, their steps, and the test cases that say so in the message stream.</summary>
internal sealed class PlanBuilder(RunState run)
{
    private static readonly IReadOnlyList<StepMatchArgumentsList> NoLists = [];
    private readonly Dictionary<string, Binding>[] _unscoped = [new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal)];
    private readonly Dictionary<string, Plain> _plain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FeatureRun> _features = new(StringComparer.Ordinal);
    private readonly bool _scenarioScopes = run.Bindings.Hooks.Any(hook => Array.Exists(hook.Scopes, scope => scope.Scenario is not null));
    private readonly bool _stepScopes = run.Bindings.StepDefinitions.Any(definition => definition.Scopes.Length > 0);

    public IEnumerable<FeatureRun> Features => _features.Values;

    public ScenarioPlan Build(Pickle pickle)
    {
        if (!_features.TryGetValue(pickle.Uri, out var feature))
        {
            _features[pickle.Uri] = feature = new FeatureRun(run.Features.FileOf(pickle), run);
        }

        feature.Expect();
        var (traits, hooks) = TraitsOf(pickle, feature);
        var caseId = run.Ids.Next();
        var testSteps = new TestStep[hooks.BeforeScenario.Length + pickle.Steps.Count + hooks.AfterScenario.Length];
        var at = 0;
        foreach (var hook in hooks.BeforeScenario)
        {
            testSteps[at++] = new TestStep(run.Ids.Next(), HookId: run.HookIds[hook]);
        }

        var steps = new PlannedStep[pickle.Steps.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            var step = pickle.Steps[i];
            var kind = KindOf(step.Type);
            var binding = BindingOf(kind, step.Text, traits);
            steps[i] = new PlannedStep(
                step,
                kind,
                binding.Match,
                StartsBlock: i == 0 || KindOf(pickle.Steps[i - 1].Type) != kind,
                EndsBlock: i == steps.Length - 1 || KindOf(pickle.Steps[i + 1].Type) != kind);
            testSteps[at++] = new TestStep(run.Ids.Next(), null, step.Id, binding.DefinitionIds, binding.Arguments);
        }

        foreach (var hook in hooks.AfterScenario)
        {
            testSteps[at++] = new TestStep(run.Ids.Next(), HookId: run.HookIds[hook]);
        }

        return new ScenarioPlan
        {
            Pickle = pickle,
            Feature = feature,
            Traits = traits,
            Hooks = hooks,
            Steps = steps,
            TestCase = new TestCase(caseId, pickle.Id, testSteps, run.Id),
            IsIgnored = Array.Exists(traits.Tags, tag => tag.Equals("@ignore", StringComparison.OrdinalIgnoreCase)),
        };
    }

    internal static StepDefinitionType KindOf(PickleStepType type) => type switch
    {
        PickleStepType.Action => StepDefinitionType.When,
        PickleStepType.Outcome => StepDefinitionType.Then,
        _ => StepDefinitionType.Given,
    };

    private (ScenarioTraits Traits, HooksOfScenario Hooks) TraitsOf(Pickle pickle, FeatureRun feature)
    {
        // Most scenarios of a feature have its tags alone: they share traits and hooks.
        var shares = !_scenarioScopes && !_stepScopes && pickle.Tags.Count == feature.Info.Tags.Length;
        if (shares && _plain.TryGetValue(pickle.Uri, out var known))
        {
            return (known.Traits, known.Hooks);
        }

        var traits = new ScenarioTraits([.. pickle.Tags.Select(tag => tag.Name)], feature.Info.Title, pickle.Name);
        var hooks = new HooksOfScenario(
            run.HooksOf(HookKind.BeforeScenario, traits),
            run.HooksOf(HookKind.AfterScenario, traits),
            run.HooksOf(HookKind.BeforeScenarioBlock, traits),
            run.HooksOf(HookKind.AfterScenarioBlock, traits),
            run.HooksOf(HookKind.BeforeStep, traits),
            run.HooksOf(HookKind.AfterStep, traits));
        if (shares)
        {
            _plain[pickle.Uri] = new Plain(traits, hooks);
        }

        return (traits, hooks);
    }

    private Binding BindingOf(StepDefinitionType kind, string text, ScenarioTraits traits)
    {
        if (!_stepScopes && _unscoped[(int)kind].TryGetValue(text, out var known))
        {
            return known;
        }

        var match = run.Bindings.Match(kind, text, traits);
        var binding = new Binding(
            match,
            match.IsUndefined ? [] : [.. match.Candidates.Select(candidate => run.StepDefinitionIds[candidate.Definition.Index])],
            match.IsUndefined ? NoLists : [.. match.Candidates.Select(MessageParts.ArgumentsOf)]);
        if (!_stepScopes)
        {
            _unscoped[(int)kind][text] = binding;
        }

        return binding;
    }

    private sealed record Plain(ScenarioTraits Traits, HooksOfScenario Hooks);

    private sealed record Binding(StepMatch Match, IReadOnlyList<string> DefinitionIds, IReadOnlyList<StepMatchArgumentsList> Arguments);
}
