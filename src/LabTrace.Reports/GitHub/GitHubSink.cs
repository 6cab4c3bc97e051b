using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.GitHub;

/// <summary>Writes annotations where the workflow reads them, and adds to the job's summary when there is one.</summary>
internal sealed class GitHubSink(ReportContext context, ReportOutput output, string? summaryFile) : IRunSink
{
    private bool _isMade;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        context.Run.Apply(envelope);
        if (envelope.TestRunFinished is not null)
        {
            Make(context.Run);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            Make(context.Run);
        }
        finally
        {
            output.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void Make(RunRecord run)
    {
        if (_isMade)
        {
            return;
        }

        _isMade = true;
        output.Write(GitHubReport.MakeAnnotations(run));
        if (string.IsNullOrEmpty(summaryFile))
        {
            return;
        }

        try
        {
            File.AppendAllText(summaryFile, GitHubReport.MakeSummary(run));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ReportException($"cannot add to the job's summary '{summaryFile}': {exception.Message}", $"unset {GitHubReport.SummaryVariable}", exception);
        }
    }
}
