namespace LabTrace.Reports.Html;

/// <summary>What the HTML report is told besides the messages.</summary>
internal sealed record HtmlOptions
{
    /// <summary>The directory the report's file is in; links are relative to it.</summary>
    public required string Directory { get; init; }

    /// <summary>The run's directory, from which attached files are named; null when there is none.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>Where known issues are, with <c>{key}</c> in the place of the issue's key: <c>https://issues.example/{key}</c>; null for no links.</summary>
    public string? IssueUrl { get; init; }

    /// <summary>Takes secrets out of a text that is read from a file beside the stream.</summary>
    public Func<string, string> Redact { get; init; } = text => text;

    /// <summary>How many bytes of attachments the file may hold, before compression; what does not fit is linked and counted.</summary>
    public long AttachmentBytes { get; init; } = 96L << 20;

    /// <summary>The options of a report written to a file.</summary>
    public static HtmlOptions Of(ReportContext context, string path) => new()
    {
        Directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".",
        RunDirectory = context.RunDirectory,
        IssueUrl = context.IssueUrl,
        Redact = context.Redact,
    };
}
