using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Hands the messages to all sinks from one writer at a time. A sink that fails is told of once and left out from then on.</summary>
internal sealed class MessageStream(IReadOnlyList<IRunSink> sinks) : IDisposable
{
    private readonly IRunSink?[] _sinks = [.. sinks];
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

    public async ValueTask WriteAsync(Envelope envelope)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await WriteToAllAsync(envelope);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask WriteAsync(List<Envelope> block)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            foreach (var envelope in block)
            {
                await WriteToAllAsync(envelope);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    // Never cancelled: an interrupted run's stream is finished properly.
    private async ValueTask WriteToAllAsync(Envelope envelope)
    {
        for (var i = 0; i < _sinks.Length; i++)
        {
            if (_sinks[i] is not { } sink)
            {
                continue;
            }

            try
            {
                await sink.WriteAsync(envelope, CancellationToken.None);
            }
            catch (Exception error)
            {
                _sinks[i] = null;
                lock (_problems)
                {
                    _problems.Add(new RunProblem($"report {sink.GetType().Name}", error));
                }
            }
        }
    }
}
