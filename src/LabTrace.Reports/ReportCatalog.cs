using LabTrace.Reports.GitHub;
using LabTrace.Reports.Html;
using LabTrace.Reports.JUnit;
using LabTrace.Reports.Kcidb;
using LabTrace.Reports.ReportPortal;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.Tap;
using LabTrace.Reports.Terminal;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports;

/// <summary>The kinds of reports there are.</summary>
public static class ReportCatalog
{
    /// <summary>All kinds, in the order they are told of.</summary>
    public static IReadOnlyList<ReportKind> All { get; } =
    [
        new ReportKind(
            "console", "progress while the run lasts, then what did not pass, in full", ReportFile.None, (context, _) => new ConsoleSink(context)),
        new ReportKind(
            "tap", "TAP version 13, features as subtests", ReportFile.Optional, (context, path) => new TapSink(TapForm.Tap13, context, Text("tap", context, path))),
        new ReportKind(
            "tap14", "TAP version 14, with YAML for every scenario", ReportFile.Optional, (context, path) => new TapSink(TapForm.Tap14, context, Text("tap14", context, path))),
        new ReportKind(
            "ktap", "KTAP version 1, the kernel's", ReportFile.Optional, (context, path) => new TapSink(TapForm.Ktap1, context, Text("ktap", context, path))),
        new ReportKind(
            "junit",
            "JUnit XML for Jenkins and GitLab",
            ReportFile.Optional,
            (context, path) => new WholeRunSink(context, Text("junit", context, path), run => JUnitReport.Make(run, context.RunDirectory))),
        new ReportKind(
            "github",
            "annotations of a GitHub workflow, and the job's summary",
            ReportFile.Optional,
            (context, path) => new GitHubSink(context, Text("github", context, path), Environment.GetEnvironmentVariable(GitHubReport.SummaryVariable))),
        new ReportKind(
            "kcidb",
            "KCIDB's I/O schema 5.3, for KernelCI's database",
            ReportFile.Optional,
            (context, path) =>
            {
                var options = KcidbOptions.Read(Environment.GetEnvironmentVariable);
                return new WholeRunSink(context, Text("kcidb", context, path), run => KcidbReport.Make(run, options));
            }),
        new ReportKind(
            "messages",
            "Cucumber Messages as NDJSON, from which every other report can be made",
            ReportFile.Required,
            (context, path) => OpenMessages(context, path!)),
        new ReportKind(
            "html",
            "one HTML file with everything in it: search, steps, captures along time, plots",
            ReportFile.Required,
            (context, path) => new HtmlSink(ReportOutput.Create("html", path!), HtmlOptions.Of(context, path!))),
        new ReportKind(
            "reportportal",
            "a ReportPortal server, as ReportPortal.config.json and the variables RP_… say",
            ReportFile.Configuration,
            (context, path) => new ReportPortalSink(context, PortalSettings.Load(path), path),
            path => PortalSettings.Load(path)),
    ];

    /// <summary>Reads <c>KIND[:FILE]</c> as given on the command line.</summary>
    /// <exception cref="ReportException">There is no such kind, or it has a file too many or too few.</exception>
    public static ReportRequest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        var colon = text.IndexOf(':');
        var name = colon < 0 ? text : text[..colon];
        var file = colon < 0 ? null : text[(colon + 1)..];
        var kind = All.FirstOrDefault(known => known.Name == name)
            ?? throw new ReportException($"there is no report '{name}'", $"one of {string.Join(", ", All.Select(known => known.Usage))}");
        if (file is "" || (kind.File == ReportFile.None && file is not null) || (kind.File == ReportFile.Required && file is null or "-") || (kind.File == ReportFile.Configuration && file is "-"))
        {
            throw new ReportException($"'{text}' is no way to ask for the report '{name}'", $"--report {kind.Usage}");
        }

        kind.Check(file);
        return new ReportRequest(kind, file == "-" ? null : file);
    }

    private static ReportOutput Text(string kind, ReportContext context, string? path) =>
        path is null ? ReportOutput.To(kind, context.Out) : ReportOutput.Create(kind, path);

    private static MessageWriter OpenMessages(ReportContext context, string path)
    {
        try
        {
            return MessageWriter.Create(path, context.Lines);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ReportException(
                $"cannot write the report 'messages' to '{path}': {exception.Message}", "make room or choose another place", exception);
        }
    }
}
