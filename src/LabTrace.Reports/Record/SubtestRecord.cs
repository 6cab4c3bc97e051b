using System.Text.Json;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A test that a program reported by itself while a step ran it, in TAP for example.</summary>
/// <param name="Path">Its name, behind the names of the tests that hold it.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="Reason">Why, as far as the program says; null when it does not.</param>
public sealed record SubtestRecord(string Path, Verdict Verdict, string? Reason)
{
    /// <summary>The media type of the attachment that holds them, as <c>labtrace tap --json</c> writes a file.</summary>
    public const string MediaType = "application/vnd.labtrace.tap+json";

    private const int MaxDepth = 128;

    internal static IEnumerable<SubtestRecord> Of(IEnumerable<Attachment> attachments) =>
        attachments.Where(attachment => attachment.MediaType == MediaType).SelectMany(attachment => Parse(attachment.Text()));

    /// <summary>Reads the attachment's text; what is none gives none.</summary>
    internal static IReadOnlyList<SubtestRecord> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 * MaxDepth });
            var found = new List<SubtestRecord>();
            AddStreams(found, document.RootElement, "streams", "");
            return found;
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static void AddStreams(List<SubtestRecord> found, JsonElement holder, string member, string path)
    {
        foreach (var stream in Items(holder, member))
        {
            foreach (var test in Items(stream, "tests"))
            {
                var name = Text(test, "name") ?? "";
                var own = path.Length == 0 ? name : $"{path} › {name}";
                if (Items(test, "subtests").Any())
                {
                    AddStreams(found, test, "subtests", own);
                    continue;
                }

                var verdict = Text(test, "verdict") switch
                {
                    "passed" => Verdict.Passed,
                    "failed" => Verdict.Failed,
                    "skipped" => Verdict.Skipped,
                    _ => Verdict.Broken,
                };
                found.Add(new SubtestRecord(own.Length == 0 ? "(no name)" : own, verdict, Text(test, "reason")));
            }
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
