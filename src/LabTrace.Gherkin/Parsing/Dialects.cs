using System.Collections.Concurrent;
using System.Text.Json;

namespace LabTrace.Gherkin.Parsing;

/// <summary>Finds dialects by name. English is at hand; any other reads the embedded gherkin-languages.json once.</summary>
internal static class Dialects
{
    private static readonly ConcurrentDictionary<string, Dialect> Loaded = new() { ["en"] = Dialect.English };
    private static readonly Lazy<JsonDocument> Languages = new(OpenLanguages);

    public static IEnumerable<string> Names => Languages.Value.RootElement.EnumerateObject().Select(language => language.Name);

    public static Dialect? Find(string name)
    {
        if (Loaded.TryGetValue(name, out var known))
        {
            return known;
        }

        return Languages.Value.RootElement.TryGetProperty(name, out var lists) ? Loaded.GetOrAdd(name, Load(name, lists)) : null;
    }

    internal static Dialect Load(string name) => Load(name, Languages.Value.RootElement.GetProperty(name));

    private static Dialect Load(string name, JsonElement lists) =>
        Dialect.From(name, key => [.. lists.GetProperty(key).EnumerateArray().Select(text => text.GetString()!)]);

    private static JsonDocument OpenLanguages()
    {
        using var json = typeof(Dialects).Assembly.GetManifestResourceStream("gherkin-languages.json")!;
        return JsonDocument.Parse(json);
    }
}
