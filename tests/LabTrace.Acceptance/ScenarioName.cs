using LabTrace.Gherkin;
using LabTrace.Scenarios;

namespace LabTrace.Acceptance;

/// <summary>Names scenarios: <c>events carry the time of a clock (clock: mono)</c> for a row of an outline.</summary>
internal static class ScenarioName
{
    private const int MaxValue = 40;

    public static string Of(FeatureFile file, Pickle pickle)
    {
        if (pickle.AstNodeIds.Count < 2 || file.PlaceOf(pickle).RowOf(pickle) is not { } at)
        {
            return pickle.Name;
        }

        var row = string.Join(", ", at.Examples.TableHeader!.Cells.Zip(at.Row.Cells, (name, value) => $"{name.Value}: {Short(value.Value)}"));
        return $"{pickle.Name} ({row})";
    }

    private static string Short(string value)
    {
        var line = value.ReplaceLineEndings(" ");
        return line.Length <= MaxValue ? line : string.Concat(line.AsSpan(0, MaxValue), "…");
    }
}
