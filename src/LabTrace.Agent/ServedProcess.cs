using LabTrace.Devices;
using LabTrace.Devices.Wire;

namespace LabTrace.Agent;

/// <summary>A program that a caller started.</summary>
internal sealed class ServedProcess(ITargetProcess process) : IAsyncDisposable
{
    public Stream OpenOutput() => process.StandardOutput;

    public Task ReleaseAsync(CancellationToken cancellationToken) => process.ReleaseAsync(cancellationToken).AsTask();

    public Task SignalAsync(TargetSignal signal, CancellationToken cancellationToken) => process.SignalAsync(signal, cancellationToken).AsTask();

    /// <summary>Waits for the program's end; the wait itself is never given up, so that the caller gets the result once.</summary>
    public async Task WaitAsync(WireWriter answer) =>
        WireCommand.Write(answer, await process.WaitAsync(CancellationToken.None));

    /// <summary>SIGINT, the grace, SIGKILL: what cancelling a wait does.</summary>
    public async Task EndAsync()
    {
        try
        {
            _ = await process.WaitAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
