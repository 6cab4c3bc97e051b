using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LabTrace.Reports.Tests.Kcidb;

/// <summary>Checks JSON against a schema, as far as KCIDB's goes. A keyword it does not know is an error, not a pass.</summary>
internal sealed class JsonSchemaCheck(JsonNode root)
{
    private static readonly HashSet<string> Told = ["title", "description", "examples", "$schema", "$defs", "default"];

    public List<string> Problems { get; } = [];

    public void Check(JsonNode? value) => Check(value, root, "$");

    private void Check(JsonNode? value, JsonNode schema, string at)
    {
        foreach (var (keyword, rule) in schema.AsObject().Where(member => !Told.Contains(member.Key)))
        {
            var holds = keyword switch
            {
                "$ref" => Follow(value, rule!.GetValue<string>(), at),
                "type" => HasType(value, rule!.GetValue<string>()),
                "properties" => CheckMembers(value, rule!, at),
                "required" => value is not JsonObject || rule!.AsArray().All(name => value.AsObject().ContainsKey(name!.GetValue<string>())),
                "additionalProperties" => value is not JsonObject || rule!.GetValue<bool>() || value.AsObject().All(member => schema["properties"]!.AsObject().ContainsKey(member.Key)),
                "items" => CheckItems(value, rule!, at),
                "pattern" => value?.GetValueKind() != JsonValueKind.String || Regex.IsMatch(value.GetValue<string>(), rule!.GetValue<string>().Replace("$", "\\z"), RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)),
                "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
                "const" => JsonNode.DeepEquals(rule, value),
                "maxLength" => value?.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length <= rule!.GetValue<int>(),
                "minimum" => value?.GetValueKind() != JsonValueKind.Number || Number(value) >= Number(rule!),
                "maximum" => value?.GetValueKind() != JsonValueKind.Number || Number(value) <= Number(rule!),
                "format" => HasFormat(value, rule!.GetValue<string>()),
                _ => throw new NotSupportedException($"the schema has the keyword '{keyword}'"),
            };
            if (!holds)
            {
                Problems.Add($"{at}: {keyword} {rule!.ToJsonString()} does not hold for {value?.ToJsonString()}");
            }
        }
    }

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static bool HasType(JsonNode? value, string type) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(Number(value!)),
        _ => false,
    };

    private static bool HasFormat(JsonNode? value, string format) => value?.GetValueKind() != JsonValueKind.String || format switch
    {
        "date-time" => Regex.IsMatch(value.GetValue<string>(), @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z", RegexOptions.None | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            && DateTimeOffset.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, out _),
        "uri" => Uri.TryCreate(value.GetValue<string>(), UriKind.Absolute, out _),
        "email" => value.GetValue<string>().Contains('@', StringComparison.Ordinal),
        _ => throw new NotSupportedException($"the schema has the format '{format}'"),
    };

    private bool Follow(JsonNode? value, string reference, string at)
    {
        Check(value, root["$defs"]![reference["#/$defs/".Length..]]!, at);
        return true;
    }

    private bool CheckMembers(JsonNode? value, JsonNode properties, string at)
    {
        foreach (var (name, member) in value as JsonObject ?? [])
        {
            if (properties[name] is { } schema)
            {
                Check(member, schema, $"{at}.{name}");
            }
        }

        return true;
    }

    private bool CheckItems(JsonNode? value, JsonNode items, string at)
    {
        var index = 0;
        foreach (var item in value as JsonArray ?? [])
        {
            Check(item, items, $"{at}[{index++}]");
        }

        return true;
    }
}
