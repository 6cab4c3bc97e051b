namespace LabTrace.Devices.Wire;

/// <summary>A program that the agent started at the other end of a wire.</summary>
internal sealed class WireProcess : ITargetProcess
{
    private readonly string _target;
    private readonly Command _command;
    private readonly WireLink _link;
    private readonly int _handle;
    private readonly Lazy<Task<CommandResult>> _result;
    private readonly Lazy<Task> _ending;
    private readonly Lazy<Task> _closing;
    private readonly Lazy<WireReadStream> _output;

    public WireProcess(string target, Command command, WireLink link, int handle, int pid)
    {
        (_target, _command, _link, _handle, Pid) = (target, command, link, handle, pid);
        _result = new Lazy<Task<CommandResult>>(ReadResultAsync);
        _ending = new Lazy<Task>(() => CallAsync(WireCall.ProcessEnd));
        _closing = new Lazy<Task>(CloseAsync);
        _output = new Lazy<WireReadStream>(OpenOutput);
    }

    public int Pid { get; }

    public Stream StandardOutput => _output.Value;

    public async ValueTask ReleaseAsync(CancellationToken cancellationToken) =>
        _ = await _link.CallAsync(WireCall.ProcessRelease, message => message.Int32(_handle), null, toEnd: false, cancellationToken);

    public async ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken)
    {
        if (!_closing.IsValueCreated)
        {
            _ = await _link.CallAsync(
                WireCall.ProcessSignal, message => message.Int32(_handle).Int32((int)signal), WireTarget.CallLimit, toEnd: false, cancellationToken);
        }
    }

    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _result.Value.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _ending.Value;
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await _closing.Value;

    // The result stays to be asked for; the agent forgets the program.
    private async Task CloseAsync()
    {
        try
        {
            var result = _result.Value;
            await CallAsync(WireCall.ProcessEnd);
            if (_output.IsValueCreated)
            {
                await _output.Value.DisposeAsync();
            }

            _ = await result;
            await CallAsync(WireCall.ProcessClose);
        }
        catch (TargetUnreachableException)
        {
            // With the wire gone the agent ends what it started by itself; whoever asks for the result learns of the loss.
        }
    }

    // The calls of one process are taken up in the order they were sent, so that nothing is collected behind this one.
    private WireReadStream OpenOutput() =>
        new(_link, CallAsync(WireCall.ProcessOutput), _handle, readsAhead: true);

    private async Task<CommandResult> ReadResultAsync()
    {
        var body = await CallAsync(WireCall.ProcessWait);
        var reader = new WireReader(body);
        _ = reader.Byte();
        return WireCommand.ReadResult(_target, _command, ref reader);
    }

    private Task<byte[]> CallAsync(WireCall call) =>
        _link.CallAsync(call, message => message.Int32(_handle), null, toEnd: true, CancellationToken.None);
}
