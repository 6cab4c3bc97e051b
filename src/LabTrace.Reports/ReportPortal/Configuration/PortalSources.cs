using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LabTrace.Reports.ReportPortal.Configuration;

/// <summary>Where properties stand: the .NET agents' files, files named like the variables, the environment; in this order, the later wins.</summary>
internal static partial class PortalSources
{
    private static readonly string[] FileNames = ["ReportPortal.json", "ReportPortal.config.json"];

    // A longer prefix is the shorter one with the nesting written as two characters.
    private static readonly string[] Prefixes = ["RP_", "REPORTPORTAL_"];

    private static readonly string[] NoValues = [".exe", ".dll", ".pdb", ".log", ".json", ".feature", ".md", ".cs"];

    /// <summary>Reads all sources.</summary>
    /// <param name="directory">Where the files are looked for.</param>
    /// <param name="file">A configuration file that was named, to be read instead of those; or null.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="ReportException">A file cannot be read or is no JSON object.</exception>
    public static PortalProperties Read(string directory, string? file, IDictionary environment)
    {
        var properties = new PortalProperties();
        if (file is not null)
        {
            AddFile(properties, file);
        }
        else
        {
            foreach (var found in FileNames.SelectMany(name => Find(directory, name)))
            {
                AddFile(properties, found);
            }

            AddDirectory(properties, directory);
        }

        AddEnvironment(properties, environment);
        return properties;
    }

    private static IEnumerable<string> Find(string directory, string name) =>
        Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Where(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
            : [];

    private static void AddFile(PortalProperties properties, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ReportException($"ReportPortal: '{path}' holds a JSON {json.RootElement.ValueKind}, expected an object", "start it with { \"server\": { \"url\": …");
            }

            Add(properties, json.RootElement, prefix: "", path);
        }
        catch (JsonException error)
        {
            throw new ReportException($"ReportPortal: '{path}' is not valid JSON: {error.Message}", "correct the file", error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or (IOException and not ReportException))
        {
            throw new ReportException($"ReportPortal: the configuration '{path}' cannot be read: {error.Message}", "--report reportportal:FILE names another", error);
        }
    }

    private static void Add(PortalProperties properties, JsonElement json, string prefix, string path)
    {
        foreach (var property in json.EnumerateObject())
        {
            var key = prefix + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Add(properties, property.Value, key + ":", path);
                    break;
                case JsonValueKind.Array:
                    properties.Add(key, string.Concat(property.Value.EnumerateArray().Select(item => item + ";")), $"'{path}'");
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    properties.Add(key, property.Value.ToString(), $"'{path}'");
                    break;
            }
        }
    }

    /// <summary>Files named <c>ReportPortal_Launch_Name</c> and the like hold a value each.</summary>
    private static void AddDirectory(PortalProperties properties, string directory)
    {
        foreach (var path in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            var match = ValueFile().Match(Path.GetFileName(path));
            if (match.Success && !NoValues.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            {
                properties.Add(match.Groups["key"].Value.Replace('_', ':'), File.ReadAllText(path).Trim(), $"'{path}'");
            }
        }
    }

    private static void AddEnvironment(PortalProperties properties, IDictionary environment)
    {
        var variables = environment.Cast<DictionaryEntry>().Select(entry => ((string)entry.Key, (string?)entry.Value ?? "")).ToList();
        foreach (var prefix in Prefixes)
        {
            foreach (var (name, value) in variables.OrderBy(variable => variable.Item1, StringComparer.Ordinal))
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    var key = Nesting().Replace(name[prefix.Length..].TrimStart('_'), ":");
                    properties.Add(key, value, $"the variable {name}");
                }
            }
        }
    }

    [GeneratedRegex("^reportportal_(?<key>[a-z]+(_[a-z]+)*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValueFile();

    [GeneratedRegex("__?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Nesting();
}
