using System.Globalization;
using System.Text.Json;

namespace LabTrace.TestKit.Portal;

/// <summary>A request's JSON object, read as strictly as the server validates it.</summary>
internal sealed class PortalBody
{
    private static readonly string[] Statuses = ["PASSED", "FAILED", "STOPPED", "SKIPPED", "INTERRUPTED", "CANCELLED", "INFO", "WARN"];
    private static readonly string[] Issues = ["PB001", "AB001", "SI001", "ND001", "TI001", "NOT_ISSUE"];
    private readonly JsonElement _json;

    public PortalBody(JsonElement? json) =>
        _json = json is { ValueKind: JsonValueKind.Object } body ? body : throw new PortalRefusalException(400, 4001, "Incorrect Request. JSON parse error");

    public bool Has(string name) => Find(name) is not null;

    public string? Text(string name, int least, int most, bool needed = false)
    {
        if (Find(name) is not { } value)
        {
            return needed ? throw new PortalRefusalException(400, 4001, $"Field '{name}' should not be null") : null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new PortalRefusalException(400, 4001, $"Field '{name}' is no string");
        if (text.Contains('\0'))
        {
            throw new PortalRefusalException(500, 5000, "invalid byte sequence for encoding \"UTF8\": 0x00");
        }

        return text.Length >= least && text.Length <= most && (least == 0 || !string.IsNullOrWhiteSpace(text))
            ? text
            : throw new PortalRefusalException(400, 4001, $"Field '{name}' should have size from '{least}' to '{most}', has {text.Length}");
    }

    public bool Flag(string name, bool usual = false) => Find(name) is { } value ? value.GetBoolean() : usual;

    public string? OneOf(string name, params string[] known)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        var text = value.GetString()!.ToUpperInvariant();
        return known.Contains(text) ? text : throw new PortalRefusalException(400, 4001, $"{name} '{text}' is unsupported");
    }

    public string? Status() => OneOf("status", Statuses);

    public string? Issue()
    {
        if (Find("issue") is not { } issue)
        {
            return null;
        }

        var type = new PortalBody(issue).Text("issueType", 1, 64, needed: true)!.ToUpperInvariant();
        return Issues.Contains(type) ? type : throw new PortalRefusalException(400, 40020, $"Test items issue type cannot be resolved. {type}");
    }

    /// <summary>Microseconds since 1970.</summary>
    public long? Time(string name)
    {
        var value = Find(name) ?? throw new PortalRefusalException(400, 4001, $"Field '{name}' should not be null");
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetInt64() * 1000;
        }

        return DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10
            : throw new PortalRefusalException(400, 4001, $"Field '{name}' is no time");
    }

    public List<string> Attributes()
    {
        var attributes = new List<string>();
        foreach (var attribute in Find("attributes") is { } list ? list.EnumerateArray() : default)
        {
            var body = new PortalBody(attribute);
            attributes.Add($"{body.Text("key", 0, 512)}:{body.Text("value", 1, 512, needed: true)}{(body.Flag("system") ? " (system)" : "")}");
        }

        return attributes.Count <= 256 ? attributes : throw new PortalRefusalException(400, 4001, "attributes: at most 256");
    }

    public List<string> Parameters() =>
        Find("parameters") is { } list ? [.. list.EnumerateArray().Select(item => $"{item.GetProperty("key").GetString()}={item.GetProperty("value").GetString()}")] : [];

    public List<int> Numbers(string name) => Find(name) is { } list ? [.. list.EnumerateArray().Select(item => item.GetInt32())] : [];

    public string? FileName() => Find("file") is { } file ? new PortalBody(file).Text("name", 1, 255, needed: true) : null;

    private JsonElement? Find(string name) => _json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
