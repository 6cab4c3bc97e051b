namespace LabTrace.Scenarios.Running;

/// <summary>Media types by a file's ending.</summary>
internal static class MediaTypes
{
    private const string Timeline = "application/vnd.labtrace.timeline+json";
    private const string Plot = "application/vnd.labtrace.plot+json";
    private const string KernelReport = "application/vnd.labtrace.kernel-report+json";
    private const string TapResults = "application/vnd.labtrace.tap+json";
    private const string Measurement = "application/vnd.labtrace.measurement+json";

    public static string Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        // What reports draw: a step can only say so by the file's name, for that is all Reqnroll's API takes.
        ".json" when path.EndsWith(".timeline.json", StringComparison.OrdinalIgnoreCase) => Timeline,
        ".json" when path.EndsWith(".plot.json", StringComparison.OrdinalIgnoreCase) => Plot,
        ".json" when path.EndsWith(".kernel-report.json", StringComparison.OrdinalIgnoreCase) => KernelReport,
        ".json" when path.EndsWith(".measurement.json", StringComparison.OrdinalIgnoreCase) => Measurement,
        ".json" when path.EndsWith(".tap.json", StringComparison.OrdinalIgnoreCase) => TapResults,
        ".txt" or ".log" or ".md" or ".tap" => "text/plain",
        ".csv" => "text/csv",
        ".html" or ".htm" => "text/html",
        ".json" => "application/json",
        ".ndjson" => "application/x-ndjson",
        ".xml" => "application/xml",
        ".yaml" or ".yml" => "application/yaml",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".svg" => "image/svg+xml",
        ".pdf" => "application/pdf",
        _ => "application/octet-stream",
    };

    public static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.Ordinal)
        || mediaType is "application/json" or "application/x-ndjson" or "application/xml" or "application/yaml" or Plot or KernelReport or Measurement or TapResults;
}
