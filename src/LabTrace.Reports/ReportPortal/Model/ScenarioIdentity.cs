using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>What makes a scenario the same one from run to run: the server matches retries, reruns and history by it.</summary>
/// <param name="CodeRef"><c>file/[SCENARIO:name]</c>, the name as it stands in the file.</param>
/// <param name="TestCaseId">The code reference with the row's values, and a number where another scenario of the file has the same.</param>
/// <param name="Parameters">The row of an outline: heading and value.</param>
internal sealed record ScenarioIdentity(string CodeRef, string TestCaseId, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    private const string TestCaseTag = "@TestCaseId:";
    private const int HashBytes = 8;

    /// <summary>The identities of all scenarios of a file, by the id of what the pickle was made of last: the row, or the scenario.</summary>
    public static Dictionary<string, ScenarioIdentity> AllOf(string uri, Feature feature)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var identities = new Dictionary<string, ScenarioIdentity>(StringComparer.Ordinal);
        foreach (var scenario in ScenariosOf(feature))
        {
            identities[scenario.Id] = Make(uri, scenario.Name, [], seen);
            foreach (var examples in scenario.Examples)
            {
                foreach (var row in examples.TableBody)
                {
                    identities[row.Id] = Make(
                        uri, scenario.Name, [.. (examples.TableHeader?.Cells ?? []).Zip(row.Cells, (key, cell) => KeyValuePair.Create(key.Value, cell.Value))], seen);
                }
            }
        }

        return identities;
    }

    /// <summary>The identity of a scenario; a tag <c>@TestCaseId:ID</c> decides what it is the same as.</summary>
    /// <param name="pickle">The scenario.</param>
    /// <param name="ofFile">The identities of its file, or null when the stream lacks the file.</param>
    public static ScenarioIdentity Of(Pickle pickle, Dictionary<string, ScenarioIdentity>? ofFile)
    {
        var identity = pickle.AstNodeIds is [.., var id] && ofFile?.TryGetValue(id, out var known) == true ? known : Make(pickle.Uri, pickle.Name, [], []);
        var tag = pickle.Tags.FirstOrDefault(tag => tag.Name.StartsWith(TestCaseTag, StringComparison.OrdinalIgnoreCase) && tag.Name.Length > TestCaseTag.Length);
        return tag is null ? identity : identity with { TestCaseId = Fit(tag.Name[TestCaseTag.Length..]) };
    }

    private static IEnumerable<Scenario> ScenariosOf(Feature feature) =>
        feature.Children.SelectMany(child => (child.Rule?.Children.Select(inner => inner.Scenario) ?? []).Prepend(child.Scenario)).OfType<Scenario>();

    private static ScenarioIdentity Make(string uri, string name, IReadOnlyList<KeyValuePair<string, string>> parameters, Dictionary<string, int> seen)
    {
        var codeRef = $"{uri}/[SCENARIO:{name}]";
        var own = parameters.Count == 0 ? codeRef : $"{codeRef}[{string.Join(';', parameters.Select(parameter => parameter.Value))}]";
        var number = seen[own] = seen.GetValueOrDefault(own) + 1;
        return new ScenarioIdentity(Fit(codeRef), Fit(number == 1 ? own : string.Create(CultureInfo.InvariantCulture, $"{own}#{number}")), parameters);
    }

    /// <summary>One that is too long keeps its start and ends with a hash of all of it: cut alone, two could become the same.</summary>
    private static string Fit(string text)
    {
        var line = VisibleText.Line(text);
        if (line.Length <= PortalText.ItemName)
        {
            return line;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
        return PortalText.Name(line, PortalText.ItemName - hash.Length) + hash;
    }
}
