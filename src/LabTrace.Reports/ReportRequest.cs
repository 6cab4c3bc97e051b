using LabTrace.Scenarios;

namespace LabTrace.Reports;

/// <summary>A report that somebody asked for.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">Its file, or null for standard output.</param>
public sealed record ReportRequest(ReportKind Kind, string? Path)
{
    /// <summary>It takes standard output for itself, so the console report must go elsewhere.</summary>
    public bool TakesStandardOutput => Path is null && Kind.File == ReportFile.Optional;

    /// <summary>Makes the report's sink.</summary>
    /// <exception cref="ReportException">The file cannot be made.</exception>
    public IRunSink Open(ReportContext context) => Kind.Open(context, Path);
}
