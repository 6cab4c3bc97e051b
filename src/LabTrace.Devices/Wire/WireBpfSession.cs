namespace LabTrace.Devices.Wire;

/// <summary>A BPF program at the other end of a wire: its agent empties the ring buffer there, and the capture comes as a stream.</summary>
internal sealed class WireBpfSession : IBpfSession
{
    private readonly WireLink _link;
    private readonly int _handle;
    private readonly WireReadStream _capture;
    private bool _isDisposed;

    public WireBpfSession(WireLink link, int handle, BpfAttachReport report)
    {
        (_link, _handle, Report) = (link, handle, report);

        // Reading ahead takes nothing from anybody: the stream is this session's alone.
        _capture = new WireReadStream(link, handle, readsAhead: true);
    }

    public BpfAttachReport Report { get; }

    public Stream Capture => _capture;

    public async ValueTask<BpfStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        var body = await _link.CallAsync(WireCall.BpfStatus, message => message.Int32(_handle), WireTarget.CallLimit, toEnd: false, cancellationToken);
        var reader = new WireReader(body);
        _ = reader.Byte();
        return WireBpf.ReadStatus(ref reader);
    }

    // Until the capture is read the agent's thread may wait for its reader, so there is no limit.
    public async ValueTask StopAsync(CancellationToken cancellationToken) =>
        _ = await _link.CallAsync(WireCall.BpfStop, message => message.Int32(_handle), limit: null, toEnd: false, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            await _capture.DisposeAsync();
            _ = await _link.CallAsync(WireCall.BpfClose, message => message.Int32(_handle), null, toEnd: true, CancellationToken.None);
        }
        catch (TargetUnreachableException)
        {
            // The agent detached it when the wire broke.
        }
    }
}
