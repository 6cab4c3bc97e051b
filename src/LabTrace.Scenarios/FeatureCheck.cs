using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Running;

namespace LabTrace.Scenarios;

/// <summary>Binds features without running them, and tells everything that is wrong.</summary>
public static class FeatureCheck
{
    private const int Nearest = 3;

    /// <summary>Looks for syntax errors, outlines that run nothing, undefined and ambiguous steps, wrong step code and definitions that no step uses.</summary>
    /// <returns>The problems by file and line, unused definitions last.</returns>
    public static IReadOnlyList<CheckProblem> Run(FeatureSet features, BindingRegistry bindings)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(bindings);

        var problems = new List<CheckProblem>();
        problems.AddRange(features.Errors.Select(error =>
            new CheckProblem(CheckProblemKind.SyntaxError, new SourcePosition(error.Uri, error.Location.Line), error.Message)));
        problems.AddRange(bindings.Errors.Select(error =>
            new CheckProblem(CheckProblemKind.WrongStepCode, error.Source, $"{error.Member}: {error.Message}")));
        problems.AddRange(bindings.UndefinedParameterTypes.Select(use => new CheckProblem(
            CheckProblemKind.WrongStepCode, use.Source, $"{use.Member}: no parameter type {{{use.TypeName}}} for '{use.Expression}'")));

        var used = new HashSet<StepDefinition>(ReferenceEqualityComparer.Instance);
        var sentences = bindings.StepDefinitions.Select(Vocabulary.SentenceOf).Distinct(StringComparer.Ordinal).ToArray();
        foreach (var file in features.Files)
        {
            problems.AddRange(EmptyOutlines(file));
            var seen = new HashSet<(int Line, string Text)>();
            foreach (var pickle in file.Pickles)
            {
                var traits = new ScenarioTraits([.. pickle.Tags.Select(tag => tag.Name)], file.Document!.Feature!.Name, pickle.Name);
                foreach (var step in pickle.Steps)
                {
                    var written = file.StepOf(step);
                    var problem = CheckStep(step, written, traits, bindings, sentences, used);
                    if (problem is not null && seen.Add((written.Location.Line, step.Text)))
                    {
                        problems.Add(problem with { Source = new SourcePosition(file.Uri, written.Location.Line), Column = written.Location.Column });
                    }
                }
            }
        }

        problems.AddRange(bindings.StepDefinitions.GroupBy(definition => definition.Method)
            .Where(method => !method.Any(used.Contains))
            .Select(method => new CheckProblem(
                CheckProblemKind.UnusedDefinition, method.First().Source, $"no step uses {method.First().MethodName}: {method.First().Expression}")));
        return [.. problems.OrderBy(problem => problem.Kind == CheckProblemKind.UnusedDefinition)
            .ThenBy(problem => problem.Source.File, StringComparer.Ordinal).ThenBy(problem => problem.Source.Line)];
    }

    /// <summary>Outlines that look like scenarios and run nothing.</summary>
    private static IEnumerable<CheckProblem> EmptyOutlines(FeatureFile file)
    {
        var children = file.Document?.Feature?.Children ?? [];
        var scenarios = children.SelectMany(child =>
            child.Rule is { } rule ? rule.Children.Select(inner => inner.Scenario) : [child.Scenario]);
        var hint = file.Uri.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? "; in Markdown the rows of a table are indented by two to five blanks" : "";
        foreach (var outline in scenarios.OfType<Scenario>())
        {
            if (outline.Examples.Count > 0 && outline.Examples.All(examples => examples.TableBody.Count == 0))
            {
                yield return new CheckProblem(
                    CheckProblemKind.EmptyOutline,
                    new SourcePosition(file.Uri, outline.Location.Line),
                    $"'{outline.Name}' makes no scenario: its examples have no rows{hint}")
                {
                    Column = outline.Location.Column,
                };
            }
        }
    }

    private static CheckProblem? CheckStep(
        PickleStep step, Step written, ScenarioTraits traits, BindingRegistry bindings, string[] sentences, HashSet<StepDefinition> used)
    {
        var kind = PlanBuilder.KindOf(step.Type);
        var match = bindings.Match(kind, step.Text, traits);
        foreach (var candidate in match.Candidates)
        {
            used.Add(candidate.Definition);
        }

        if (match.IsUndefined)
        {
            var others = bindings.Candidates(step.Text);
            var message = others.Length == 0
                ? $"no definition for step '{written.Keyword}{step.Text}'"
                : $"no definition for step '{written.Keyword}{step.Text}' here; {others[0].Definition} {WhyNotHere(others[0].Definition)}";
            return new CheckProblem(CheckProblemKind.UndefinedStep, default, message)
            {
                Nearest = NearestSentences.Find(step.Text, sentences, Nearest),
                Snippet = Snippets.For(step, kind, bindings.ParameterTypes),
            };
        }

        if (match.IsAmbiguous)
        {
            return new CheckProblem(CheckProblemKind.AmbiguousStep, default, $"several definitions for step '{written.Keyword}{step.Text}'")
            {
                Candidates = [.. match.Candidates.Select(candidate => candidate.Definition)],
            };
        }

        var definition = match.Candidates[0].Definition;
        var expected = StepValues.Count(definition, match.Candidates[0].Arguments) + (step.Argument is null ? 0 : 1);
        return expected == definition.Call.Parameters.Length
            ? null
            : new CheckProblem(
                CheckProblemKind.WrongStepCode,
                default,
                $"step '{written.Keyword}{step.Text}' gives {expected} values, {definition.Call.Signature} takes {definition.Call.Parameters.Length}");
    }

    private static string WhyNotHere(StepDefinition definition) =>
        definition.Scopes.Length > 0 ? $"is limited to {definition.Scope}" : $"is for {string.Join(" and ", definition.Kinds)} steps";
}

/// <summary>Something wrong with a feature or with step code.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">Where.</param>
/// <param name="Message">What was found.</param>
public sealed record CheckProblem(CheckProblemKind Kind, SourcePosition Source, string Message)
{
    /// <summary>One-based column in a feature file, or 0.</summary>
    public int Column { get; init; }

    /// <summary>The existing sentences nearest to an undefined step, the nearest first.</summary>
    public IReadOnlyList<string> Nearest { get; init; } = [];

    /// <summary>C# for an undefined step, or null.</summary>
    public string? Snippet { get; init; }

    /// <summary>The definitions that match an ambiguous step.</summary>
    public IReadOnlyList<StepDefinition> Candidates { get; init; } = [];

    /// <summary>An unused definition is worth telling, but no feature is wrong for it.</summary>
    public bool IsError => Kind != CheckProblemKind.UnusedDefinition;
}

/// <summary>Kinds of problems.</summary>
public enum CheckProblemKind
{
    /// <summary>A feature file cannot be parsed or found.</summary>
    SyntaxError,

    /// <summary>A step has no definition.</summary>
    UndefinedStep,

    /// <summary>A step has several definitions.</summary>
    AmbiguousStep,

    /// <summary>A step, hook or transformation cannot be called, or not with what a step gives it.</summary>
    WrongStepCode,

    /// <summary>An outline has examples without rows, so that nothing of it runs.</summary>
    EmptyOutline,

    /// <summary>No step uses a definition.</summary>
    UnusedDefinition,
}
