using LabTrace.Gherkin.Ast;

namespace LabTrace.Reports.Record;

/// <summary>A feature file and, once asked for, its steps by id.</summary>
internal sealed class DocumentIndex(GherkinDocument document)
{
    private Dictionary<string, Step>? _steps;

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

    private void Add(IReadOnlyList<Step>? steps)
    {
        foreach (var step in steps ?? [])
        {
            _steps![step.Id] = step;
        }
    }
}
