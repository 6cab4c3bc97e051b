using System.Text;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Expressions;
using Reqnroll.Bindings;

namespace LabTrace.Scenarios;

/// <summary>Proposes C# for steps that have no definition.</summary>
internal static class Snippets
{
    public static string For(PickleStep step, StepDefinitionType kind, ParameterTypeRegistry types) =>
        For(step.Text, step.Argument?.DocString is not null, step.Argument?.DataTable is not null, kind, types);

    public static string For(string text, bool hasDocString, bool hasTable, StepDefinitionType kind, ParameterTypeRegistry types)
    {
        var generated = new CucumberExpressionGenerator(types).Generate(text)[0];
        var parameters = generated.ParameterTypes.Select((type, index) => $"{NameOf(type.Type)} p{index}").ToList();
        if (hasDocString)
        {
            parameters.Add("string multilineText");
        }
        else if (hasTable)
        {
            parameters.Add("DataTable dataTable");
        }

        var expression = generated.Source.Replace(@"\", @"\\").Replace("\"", "\\\"");
        return $$"""
            [{{kind}}("{{expression}}")]
            public void {{kind}}{{MethodName(generated.Source)}}({{string.Join(", ", parameters)}})
            {
                throw new PendingStepException();
            }
            """;
    }

    private static string NameOf(Type type) => type == typeof(int) ? "int"
        : type == typeof(float) ? "float"
        : type == typeof(double) ? "double"
        : type == typeof(string) ? "string"
        : type.Name;

    private static string MethodName(string source)
    {
        var name = new StringBuilder();
        var startsWord = true;
        var depth = 0;
        foreach (var letter in source)
        {
            depth += letter switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && char.IsAsciiLetterOrDigit(letter))
            {
                name.Append(startsWord ? char.ToUpperInvariant(letter) : letter);
                startsWord = false;
            }
            else
            {
                startsWord = true;
            }
        }

        return name.ToString();
    }
}
