using System.IO.Pipelines;
using LabTrace.Agent;
using LabTrace.Devices.Wire;

namespace LabTrace.Devices.Tests.Wire;

/// <summary>A target served and called within this process, over two pipes.</summary>
internal sealed class ServedTarget : IAsyncDisposable
{
    private readonly Task<bool> _serving;
    private readonly Pipe _toServer = new();
    private readonly Pipe _toCaller = new();

    private ServedTarget(ITarget served) =>
        _serving = TargetServer.ServeAsync(served, _toServer.Reader.AsStream(), _toCaller.Writer.AsStream());

    public static async Task<(ServedTarget Server, WireTarget Target)> OpenAsync(ITarget served, CancellationToken cancellationToken, Func<Task<string>>? whyLost = null)
    {
        var server = new ServedTarget(served);
        var link = await WireLink.OpenAsync(
            "bench", server._toCaller.Reader.AsStream(), server._toServer.Writer.AsStream(), whyLost ?? (() => Task.FromResult("")), cancellationToken);
        return (server, new WireTarget("bench", TargetKind.Ssh, link, TimeProvider.System));
    }

    /// <summary>Cuts the wire as a pulled cable does.</summary>
    public void Cut()
    {
        var broken = new IOException("cable pulled");
        _toCaller.Writer.Complete(broken);
        _toServer.Writer.Complete(broken);
    }

    public async ValueTask DisposeAsync() => _ = await _serving;
}
