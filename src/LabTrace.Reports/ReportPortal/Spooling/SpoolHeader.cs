using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Reports.ReportPortal.Configuration;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>The first line of a spool: where it was to go. For people, and to find the configuration again; it holds no key.</summary>
/// <param name="Server">The server's API.</param>
/// <param name="Project">The project.</param>
/// <param name="Configuration">The configuration file that was named, or null.</param>
internal sealed record SpoolHeader(string? Server, string? Project, string? Configuration)
{
    /// <summary>Makes the line.</summary>
    public static SpoolEntry Make(Guid launch, PortalSettings settings, string? configuration)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("server", settings.Api.AbsoluteUri);
            json.WriteString("project", settings.Project);
            if (configuration is not null)
            {
                json.WriteString("configuration", configuration);
            }

            json.WriteEndObject();
        }

        return new SpoolEntry { Action = SpoolAction.Open, Id = launch, Body = bytes.ToArray().AsMemory()[1..^1] };
    }

    /// <summary>Reads the line.</summary>
    public static SpoolHeader Parse(SpoolEntry entry)
    {
        try
        {
            using var json = JsonDocument.Parse((byte[])[(byte)'{', .. entry.Body.Span, (byte)'}']);
            return new SpoolHeader(Text(json, "server"), Text(json, "project"), Text(json, "configuration"));
        }
        catch (JsonException)
        {
            return new SpoolHeader(null, null, null);
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
