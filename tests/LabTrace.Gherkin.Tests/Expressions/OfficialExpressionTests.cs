using System.Text.Json.Nodes;
using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

/// <summary>Compares with what the official implementation says; see fixtures/gherkin/official/ORIGIN.md.</summary>
public sealed class OfficialExpressionTests
{
    private static readonly ParameterTypeRegistry Registry = MakeRegistry();

    [Test]
    public void Arguments_and_errors_are_the_official_ones()
    {
        foreach (var line in Fixtures.Lines("gherkin/official/expressions.ndjson"))
        {
            var sample = JsonNode.Parse(line)!.AsObject();
            var expected = sample.ContainsKey("error") ? sample["error"] : sample["arguments"];

            var actual = Match(sample["kind"]!.GetValue<string>(), sample["expression"]!.GetValue<string>(), sample["text"]!.GetValue<string>());

            JsonNode.DeepEquals(actual, expected).Should().BeTrue("{0}, got {1}", line, actual?.ToJsonString());
        }
    }

    private static JsonNode? Match(string kind, string source, string text)
    {
        try
        {
            StepExpression expression = kind == "cucumber" ? new CucumberExpression(source, Registry) : new RegularExpression(source, Registry);
            var arguments = expression.Match(text);
            return arguments is null
                ? null
                : new JsonArray([.. arguments.Select(argument => new JsonObject { ["n"] = argument.ParameterTypeName, ["g"] = Group(argument.Group) })]);
        }
        catch (CucumberExpressionException exception)
        {
            return JsonValue.Create(exception.Message);
        }
    }

    private static JsonObject Group(MatchGroup group) => new()
    {
        ["v"] = group.Value,
        ["s"] = group.Start,
        ["c"] = new JsonArray([.. group.Children.Select(Group)]),
    };

    private static ParameterTypeRegistry MakeRegistry()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("flight", ["([A-Z]{3})-([A-Z]{3})"], typeof(string)));
        registry.Define(new ParameterType("colour", ["red|blue|reddish"], typeof(string)));
        return registry;
    }
}
