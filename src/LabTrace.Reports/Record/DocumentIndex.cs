using LabTrace.Gherkin.Ast;

namespace LabTrace.Reports.Record;

/// <summary>A feature file and, once asked for, its scenarios and steps by id.</summary>
internal sealed class DocumentIndex(GherkinDocument document)
{
    private Dictionary<string, Step>? _steps;
    private Dictionary<string, (Scenario Scenario, Rule? Rule)>? _scenarios;

    public Feature? Feature => document.Feature;

    public string? FeatureName => document.Feature?.Name;

    /// <summary>Only what did not pass is looked up, so the index is made when first needed.</summary>
    public Step? StepOf(string astNodeId)
    {
        if (_steps is null)
        {
            _steps = [];
            foreach (var child in document.Feature?.Children ?? [])
            {
                Add(child.Background?.Steps);
                Add(child.Scenario?.Steps);
                foreach (var ruleChild in child.Rule?.Children ?? [])
                {
                    Add(ruleChild.Background?.Steps);
                    Add(ruleChild.Scenario?.Steps);
                }
            }
        }

        return _steps.GetValueOrDefault(astNodeId);
    }

    /// <summary>The scenario or outline with that id, and the rule it stands in.</summary>
    public (Scenario Scenario, Rule? Rule)? ScenarioOf(string astNodeId)
    {
        if (_scenarios is null)
        {
            _scenarios = [];
            foreach (var child in document.Feature?.Children ?? [])
            {
                Add(child.Scenario, null);
                foreach (var ruleChild in child.Rule?.Children ?? [])
                {
                    Add(ruleChild.Scenario, child.Rule);
                }
            }
        }

        return _scenarios.TryGetValue(astNodeId, out var found) ? found : null;
    }

    private void Add(IReadOnlyList<Step>? steps)
    {
        foreach (var step in steps ?? [])
        {
            _steps![step.Id] = step;
        }
    }

    private void Add(Scenario? scenario, Rule? rule)
    {
        if (scenario is not null)
        {
            _scenarios![scenario.Id] = (scenario, rule);
        }
    }
}
