namespace LabTrace.Reports.Html;

/// <summary>Media types of attachments that the report draws, and of those it shows as text.</summary>
internal static class DrawingTypes
{
    /// <summary>Events of a capture, to be shown along time.</summary>
    public const string Timeline = "application/vnd.labtrace.timeline+json";

    /// <summary>A histogram or lines.</summary>
    public const string Plot = "application/vnd.labtrace.plot+json";

    public static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.Ordinal)
        || mediaType is "application/json" or "application/xml" or "application/yaml" or "application/x-ndjson"
        || mediaType.EndsWith("+json", StringComparison.Ordinal)
        || mediaType.EndsWith("+xml", StringComparison.Ordinal);
}
