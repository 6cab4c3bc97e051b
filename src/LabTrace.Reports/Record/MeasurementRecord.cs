using System.Text.Json;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>A number that a step measured.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit; empty for none.</param>
public sealed record MeasurementRecord(string Name, double Value, string Unit)
{
    private const int MostSamples = 1000;

    /// <summary>The media type of the attachment that holds one, as JSON: <c>{"name":…,"value":…,"unit":…,"samples":[…]}</c>; the last may be left out.</summary>
    public const string MediaType = "application/vnd.labtrace.measurement+json";

    /// <summary>What it is a statistic of, where the step tells; at most a thousand, else empty.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>Reads the attachment's text.</summary>
    /// <returns>The measurement, or null when the text is none.</returns>
    public static MeasurementRecord? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
                && root.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number
                ? new MeasurementRecord(
                    name.GetString()!,
                    value.GetDouble(),
                    root.TryGetProperty("unit", out var unit) && unit.ValueKind == JsonValueKind.String ? unit.GetString()! : "")
                {
                    Samples = root.TryGetProperty("samples", out var samples) && samples.ValueKind == JsonValueKind.Array
                        ? [.. samples.EnumerateArray().Where(static s => s.ValueKind == JsonValueKind.Number).Take(MostSamples).Select(static s => s.GetDouble())]
                        : [],
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static IEnumerable<MeasurementRecord> Of(IEnumerable<Attachment> attachments) =>
        attachments.Where(attachment => attachment.MediaType == MediaType)
            .Select(attachment => TryParse(attachment.Text()))
            .OfType<MeasurementRecord>();
}
