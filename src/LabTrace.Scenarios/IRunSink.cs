using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios;

/// <summary>Takes the message stream of a run, in order and from one writer. A report is a sink; so is the NDJSON file.</summary>
public interface IRunSink : IAsyncDisposable
{
    /// <summary>Takes the next message. A sink that cannot write says so by throwing; the run goes on and ends broken.</summary>
    ValueTask WriteAsync(Envelope envelope, CancellationToken cancellationToken);
}
