using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Hands the messages to all sinks from one writer at a time. A sink that fails is told of once and left out from then on.</summary>
/// <remarks>Every message passes here before anything is written anywhere, so this is where secrets are taken out.</remarks>
internal sealed class MessageStream(IReadOnlyList<IRunSink> sinks, Func<string, string>? redact = null) : IDisposable
{
    private readonly IRunSink?[] _sinks = [.. sinks];
    private readonly EnvelopeRedaction? _redaction = redact is null ? null : new EnvelopeRedaction(redact);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<RunProblem> _problems = [];

    public IReadOnlyList<RunProblem> Problems
    {
        get
        {
            lock (_problems)
            {
                return [.. _problems];
            }
        }
    }

    public ValueTask WriteAsync(Envelope envelope)
    {
        // Nearly always no one else writes and all sinks take the message at once.
        if (!_gate.Wait(0))
        {
            return WriteWhenFreeAsync(envelope);
        }

        envelope = Redacted(envelope);
        for (var i = 0; i < _sinks.Length; i++)
        {
            var written = WriteTo(i, envelope);
            if (!written.IsCompletedSuccessfully)
            {
                return FinishAsync(written, i, envelope);
            }
        }

        _gate.Release();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask WriteWhenFreeAsync(Envelope envelope)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            var redacted = Redacted(envelope);
            for (var i = 0; i < _sinks.Length; i++)
            {
                await WriteTo(i, redacted);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask FinishAsync(ValueTask current, int at, Envelope envelope)
    {
        try
        {
            await current;
            for (var i = at + 1; i < _sinks.Length; i++)
            {
                await WriteTo(i, envelope);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private Envelope Redacted(Envelope envelope) => _redaction?.Redact(envelope) ?? envelope;

    // Never cancelled: an interrupted run's stream is finished properly.
    private ValueTask WriteTo(int index, Envelope envelope)
    {
        if (_sinks[index] is not { } sink)
        {
            return ValueTask.CompletedTask;
        }

        try
        {
            var written = sink.WriteAsync(envelope, CancellationToken.None);
            return written.IsCompletedSuccessfully ? ValueTask.CompletedTask : GuardAsync(written, index);
        }
        catch (Exception error)
        {
            GiveUp(index, error);
            return ValueTask.CompletedTask;
        }
    }

    private async ValueTask GuardAsync(ValueTask written, int index)
    {
        try
        {
            await written;
        }
        catch (Exception error)
        {
            GiveUp(index, error);
        }
    }

    private void GiveUp(int index, Exception error)
    {
        var sink = _sinks[index]!;
        _sinks[index] = null;
        lock (_problems)
        {
            _problems.Add(new RunProblem($"report {sink.GetType().Name}", error));
        }
    }
}
