using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LabTrace.Gherkin.Tests;

/// <summary>Compares with what the official parser says; see fixtures/gherkin/official/ORIGIN.md.</summary>
public sealed class OfficialGherkinTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    [Test]
    public void Documents_and_pickles_are_the_official_ones_to_the_last_id()
    {
        foreach (var line in Fixtures.Lines("gherkin/official/documents.ndjson"))
        {
            var expected = JsonNode.Parse(line)!;
            var text = expected["text"]!.GetValue<string>();
            var newId = Features.Ids();

            var result = GherkinParser.Parse("u", text, newId);

            result.Errors.Should().BeEmpty();
            ShouldEqual(result.Document! with { Uri = null! }, expected["document"], text);
            ShouldEqual(PickleCompiler.Compile(result.Document!, "u", newId), expected["pickles"], text);
        }
    }

    [Test]
    public void Errors_are_the_official_ones()
    {
        foreach (var line in Fixtures.Lines("gherkin/official/errors.ndjson"))
        {
            var expected = JsonNode.Parse(line)!;
            var text = expected["text"]!.GetValue<string>();

            var errors = Features.Errors(text);

            errors.Should().BeEquivalentTo(expected["errors"]!.AsArray().Select(error => error!.GetValue<string>()), "of {0}", text);
        }
    }

    private static void ShouldEqual<T>(T actual, JsonNode? expected, string because)
    {
        var actualNode = JsonSerializer.SerializeToNode(actual, Json);
        var isEqual = JsonNode.DeepEquals(WithoutArgumentIndex(actualNode), WithoutArgumentIndex(expected));
        isEqual.Should().BeTrue("{0} is read as {1}, got {2}", because, expected, actualNode);
    }

    /// <summary>Message version 30, which we write, has no argumentIndex.</summary>
    private static JsonNode? WithoutArgumentIndex(JsonNode? node)
    {
        if (node is JsonObject json)
        {
            json.Remove("argumentIndex");
            foreach (var (_, value) in json)
            {
                WithoutArgumentIndex(value);
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                WithoutArgumentIndex(item);
            }
        }

        return node;
    }
}
