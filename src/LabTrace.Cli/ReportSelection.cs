using LabTrace.Devices;
using LabTrace.Reports;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli;

/// <summary>The reports of a run. The console report is there too, unless another one has standard output for itself.</summary>
internal sealed class ReportSelection
{
    private readonly List<ReportRequest> _requests;

    private ReportSelection(List<ReportRequest> requests) => _requests = requests;

    /// <summary>Reads what was asked for.</summary>
    /// <param name="texts">Each as <c>KIND[:FILE]</c>.</param>
    /// <exception cref="UsageException">There is no such report, or two want standard output.</exception>
    public static ReportSelection Parse(IReadOnlyList<string> texts)
    {
        List<ReportRequest> requests;
        try
        {
            requests = [.. texts.Select(ReportCatalog.Parse)];
        }
        catch (ReportException e)
        {
            throw new UsageException(e.Message);
        }

        if (requests.Count(r => r.TakesStandardOutput) > 1)
        {
            throw new UsageException("two reports want standard output\n  try: give one of them a file, for example tap:run.tap");
        }

        var hasConsole = requests.Any(IsConsole);
        if (!hasConsole && !requests.Any(r => r.TakesStandardOutput))
        {
            requests.Insert(0, ReportCatalog.Parse("console"));
        }

        return new ReportSelection(requests);
    }

    /// <summary>Opens the run's message stream and every report into <paramref name="sinks"/>, which the caller disposes of.</summary>
    /// <param name="sinks">Filled as each is opened, so that those opened are closed when a later one cannot be.</param>
    /// <param name="directory">The run's directory.</param>
    /// <param name="interrupt">Cancelled by Ctrl-C: a report that waits for somebody then does so no longer.</param>
    /// <exception cref="ReportException">A file cannot be made.</exception>
    public void Open(List<IRunSink> sinks, string directory, CancellationToken interrupt)
    {
        var lines = new MessageLines();
        sinks.Add(OpenStream(Path.Combine(directory, RunStream.FileName), lines));
        OpenReports(sinks, directory, isReplay: false, interrupt, lines);
    }

    /// <summary>Opens every report, without a message stream of the run.</summary>
    /// <inheritdoc cref="Open"/>
    public void OpenReports(List<IRunSink> sinks, string? directory, bool isReplay, CancellationToken interrupt, MessageLines? lines = null)
    {
        var context = ReportContext.ForProcess(directory, consoleToError: _requests.Any(r => r.TakesStandardOutput)) with
        {
            IsReplay = isReplay,
            Lines = lines ?? new MessageLines(),
            Interrupt = interrupt,
            Redact = SecretRedactor.Process.Redact,
            KeepSecret = SecretRedactor.Process.Add,
        };
        foreach (var request in _requests)
        {
            if (request.Kind.File == ReportFile.Configuration)
            {
                // First, so that a run killed at any moment has in its spool whatever its message stream says has ended.
                sinks.Insert(0, request.Open(context));
                continue;
            }

            sinks.Add(request.Open(context));
        }
    }

    /// <summary>Sees to it that no report takes the place of the stream it is made from.</summary>
    /// <exception cref="UsageException">One would.</exception>
    public void RefuseToOverwrite(string stream)
    {
        if (_requests.FirstOrDefault(r => r.Path is not null && Path.GetFullPath(r.Path) == Path.GetFullPath(stream)) is { } request)
        {
            throw new UsageException($"the report '{request.Kind.Name}' would overwrite the stream it is made from, '{stream}'\n  try: another file");
        }
    }

    private static MessageWriter OpenStream(string path, MessageLines lines)
    {
        try
        {
            return MessageWriter.Create(path, lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"the run's message stream '{path}' cannot be written: {e.Message}", "--out DIR", e);
        }
    }

    private static bool IsConsole(ReportRequest request) => request.Kind.Name == "console";
}
