using System.Threading.Channels;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Writes the HTML report: one file with everything in it, written as scenarios end.</summary>
/// <remarks>
/// Encoding and compressing are done beside the run, which hands its messages over and goes on; when the last message has been taken,
/// the file is complete. Whoever opens it earlier, or after a run was killed, sees what had ended by then.
/// </remarks>
internal sealed class HtmlSink : IRunSink
{
    private const int MessagesWaiting = 4096;

    private readonly Channel<Envelope> _messages = Channel.CreateBounded<Envelope>(
        new BoundedChannelOptions(MessagesWaiting) { SingleReader = true, SingleWriter = true });
    private readonly Task _writing;
    private bool _hasTold;

    public HtmlSink(ReportOutput output, HtmlOptions options)
    {
        var report = new HtmlReport(output, options);
        _writing = Task.Run(() => WriteAllAsync(report, output));
    }

    /// <inheritdoc/>
    /// <exception cref="ReportException">The file cannot be written.</exception>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        // The last message waits for the file, so that what goes wrong with it is the run's problem too.
        return envelope.TestRunFinished is null && !_writing.IsCompleted && _messages.Writer.TryWrite(envelope)
            ? ValueTask.CompletedTask
            : WriteOrFinishAsync(envelope, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => FinishAsync();

    private async ValueTask WriteOrFinishAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (!_writing.IsCompleted)
        {
            try
            {
                await _messages.Writer.WriteAsync(envelope, cancellationToken);
            }
            catch (ChannelClosedException)
            {
                // The writing broke off; its own error is the one to tell.
            }
        }

        if (envelope.TestRunFinished is not null || _writing.IsCompleted)
        {
            await FinishAsync();
        }
    }

    private async ValueTask FinishAsync()
    {
        _ = _messages.Writer.TryComplete();
        if (!_hasTold)
        {
            _hasTold = true;
            await _writing;
        }
        else
        {
            await _writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task WriteAllAsync(HtmlReport report, ReportOutput output)
    {
        try
        {
            using (output)
            {
                report.Begin();
                await foreach (var envelope in _messages.Reader.ReadAllAsync())
                {
                    report.Take(envelope);
                }

                report.End();
            }
        }
        finally
        {
            _ = _messages.Writer.TryComplete();
        }
    }
}
