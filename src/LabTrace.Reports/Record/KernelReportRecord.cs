using System.Text.Json;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>Something the target's kernel reported of itself while a step ran: an oops, a warning, a stall.</summary>
/// <param name="Title">What it is and where, the same for the same fault on every machine.</param>
/// <param name="Type">Its kind, for example <c>WARNING</c>; empty if not told.</param>
/// <param name="Target">The target; empty if not told.</param>
/// <param name="Excerpt">The lines of the kernel's log.</param>
public sealed record KernelReportRecord(string Title, string Type, string Target, IReadOnlyList<string> Excerpt)
{
    /// <summary>The media type of the attachment that holds one, as JSON.</summary>
    public const string MediaType = "application/vnd.labtrace.kernel-report+json";

    /// <summary>Reads the attachment's text.</summary>
    /// <returns>The report, or null when the text is none.</returns>
    public static KernelReportRecord? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && Text(root, "title") is { Length: > 0 } title
                ? new KernelReportRecord(title, Text(root, "type"), Text(root, "target"), Lines(root))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static IEnumerable<KernelReportRecord> Of(IEnumerable<Attachment> attachments) =>
        attachments.Where(attachment => attachment.MediaType == MediaType)
            .Select(attachment => TryParse(attachment.Text()))
            .OfType<KernelReportRecord>();

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string[] Lines(JsonElement root) =>
        root.TryGetProperty("excerpt", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? [.. lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(line => line.GetString()!)]
            : [];
}
