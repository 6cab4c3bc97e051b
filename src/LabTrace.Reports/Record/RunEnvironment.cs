using System.Text;
using System.Text.Json;

namespace LabTrace.Reports.Record;

/// <summary>Where a run ran: what a reader must know to judge what its verdicts are worth.</summary>
/// <remarks>
/// It travels in the message stream as an attachment of the run with a media type of its own, which other readers of Cucumber
/// Messages pass over. A step that learns more, a board's serial number for example, attaches another one; they are merged.
/// </remarks>
public sealed record RunEnvironment
{
    /// <summary>The media type of the attachment that holds it, as JSON.</summary>
    public const string MediaType = "application/vnd.labtrace.environment+json";

    /// <summary>The property that tells the order of the scenarios, where it was not the features': <c>random:SEED</c>.</summary>
    public const string Order = "order";

    /// <summary>The place's name, or null if the stream does not tell.</summary>
    public string? Place { get; init; }

    /// <summary>The kind of its target: <c>emulated</c>, <c>local</c>, <c>ssh</c> or <c>vm</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>One line about the place, for people.</summary>
    public string? Description { get; init; }

    /// <summary>The boards under test, each with what identifies it; none when none is known.</summary>
    public IReadOnlyList<string> Boards { get; init; } = [];

    /// <summary>The kernel of the target, or null when it is not known.</summary>
    public RunKernel? Kernel { get; init; }

    /// <summary>The level of evidence: <c>L0</c>, <c>L1</c>, <c>L2</c> or <c>L3</c>.</summary>
    public string? Level { get; init; }

    /// <summary>The version of LabTrace.</summary>
    public string? LabTrace { get; init; }

    /// <summary>Where a known issue can be read, with <c>{key}</c> for its key; null if the stream does not tell.</summary>
    public string? IssueUrl { get; init; }

    /// <summary>What else was told, by name.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>What the level means, in a few words; empty when it is not known.</summary>
    public string LevelMeaning => Level switch
    {
        "L0" => "emulated in memory",
        "L1" => "a recording replayed",
        "L2" => "the real driver on modelled hardware",
        "L3" => "the real machine",
        _ => "",
    };

    /// <summary>What is known, name and text, in the order in which it is told.</summary>
    public IReadOnlyList<EnvironmentLine> Lines
    {
        get
        {
            List<EnvironmentLine> lines = [];
            Add("place", Place);
            Add("kind", Kind);
            Add("description", Description);
            Add("board", Boards.Count == 0 ? null : string.Join(", ", Boards));
            Add("kernel", Kernel?.Release);
            Add("kernel version", Kernel?.Version);
            Add("machine", Kernel?.Machine);
            Add("host", Kernel?.HostName);
            Add("level of evidence", Level is null ? null : LevelMeaning.Length == 0 ? Level : $"{Level}, {LevelMeaning}");
            Add("LabTrace", LabTrace);
            if (Properties.Count > 0)
            {
                foreach (var (name, text) in Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    lines.Add(new EnvironmentLine(name, text));
                }
            }

            return lines;

            void Add(string name, string? text)
            {
                if (!string.IsNullOrEmpty(text))
                {
                    lines.Add(new EnvironmentLine(name, text));
                }
            }
        }
    }

    /// <summary>Reads the attachment's text.</summary>
    /// <returns>The environment, or null when the text is none.</returns>
    public static RunEnvironment? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            return new RunEnvironment
            {
                Place = Text(root, "place"),
                Kind = Text(root, "kind"),
                Description = Text(root, "description"),
                Boards = root.TryGetProperty("boards", out var boards) && boards.ValueKind == JsonValueKind.Array
                    ? [.. boards.EnumerateArray().Where(board => board.ValueKind == JsonValueKind.String).Select(board => board.GetString()!)]
                    : [],
                Kernel = root.TryGetProperty("kernel", out var kernel) && kernel.ValueKind == JsonValueKind.Object
                    ? new RunKernel(
                        Text(kernel, "release") ?? "", Text(kernel, "version"), Text(kernel, "machine"), Text(kernel, "hostName"), Text(kernel, "bootId"))
                    : null,
                Level = Text(root, "level"),
                LabTrace = Text(root, "labtrace"),
                IssueUrl = Text(root, "issueUrl"),
                Properties = root.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
                    ? properties.EnumerateObject()
                        .Where(property => property.Value.ValueKind == JsonValueKind.String)
                        .GroupBy(property => property.Name, StringComparer.Ordinal)
                        .ToDictionary(group => group.Key, group => group.Last().Value.GetString()!, StringComparer.Ordinal)
                    : [],
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>This and what a later one tells besides or instead.</summary>
    public RunEnvironment With(RunEnvironment later)
    {
        ArgumentNullException.ThrowIfNull(later);

        var properties = new Dictionary<string, string>(Properties, StringComparer.Ordinal);
        foreach (var (name, text) in later.Properties)
        {
            properties[name] = text;
        }

        return new RunEnvironment
        {
            Place = later.Place ?? Place,
            Kind = later.Kind ?? Kind,
            Description = later.Description ?? Description,
            Boards = [.. Boards.Union(later.Boards, StringComparer.Ordinal)],
            Kernel = later.Kernel ?? Kernel,
            Level = later.Level ?? Level,
            LabTrace = later.LabTrace ?? LabTrace,
            IssueUrl = later.IssueUrl ?? IssueUrl,
            Properties = properties,
        };
    }

    /// <summary>The attachment's text.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, "place", Place);
            Write(json, "kind", Kind);
            Write(json, "description", Description);
            if (Boards.Count > 0)
            {
                json.WriteStartArray("boards");
                foreach (var board in Boards)
                {
                    json.WriteStringValue(board);
                }

                json.WriteEndArray();
            }

            if (Kernel is { } kernel)
            {
                json.WriteStartObject("kernel");
                Write(json, "release", kernel.Release);
                Write(json, "version", kernel.Version);
                Write(json, "machine", kernel.Machine);
                Write(json, "hostName", kernel.HostName);
                Write(json, "bootId", kernel.BootId);
                json.WriteEndObject();
            }

            Write(json, "level", Level);
            Write(json, "labtrace", LabTrace);
            Write(json, "issueUrl", IssueUrl);
            if (Properties.Count > 0)
            {
                json.WriteStartObject("properties");
                foreach (var (name, text) in Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    json.WriteString(name, text);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Write(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}

/// <summary>The kernel a run was about.</summary>
/// <param name="Release">uname -r.</param>
/// <param name="Version">uname -v, or null.</param>
/// <param name="Machine">uname -m, or null.</param>
/// <param name="HostName">uname -n, or null.</param>
/// <param name="BootId">Changes with every boot; null if not known.</param>
public sealed record RunKernel(string Release, string? Version = null, string? Machine = null, string? HostName = null, string? BootId = null);

/// <summary>One thing that is known of where a run runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">What is known of it.</param>
public sealed record EnvironmentLine(string Name, string Text);
