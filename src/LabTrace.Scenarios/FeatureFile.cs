using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios;

/// <summary>A feature file, its document and the scenarios selected from it.</summary>
public sealed class FeatureFile
{
    internal const string MarkdownEnding = ".feature.md";

    private readonly Lazy<Dictionary<string, Step>> _steps;
    private readonly Lazy<Dictionary<string, ScenarioPlace>> _scenarios;

    private FeatureFile(string uri, string text, GherkinDocument? document, IReadOnlyList<Pickle> allPickles, IReadOnlyList<Pickle> pickles)
    {
        Uri = uri;
        Text = text;
        Document = document;
        AllPickles = allPickles;
        Pickles = pickles;
        _steps = new Lazy<Dictionary<string, Step>>(IndexSteps);
        _scenarios = new Lazy<Dictionary<string, ScenarioPlace>>(IndexScenarios);
    }

    /// <summary>Its path as reports name it.</summary>
    public string Uri { get; }

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>Its media type in the message stream.</summary>
    public string MediaType => Uri.EndsWith(MarkdownEnding, StringComparison.Ordinal)
        ? "text/x.cucumber.gherkin+markdown"
        : "text/x.cucumber.gherkin+plain";

    /// <summary>Its document, or null when it has syntax errors.</summary>
    public GherkinDocument? Document { get; }

    /// <summary>All its scenarios.</summary>
    public IReadOnlyList<Pickle> AllPickles { get; }

    /// <summary>The scenarios selected by line, or all.</summary>
    public IReadOnlyList<Pickle> Pickles { get; }

    /// <summary>The scenario, rule and examples row a pickle was made from.</summary>
    public ScenarioPlace PlaceOf(Pickle pickle)
    {
        ArgumentNullException.ThrowIfNull(pickle);
        return _scenarios.Value[pickle.AstNodeIds[0]];
    }

    /// <summary>The step in the document that a pickle's step was made from.</summary>
    public Step StepOf(PickleStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return _steps.Value[step.AstNodeIds[0]];
    }

    internal static FeatureFile Parse(
        string uri, string text, IReadOnlyCollection<int>? lines, IdSource ids, List<FeatureError> errors, string language = "en")
    {
        var result = GherkinParser.Parse(uri, text, ids.Next, language);
        foreach (var error in result.Errors)
        {
            errors.Add(new FeatureError(uri, error.Location, error.Message));
        }

        if (result.Document is null)
        {
            return new FeatureFile(uri, text, null, [], []);
        }

        var all = PickleCompiler.Compile(result.Document, uri, ids.Next);
        var file = new FeatureFile(uri, text, result.Document, all, all);
        if (lines is null)
        {
            return file;
        }

        var selected = new HashSet<Pickle>(ReferenceEqualityComparer.Instance);
        foreach (var line in lines)
        {
            var found = file.PicklesAt(line);
            if (found.Count == 0)
            {
                errors.Add(new FeatureError(uri, new Location(line, 0), "no scenario stands at this line"));
            }

            selected.UnionWith(found);
        }

        return new FeatureFile(uri, text, result.Document, all, [.. all.Where(selected.Contains)]);
    }

    /// <summary>The scenarios a line belongs to: its examples row's, its scenario's, or all of its rule or feature.</summary>
    private List<Pickle> PicklesAt(int line)
    {
        var exact = AllPickles.Where(pickle => pickle.Location.Line == line).ToList();
        if (exact.Count > 0)
        {
            return exact;
        }

        var starts = new SortedDictionary<int, Func<Pickle, bool>>();
        foreach (var child in Document?.Feature?.Children ?? [])
        {
            Add(child.Background, child.Scenario, _ => true);
            if (child.Rule is { } rule)
            {
                bool InRule(Pickle pickle) => PlaceOf(pickle).Rule == rule;
                starts[rule.Location.Line] = InRule;
                foreach (var ruleChild in rule.Children)
                {
                    Add(ruleChild.Background, ruleChild.Scenario, InRule);
                }
            }
        }

        Func<Pickle, bool> selects = _ => Document?.Feature?.Location.Line <= line;
        foreach (var (start, candidate) in starts)
        {
            if (start <= line)
            {
                selects = candidate;
            }
        }

        return AllPickles.Where(selects).ToList();

        void Add(Background? background, Scenario? scenario, Func<Pickle, bool> outer)
        {
            if (background is not null)
            {
                starts[background.Location.Line] = outer;
            }

            if (scenario is not null)
            {
                starts[scenario.Tags.Count > 0 ? scenario.Tags[0].Location.Line : scenario.Location.Line] = pickle => PlaceOf(pickle).Scenario == scenario;
            }
        }
    }

    private Dictionary<string, Step> IndexSteps()
    {
        var steps = new Dictionary<string, Step>(StringComparer.Ordinal);
        foreach (var child in Document?.Feature?.Children ?? [])
        {
            Add(child.Background, child.Scenario);
            foreach (var ruleChild in child.Rule?.Children ?? [])
            {
                Add(ruleChild.Background, ruleChild.Scenario);
            }
        }

        return steps;

        void Add(Background? background, Scenario? scenario)
        {
            foreach (var step in background?.Steps ?? scenario?.Steps ?? [])
            {
                steps[step.Id] = step;
            }
        }
    }

    private Dictionary<string, ScenarioPlace> IndexScenarios()
    {
        var scenarios = new Dictionary<string, ScenarioPlace>(StringComparer.Ordinal);
        foreach (var child in Document?.Feature?.Children ?? [])
        {
            if (child.Scenario is { } scenario)
            {
                scenarios[scenario.Id] = new ScenarioPlace(scenario, null);
            }

            foreach (var ruleChild in child.Rule?.Children ?? [])
            {
                if (ruleChild.Scenario is { } ruleScenario)
                {
                    scenarios[ruleScenario.Id] = new ScenarioPlace(ruleScenario, child.Rule);
                }
            }
        }

        return scenarios;
    }
}

/// <summary>Where a pickle comes from in its document.</summary>
/// <param name="Scenario">The scenario or outline.</param>
/// <param name="Rule">The rule it stands in, or null.</param>
public sealed record ScenarioPlace(Scenario Scenario, Rule? Rule)
{
    /// <summary>The examples row a pickle was expanded from, or null for a plain scenario.</summary>
    public (Examples Examples, TableRow Row)? RowOf(Pickle pickle)
    {
        ArgumentNullException.ThrowIfNull(pickle);
        if (pickle.AstNodeIds.Count < 2)
        {
            return null;
        }

        foreach (var examples in Scenario.Examples)
        {
            foreach (var row in examples.TableBody)
            {
                if (row.Id == pickle.AstNodeIds[1])
                {
                    return (examples, row);
                }
            }
        }

        return null;
    }
}
