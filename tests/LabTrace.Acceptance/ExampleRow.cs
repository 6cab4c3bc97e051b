using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Scenarios;

namespace LabTrace.Acceptance;

/// <summary>Finds the examples row a scenario was expanded from.</summary>
internal static class ExampleRow
{
    /// <summary>Describes the row: <c>clock: mono</c>.</summary>
    /// <returns>The description, or empty for a scenario that is no outline.</returns>
    public static string Of(FeatureFile file, Pickle pickle)
    {
        if (pickle.AstNodeIds.Count < 2)
        {
            return "";
        }

        var tables = Scenarios(file.Document!.Feature!).SelectMany(s => s.Examples);
        var (header, row) = tables
            .SelectMany(t => t.TableBody.Select(r => (t.TableHeader, Row: r)))
            .First(t => t.Row.Id == pickle.AstNodeIds[^1]);
        return string.Join(", ", header!.Cells.Zip(row.Cells, (name, value) => $"{name.Value}: {value.Value}"));
    }

    private static IEnumerable<Scenario> Scenarios(Feature feature) =>
        feature.Children.SelectMany(c => c.Rule is { } rule ? rule.Children.Select(r => r.Scenario) : [c.Scenario]).OfType<Scenario>();
}
