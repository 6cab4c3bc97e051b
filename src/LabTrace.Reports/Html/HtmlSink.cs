using System.Threading.Channels;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Writes the HTML report: one file with everything in it, written as scenarios end.</summary>
/// <remarks>
/// Encoding and compressing are done beside the run, which hands its messages over and goes on: many at a time, because waking the
/// other side for each costs more than writing it. When the last message has been taken, the file is complete. Whoever opens it
/// earlier, or after a run was killed, sees what had ended by then.
/// </remarks>
internal sealed class HtmlSink : IRunSink
{
    private const int MessagesTogether = 256;
    private const int SecondsTogether = 1;
    private const int Waiting = 64;

    private readonly Channel<List<Envelope>> _handed = Channel.CreateBounded<List<Envelope>>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });
    private readonly Task _writing;
    private List<Envelope> _messages = new(MessagesTogether);
    private long _lastHanded;
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
        _messages.Add(envelope);

        // The last message waits for the file, so that what goes wrong with it is the run's problem too.
        if (envelope.TestRunFinished is not null || _writing.IsCompleted)
        {
            return FinishAsync();
        }

        if (_messages.Count < MessagesTogether && !IsTime(envelope))
        {
            return ValueTask.CompletedTask;
        }

        var full = _messages;
        _messages = new List<Envelope>(MessagesTogether);
        return _handed.Writer.TryWrite(full) ? ValueTask.CompletedTask : HandOverAsync(full, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => FinishAsync();

    private bool IsTime(Envelope envelope)
    {
        if (envelope.TestCaseFinished is not { } finished || finished.Timestamp.Seconds - _lastHanded < SecondsTogether)
        {
            return false;
        }

        _lastHanded = finished.Timestamp.Seconds;
        return true;
    }

    private async ValueTask HandOverAsync(List<Envelope> messages, CancellationToken cancellationToken)
    {
        try
        {
            await _handed.Writer.WriteAsync(messages, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The writing broke off; its own error is the one to tell.
            await FinishAsync();
        }
    }

    private async ValueTask FinishAsync()
    {
        if (_messages.Count > 0 && !_writing.IsCompleted)
        {
            var last = _messages;
            _messages = [];
            await HandOverLastAsync(last);
        }

        _ = _handed.Writer.TryComplete();
        if (_hasTold)
        {
            await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        _hasTold = true;
        await _writing;
    }

    private async ValueTask HandOverLastAsync(List<Envelope> messages)
    {
        try
        {
            await _handed.Writer.WriteAsync(messages);
        }
        catch (ChannelClosedException)
        {
            // As above: the writing's own error is told next.
        }
    }

    private async Task WriteAllAsync(HtmlReport report, ReportOutput output)
    {
        try
        {
            using (output)
            {
                report.Begin();
                await foreach (var messages in _handed.Reader.ReadAllAsync())
                {
                    foreach (var envelope in messages)
                    {
                        report.Take(envelope);
                    }
                }

                report.End();
            }
        }
        finally
        {
            _ = _handed.Writer.TryComplete();
        }
    }
}
