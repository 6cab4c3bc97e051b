using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Writes the HTML report: one file with everything in it, written as scenarios end.</summary>
/// <remarks>
/// Encoding and compressing are done on a thread beside the run, which hands its messages over and goes on: many at a time, because
/// waking the other side for each costs more than writing it. When the last message has been taken, the file is complete. Whoever opens
/// it earlier, or after a run was killed, sees what had ended by then. Synchronous, as all that writes files: a short run would pay for
/// compiling the state machines.
/// </remarks>
internal sealed class HtmlSink : IRunSink
{
    private const int MessagesTogether = 256;
    private const int SecondsTogether = 1;
    private const int Waiting = 64;

    // Taken by Monitor, which can wait for the other side.
    private readonly Queue<List<Envelope>> _handed = new();
    private readonly HtmlReport _report;
    private readonly ReportOutput _output;
    private readonly Thread _writing;
    private List<Envelope> _messages = new(MessagesTogether);
    private Exception? _error;
    private long _lastHanded;
    private bool _hasFinished;
    private bool _hasHandedAll;
    private bool _hasBrokenOff;

    public HtmlSink(ReportOutput output, HtmlOptions options)
    {
        _output = output;
        _report = new HtmlReport(output, options);
        _writing = new Thread(WriteAll) { IsBackground = true, Name = "HTML report" };
        _writing.Start();
    }

    /// <inheritdoc/>
    /// <exception cref="ReportException">The file cannot be written.</exception>
    public ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        _messages.Add(envelope);

        // The last message waits for the file, so that what goes wrong with it is the run's problem too.
        if (envelope.TestRunFinished is not null || !_writing.IsAlive)
        {
            Finish();
        }
        else if (_messages.Count >= MessagesTogether || IsTime(envelope))
        {
            HandOver();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Finish();
        return ValueTask.CompletedTask;
    }

    private bool IsTime(Envelope envelope)
    {
        if (envelope.TestCaseFinished is not { } finished || finished.Timestamp.Seconds - _lastHanded < SecondsTogether)
        {
            return false;
        }

        _lastHanded = finished.Timestamp.Seconds;
        return true;
    }

    private void HandOver()
    {
        lock (_handed)
        {
            // Where the writing is slower than the run, the run waits.
            while (_handed.Count >= Waiting && !_hasBrokenOff)
            {
                Monitor.Wait(_handed);
            }

            _handed.Enqueue(_messages);
            Monitor.Pulse(_handed);
        }

        _messages = new List<Envelope>(MessagesTogether);
    }

    /// <summary>Hands the last messages over, waits for the file, and tells once what went wrong with it.</summary>
    private void Finish()
    {
        if (_hasFinished)
        {
            return;
        }

        _hasFinished = true;
        lock (_handed)
        {
            _handed.Enqueue(_messages);
            _hasHandedAll = true;
            Monitor.Pulse(_handed);
        }

        _messages = [];
        _writing.Join();
        if (_error is { } error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }

    private void WriteAll()
    {
        try
        {
            using (_output)
            {
                _report.Begin();
                while (Next() is { } messages)
                {
                    foreach (var envelope in messages)
                    {
                        _report.Take(envelope);
                    }
                }

                _report.End();
            }
        }
        catch (Exception error)
        {
            _error = error;
            lock (_handed)
            {
                _hasBrokenOff = true;
                Monitor.Pulse(_handed);
            }
        }
    }

    /// <summary>The next messages, waited for; null when there are no more.</summary>
    private List<Envelope>? Next()
    {
        lock (_handed)
        {
            while (_handed.Count == 0 && !_hasHandedAll)
            {
                Monitor.Wait(_handed);
            }

            if (!_handed.TryDequeue(out var messages))
            {
                return null;
            }

            Monitor.Pulse(_handed);
            return messages;
        }
    }
}
