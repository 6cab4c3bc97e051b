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

    /// <summary>What happens when a step's method is marked [Obsolete] (<c>runtime.obsoleteBehavior</c>).</summary>
    public ObsoleteBehavior ObsoleteBehavior { get; init; } = ObsoleteBehavior.Warn;

    /// <summary>End the run at the first error (<c>runtime.stopAtFirstError</c>).</summary>
    public bool StopAtFirstError { get; init; }

    /// <summary>Assemblies to look for bindings in (<c>bindingAssemblies</c>).</summary>
    public IReadOnlyList<string> BindingAssemblies { get; init; } = [];

    /// <summary>Reports to write besides (<c>formatters</c>): the formatter's name, <c>html</c> or <c>message</c>, and its file.</summary>
    public IReadOnlyList<ReqnrollFormatter> Formatters { get; init; } = [];

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
                MissingOrPendingStepsOutcome = Of(
                    Find(root, "runtime", "missingOrPendingStepsOutcome")?.GetString(), "missingOrPendingStepsOutcome", MissingStepsOutcome.Pending),
                ObsoleteBehavior = Of(Find(root, "runtime", "obsoleteBehavior")?.GetString(), "obsoleteBehavior", ObsoleteBehavior.Warn),
                StopAtFirstError = Find(root, "runtime", "stopAtFirstError")?.GetBoolean() ?? false,
                BindingAssemblies = Find(root, "bindingAssemblies") is { ValueKind: JsonValueKind.Array } list
                    ? [.. list.EnumerateArray().Select(item => Find(item, "assembly")?.GetString()).OfType<string>()]
                    : [],
                Formatters = Find(root, "formatters") is { ValueKind: JsonValueKind.Object } formatters
                    ? [.. formatters.EnumerateObject().Select(formatter => new ReqnrollFormatter(formatter.Name, Find(formatter.Value, "outputFilePath")?.GetString()))]
                    : [],
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{FileName}: {error.Message}", error);
        }
    }

    private static T Of<T>(string? text, string name, T usual)
        where T : struct, Enum =>
        text is null ? usual
        : Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value
        : throw new FormatException($"{FileName}: {name} is '{text}', expected {string.Join(", ", Enum.GetNames<T>())}");

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

/// <summary>A report that the settings ask for.</summary>
/// <param name="Name">The formatter's name.</param>
/// <param name="OutputFilePath">Its file, or null for the usual one.</param>
public sealed record ReqnrollFormatter(string Name, string? OutputFilePath);

/// <summary>What happens when a step's method is marked [Obsolete].</summary>
public enum ObsoleteBehavior
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It runs, and its output says so.</summary>
    Warn,

    /// <summary>It is pending.</summary>
    Pending,

    /// <summary>It fails.</summary>
    Error,
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
