using System.Text.Json;

namespace LabTrace.Scenarios;

/// <summary>The settings of <c>reqnroll.json</c> that mean something here.</summary>
public sealed record ReqnrollSettings
{
    /// <summary>The file's name.</summary>
    public const string FileName = "reqnroll.json";

    /// <summary>The dialect of features that name none (<c>language.feature</c>).</summary>
    public string FeatureLanguage { get; init; } = "en";

    /// <summary>The culture that arguments are converted with (<c>language.binding</c>), or null for the feature's.</summary>
    public string? BindingCulture { get; init; }

    /// <summary>What an undefined or pending step makes of its NUnit test (<c>runtime.missingOrPendingStepsOutcome</c>); the message stream is not changed by it.</summary>
    public MissingStepsOutcome MissingOrPendingStepsOutcome { get; init; } = MissingStepsOutcome.Pending;

    /// <summary>End the run at the first error (<c>runtime.stopAtFirstError</c>).</summary>
    public bool StopAtFirstError { get; init; }

    /// <summary>Assemblies to look for bindings in (<c>bindingAssemblies</c>).</summary>
    public IReadOnlyList<string> BindingAssemblies { get; init; } = [];

    /// <summary>Reads the file of a directory; defaults when there is none.</summary>
    /// <exception cref="FormatException">It is no JSON, or a value is not one of those allowed.</exception>
    public static ReqnrollSettings Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return File.Exists(path) ? Parse(File.ReadAllText(path)) : new ReqnrollSettings();
    }

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="FormatException">It is no JSON, or a value is not one of those allowed.</exception>
    public static ReqnrollSettings Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var root = document.RootElement;
            return new ReqnrollSettings
            {
                FeatureLanguage = Find(root, "language", "feature")?.GetString() ?? "en",
                BindingCulture = Find(root, "language", "binding")?.GetString(),
                MissingOrPendingStepsOutcome = OutcomeOf(Find(root, "runtime", "missingOrPendingStepsOutcome")?.GetString()),
                StopAtFirstError = Find(root, "runtime", "stopAtFirstError")?.GetBoolean() ?? false,
                BindingAssemblies = Find(root, "bindingAssemblies") is { ValueKind: JsonValueKind.Array } list
                    ? [.. list.EnumerateArray().Select(item => Find(item, "assembly")?.GetString()).OfType<string>()]
                    : [],
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{FileName}: {error.Message}", error);
        }
    }

    private static MissingStepsOutcome OutcomeOf(string? text) =>
        text is null ? MissingStepsOutcome.Pending
        : Enum.TryParse<MissingStepsOutcome>(text, ignoreCase: true, out var outcome) ? outcome
        : throw new FormatException($"{FileName}: missingOrPendingStepsOutcome is '{text}', expected {string.Join(", ", Enum.GetNames<MissingStepsOutcome>())}");

    private static JsonElement? Find(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            JsonElement? next = null;
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
                    {
                        next = property.Value;
                    }
                }
            }

            if (next is null)
            {
                return null;
            }

            element = next.Value;
        }

        return element;
    }
}

/// <summary>What an undefined or pending step makes of its NUnit test.</summary>
public enum MissingStepsOutcome
{
    /// <summary>Pending.</summary>
    Pending,

    /// <summary>Inconclusive; the same here.</summary>
    Inconclusive,

    /// <summary>Ignored.</summary>
    Ignore,

    /// <summary>Failed.</summary>
    Error,
}
