using System.Collections.Specialized;
using LabTrace.Gherkin;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>Makes Reqnroll's infos from a pickle and its place in the document.</summary>
internal static class ScenarioInfos
{
    public static ScenarioInfo Of(Pickle pickle, ScenarioPlace place, FeatureInfo feature)
    {
        OrderedDictionary? arguments = null;
        IEnumerable<LabTrace.Gherkin.Ast.Tag> ownTags = place.Scenario.Tags;
        if (place.RowOf(pickle) is { } at)
        {
            arguments = new OrderedDictionary();
            for (var i = 0; i < at.Row.Cells.Count && at.Examples.TableHeader is { } header; i++)
            {
                arguments[header.Cells[i].Value] = at.Row.Cells[i].Value;
            }

            ownTags = ownTags.Concat(at.Examples.Tags);
        }

        var inherited = place.Rule is { Tags.Count: > 0 } rule ? TagHelper.CombineTags(feature.Tags, Names(rule.Tags)) : feature.Tags;
        return new ScenarioInfo(pickle.Name, place.Scenario.Description, Names(ownTags), arguments, inherited);
    }

    public static RuleInfo? RuleOf(ScenarioPlace place) =>
        place.Rule is { } rule ? new RuleInfo(rule.Name, rule.Description, Names(rule.Tags)) : null;

    private static string[] Names(IEnumerable<LabTrace.Gherkin.Ast.Tag> tags) => [.. tags.Select(tag => tag.Name.TrimStart('@'))];
}
