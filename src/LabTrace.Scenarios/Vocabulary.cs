using System.Text.RegularExpressions;
using LabTrace.Gherkin.Expressions;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Running;
using Reqnroll;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios;

/// <summary>The sentences that features can be written with.</summary>
public static partial class Vocabulary
{
    /// <summary>Lists the sentences of all step definitions in the order they stand in.</summary>
    /// <param name="bindings">The step code.</param>
    /// <param name="features">Where examples are taken from; sentences that no step uses get one made up.</param>
    public static IReadOnlyList<VocabularyEntry> List(BindingRegistry bindings, FeatureSet? features = null)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        var examples = ExamplesOf(bindings, features);
        return [.. bindings.StepDefinitions.Select(definition => new VocabularyEntry(
            definition.Kinds,
            SentenceOf(definition),
            definition.Expression,
            definition.ExpressionType,
            [.. definition.Method.GetParameters().Select(parameter => new VocabularyParameter(parameter.Name ?? string.Empty, NameOf(parameter.ParameterType)))],
            $"{definition.Kinds[0]} {(examples.TryGetValue(definition, out var text) ? text : MakeExample(definition))}",
            definition.Scope,
            definition.MethodName,
            definition.Source))];
    }

    /// <summary>A definition's expression without what only machines read.</summary>
    internal static string SentenceOf(StepDefinition definition)
    {
        if (definition.ExpressionType != ExpressionType.RegularExpression)
        {
            return definition.Expression;
        }

        var text = definition.Expression.Replace("(?i)", string.Empty).TrimStart('^').TrimEnd('$');
        return CapturingGroup().Replace(text, "{}").Replace(@"\W+", " ").Replace(@"\W*", string.Empty).Replace(@"[""']?{}[""']?", "{}");
    }

    private static Dictionary<StepDefinition, string> ExamplesOf(BindingRegistry bindings, FeatureSet? features)
    {
        var examples = new Dictionary<StepDefinition, string>(ReferenceEqualityComparer.Instance);
        foreach (var file in features?.Files ?? [])
        {
            foreach (var pickle in file.AllPickles)
            {
                var traits = new ScenarioTraits([.. pickle.Tags.Select(tag => tag.Name)], file.Document!.Feature!.Name, pickle.Name);
                foreach (var step in pickle.Steps)
                {
                    if (bindings.Match(PlanBuilder.KindOf(step.Type), step.Text, traits) is { Candidates: [var only] })
                    {
                        examples.TryAdd(only.Definition, step.Text);
                    }
                }
            }
        }

        return examples;
    }

    private static string MakeExample(StepDefinition definition)
    {
        var sentence = Parameter().Replace(SentenceOf(definition), match => match.Groups["name"].Value switch
        {
            "int" or "long" or "short" or "byte" or "Int32" or "Int64" or "Int16" or "Byte" => "3",
            "float" or "double" or "decimal" or "Single" or "Double" or "Decimal" => "0.5",
            "string" or "String" => "\"text\"",
            "word" => "word",
            "" => "something",
            var name => definition.Matcher is CucumberExpression expression
                && expression.ParameterTypes.FirstOrDefault(type => type.Name == name)?.Type is { IsEnum: true } type
                ? Enum.GetNames(type).FirstOrDefault(name)
                : name,
        });
        return Alternation().Replace(Optional().Replace(sentence, "${text}"), "${first}");
    }

    private static string NameOf(Type type) => type == typeof(int) ? "int"
        : type == typeof(long) ? "long"
        : type == typeof(double) ? "double"
        : type == typeof(string) ? "string"
        : type == typeof(Table) || type == typeof(DataTable) ? "table"
        : Nullable.GetUnderlyingType(type) is { } underlying ? NameOf(underlying) + "?"
        : type.Name;

    [GeneratedRegex(@"\((?!\?)[^()]*(?:\([^()]*\)[^()]*)*\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CapturingGroup();

    [GeneratedRegex(@"\{(?<name>\w*)\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?<!\\)\((?<text>[^()]*)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Optional();

    [GeneratedRegex(@"(?<first>[^\s/\\]+)(/[^\s/]+)+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alternation();
}

/// <summary>A sentence that features can be written with.</summary>
/// <param name="Kinds">The keywords it answers to.</param>
/// <param name="Sentence">The expression as people read it.</param>
/// <param name="Expression">The expression as written.</param>
/// <param name="ExpressionType">The language of the expression.</param>
/// <param name="Parameters">What it takes; a doc string or table comes last.</param>
/// <param name="Example">A step that matches, with its keyword: from a feature if one uses it.</param>
/// <param name="Scope">The scopes it is limited to, or empty.</param>
/// <param name="Method">The class and method.</param>
/// <param name="Source">Where it stands.</param>
public sealed record VocabularyEntry(
    IReadOnlyList<StepDefinitionType> Kinds,
    string Sentence,
    string Expression,
    ExpressionType ExpressionType,
    IReadOnlyList<VocabularyParameter> Parameters,
    string Example,
    string Scope,
    string Method,
    SourcePosition Source);

/// <summary>Something a sentence takes.</summary>
/// <param name="Name">The name of the method's parameter.</param>
/// <param name="Type">Its type, shortly.</param>
public sealed record VocabularyParameter(string Name, string Type);
