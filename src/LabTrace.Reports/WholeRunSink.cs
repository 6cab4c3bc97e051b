using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports;

/// <summary>A report that is made in one piece when the run has ended, or when its stream has.</summary>
internal sealed class WholeRunSink(ReportContext context, ReportOutput output, Func<RunRecord, string> make) : IRunSink
{
    private bool _isMade;

    /// <inheritdoc/>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        context.Run.Apply(envelope);
        if (envelope.TestRunFinished is not null)
        {
            Make();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            Make();
        }
        finally
        {
            output.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void Make()
    {
        if (!_isMade)
        {
            _isMade = true;
            output.Write(make(context.Run));
        }
    }
}
