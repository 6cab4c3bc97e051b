using LabTrace.Tracing;

namespace LabTrace.Devices.TimeCards;

/// <summary>The BPF program function_latency on functions of the driver.</summary>
internal sealed class BpfCallTrace : DriverTrace
{
    private readonly IBpfSession _session;
    private readonly BpfStreamDecoder _decoder = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private List<DriverCall> _calls = [];

    private BpfCallTrace(IBpfSession session)
    {
        _session = session;
        _reading = ReadAsync();
    }

    /// <inheritdoc/>
    public override string Means => "bpf";

    /// <inheritdoc/>
    public override long Lost
    {
        get
        {
            lock (_gate)
            {
                return _decoder.Lost;
            }
        }
    }

    /// <summary>Starts it; the recorder's own calls are recorded too, for it is often the one that makes them.</summary>
    /// <exception cref="LabException">The target has no BPF, or refuses the program.</exception>
    public static async Task<BpfCallTrace> StartAsync(TargetChanges changes, IReadOnlyList<string> functions, TimeSpan least, CancellationToken cancellationToken)
    {
        var request = new BpfRequest("function_latency")
        {
            Functions = [.. functions.Take(BpfRequest.MaxFunctions).Select(f => new BpfFunction(f))],
            MinDuration = least,
            WithRecorder = true,
        };
        return new BpfCallTrace(await BpfRecorder.StartAsync(changes, request, cancellationToken));
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DriverCall>> TakeAsync(CancellationToken cancellationToken)
    {
        if (_reading.IsFaulted)
        {
            await _reading;
        }

        lock (_gate)
        {
            var taken = _calls;
            _calls = [];
            return taken;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _session.StopAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        while (await _session.Capture.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            lock (_gate)
            {
                _decoder.Append(buffer.AsSpan(0, count));
                while (_decoder.TryRead(out var each))
                {
                    if (each.TryGetField("function", out var function) && each.TryGetField("duration_ns", out var duration))
                    {
                        _calls.Add(new DriverCall((long)each.Time.Nanoseconds, each.Comm, each.Pid, each.Cpu, function.ToString(), duration.TryGetInteger(out var ns) ? (long)ns : 0) { Tgid = each.Tgid });
                    }
                }
            }
        }
    }
}
