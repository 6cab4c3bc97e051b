using System.Collections.Concurrent;
using LabTrace.Devices;
using LabTrace.Devices.Wire;

namespace LabTrace.Agent;

/// <summary>
/// Serves a target over a byte stream until the stream ends; then it ends every program and closes every file that was opened
/// over it. Calls run side by side; those of one stream or program are taken up in the order they came.
/// </summary>
internal sealed class TargetServer : IAsyncDisposable
{
    private readonly ITarget _target;
    private readonly FrameChannel _frames;
    private readonly ConcurrentDictionary<int, ServedStream> _streams = new();
    private readonly ConcurrentDictionary<int, ServedProcess> _processes = new();
    private readonly ConcurrentDictionary<int, IBpfSession> _programs = new();
    private readonly ConcurrentDictionary<int, ServedDevice> _devices = new();
    private readonly ConcurrentDictionary<uint, CancellationTokenSource> _calls = new();
    private readonly ServedLocks _locks = new();
    private int _lastHandle;

    private TargetServer(ITarget target, FrameChannel frames) => (_target, _frames) = (target, frames);

    /// <summary>Serves until the caller closes its end.</summary>
    /// <param name="target">What is served.</param>
    /// <param name="input">From the caller.</param>
    /// <param name="output">To the caller.</param>
    /// <returns>Whether the stream ended between two messages.</returns>
    public static async Task<bool> ServeAsync(ITarget target, Stream input, Stream output)
    {
        await using var frames = new FrameChannel(input, output);
        await using var server = new TargetServer(target, frames);
        return await server.ServeAsync();
    }

    /// <summary>Ends what callers left running.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var call in _calls.Values)
        {
            await call.CancelAsync();
        }

        foreach (var stream in _streams.Values)
        {
            await stream.DisposeAsync();
        }

        foreach (var program in _programs.Values)
        {
            await program.DisposeAsync();
        }

        foreach (var device in _devices.Values)
        {
            await device.DisposeAsync();
        }

        _locks.Dispose();
        await Task.WhenAll(_processes.Values.Select(p => p.DisposeAsync().AsTask()));
    }

    private async Task<bool> ServeAsync()
    {
        try
        {
            await _frames.SendAsync(
                WireKind.Hello, 0, new WireWriter().Int32(unchecked((int)WireProtocol.Magic)).Int32(WireProtocol.Version).Int32(Environment.ProcessId).Written);
            while (await _frames.ReceiveAsync(CancellationToken.None) is { } message)
            {
                if (message.Kind == WireKind.Cancel)
                {
                    Cancel(message.Id);
                }
                else if (message.Kind == WireKind.Request)
                {
                    Begin(message.Id, message.Body);
                }
            }

            return true;
        }
        catch (Exception e) when (e is WireException or IOException)
        {
            return false;
        }
    }

    private void Cancel(uint id)
    {
        if (_calls.TryGetValue(id, out var call))
        {
            try
            {
                call.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was just answered.
            }
        }
    }

    private void Begin(uint id, byte[] body)
    {
        var call = new CancellationTokenSource();
        _calls[id] = call;
        _ = AnswerAsync(id, body, call);
    }

    private async Task AnswerAsync(uint id, byte[] body, CancellationTokenSource call)
    {
        var answer = new WireWriter();
        var timedOut = false;
        try
        {
            var limit = ReadLimit(body);
            await using var deadline = limit < 0 ? null : TimeProvider.System.CreateTimer(
                _ =>
                {
                    timedOut = true;
                    Cancel(id);
                },
                null,
                TimeSpan.FromMilliseconds(limit),
                Timeout.InfiniteTimeSpan);
            _ = answer.Byte((byte)WireStatus.Done);
            await CallAsync(body, answer, call.Token);
        }
        catch (TargetIOException e)
        {
            answer = new WireWriter().Byte((byte)WireStatus.Refused).Refusal(e.Errno).Text(e.Operation).Text(e.Path).Text(e.Hint);
        }
        catch (OperationCanceledException)
        {
            answer = timedOut
                ? new WireWriter().Byte((byte)WireStatus.TimedOut).Text(((WireCall)body[0]).ToString()).Text(PathOf(body))
                : new WireWriter().Byte((byte)WireStatus.Cancelled);
        }
        catch (Exception e)
        {
            // Whatever it is, the caller waits for an answer: what broke is told there, where a person reads it.
            answer = new WireWriter().Byte((byte)WireStatus.Broken).Text($"{e.GetType().Name}: {e.Message}");
        }

        _ = _calls.TryRemove(id, out _);
        call.Dispose();
        try
        {
            await _frames.SendAsync(WireKind.Response, id, answer.Written);
        }
        catch (IOException)
        {
            // The caller is gone; the receiving side ends the server.
        }
    }

    private static long ReadLimit(byte[] body)
    {
        var reader = new WireReader(body);
        _ = reader.Byte();
        return reader.Int64();
    }

    private static string PathOf(byte[] body)
    {
        var reader = Arguments(body);
        return (WireCall)body[0] is WireCall.ReadMany or WireCall.WriteMany ? $"{reader.Int32()} files" : reader.OptionalText() ?? "";
    }

    private static WireReader Arguments(byte[] body)
    {
        var reader = new WireReader(body);
        _ = reader.Byte();
        _ = reader.Int64();
        return reader;
    }

    private Task CallAsync(byte[] body, WireWriter answer, CancellationToken cancellationToken)
    {
        var call = (WireCall)body[0];
        var reader = Arguments(body);
        return call switch
        {
            WireCall.Ping => Task.CompletedTask,
            WireCall.KernelIdentity or WireCall.Read or WireCall.ReadMany or WireCall.Write or WireCall.WriteMany or WireCall.List
                or WireCall.Stat or WireCall.CreateDirectory or WireCall.RemoveDirectory or WireCall.RemoveFile =>
                ServedFiles.CallAsync(_target, call, reader, answer, cancellationToken),
            WireCall.Lock => LockAsync(reader, answer),
            WireCall.OpenRead => OpenReadAsync(reader.Text(), answer, cancellationToken),
            WireCall.Start => StartAsync(WireCommand.Read(ref reader), answer, cancellationToken),
            WireCall.StreamRead => Stream(reader.Int32()).ReadAsync(reader.Int32(), answer, cancellationToken),
            WireCall.StreamRecords => Stream(reader.Int32()).ReadRecordsAsync(reader.Int32(), answer, cancellationToken),
            WireCall.StreamClose => CloseStreamAsync(reader.Int32()),
            WireCall.ProcessRelease => Process(reader.Int32()).ReleaseAsync(cancellationToken),
            WireCall.ProcessSignal => Process(reader.Int32()).SignalAsync((TargetSignal)reader.Int32(), cancellationToken),
            WireCall.ProcessWait => Process(reader.Int32()).WaitAsync(answer),
            WireCall.ProcessEnd => Process(reader.Int32()).EndAsync(),
            WireCall.ProcessOutput => OpenOutputAsync(reader.Int32()),
            WireCall.ProcessClose => CloseProcessAsync(reader.Int32()),
            WireCall.BpfStart => StartBpfAsync(WireBpf.ReadRequest(ref reader), answer, cancellationToken),
            WireCall.BpfStatus => ReadBpfStatusAsync(Bpf(reader.Int32()), answer, cancellationToken),
            WireCall.BpfStop => Bpf(reader.Int32()).StopAsync(cancellationToken).AsTask(),
            WireCall.BpfClose => CloseBpfAsync(reader.Int32()),
            WireCall.ReadLink => ReadLinkAsync(reader.Text(), answer, cancellationToken),
            WireCall.DeviceOpen => OpenDeviceAsync(reader.Text(), reader.Flag(), answer, cancellationToken),
            WireCall.DeviceClose => CloseDeviceAsync(reader.Int32()),
            _ when ServedDevice.Serves(call) => Device(reader.Int32()).CallAsync(call, reader, answer, cancellationToken),
            _ => throw new WireException($"call {(byte)call} is not known"),
        };
    }

    private Task LockAsync(WireReader reader, WireWriter answer)
    {
        _locks.Lock(reader.Text(), reader.Text(), answer);
        return Task.CompletedTask;
    }

    private async Task OpenReadAsync(string path, WireWriter answer, CancellationToken cancellationToken)
    {
        // Reading ahead is harmless where the file has a length of its own; files of the kernel say 0 and may be emptied by reading.
        var status = await _target.StatAsync(path, cancellationToken);
        var stream = await _target.OpenReadAsync(path, cancellationToken);
        var handle = Interlocked.Increment(ref _lastHandle);
        _streams[handle] = new ServedStream(stream);
        _ = answer.Int32(handle).Flag(status is { Kind: FileKind.File, Size: > 4096 });
    }

    private async Task StartAsync(Command command, WireWriter answer, CancellationToken cancellationToken)
    {
        var process = await _target.StartAsync(command, cancellationToken);
        var handle = Interlocked.Increment(ref _lastHandle);
        _processes[handle] = new ServedProcess(process);
        _ = answer.Int32(handle).Int32(process.Pid);
    }

    private Task OpenOutputAsync(int handle)
    {
        _streams[handle] = new ServedStream(Process(handle).OpenOutput());
        return Task.CompletedTask;
    }

    private async Task CloseStreamAsync(int handle)
    {
        if (_streams.TryRemove(handle, out var stream))
        {
            await stream.DisposeAsync();
        }
    }

    private async Task CloseProcessAsync(int handle)
    {
        if (_processes.TryRemove(handle, out var process))
        {
            await process.DisposeAsync();
        }
    }

    private async Task StartBpfAsync(BpfRequest request, WireWriter answer, CancellationToken cancellationToken)
    {
        try
        {
            var session = await ((IBpfTarget)_target).StartBpfAsync(request, cancellationToken);
            var handle = Interlocked.Increment(ref _lastHandle);
            _programs[handle] = session;
            _streams[handle] = new ServedStream(session.Capture);
            WireBpf.WriteStarted(answer, handle, session.Report);
        }
        catch (LabException e) when (e is BpfRefusedException or BpfUnavailableException or LabConfigException)
        {
            WireBpf.WriteError(answer, e);
        }
    }

    private static async Task ReadBpfStatusAsync(IBpfSession session, WireWriter answer, CancellationToken cancellationToken) =>
        WireBpf.Write(answer, await session.ReadStatusAsync(cancellationToken));

    private async Task CloseBpfAsync(int handle)
    {
        if (_programs.TryRemove(handle, out var session))
        {
            await session.DisposeAsync();
        }
    }

    private IBpfSession Bpf(int handle) =>
        _programs.TryGetValue(handle, out var session) ? session : throw new WireException($"BPF program {handle} is not running");

    private async Task ReadLinkAsync(string path, WireWriter answer, CancellationToken cancellationToken) =>
        answer.Text(_target is ILinkTarget links
            ? await links.ReadLinkAsync(path, cancellationToken)
            : throw new WireException("the served target reads no links"));

    private async Task OpenDeviceAsync(string path, bool canWrite, WireWriter answer, CancellationToken cancellationToken)
    {
        var file = _target is IDeviceTarget devices
            ? await devices.OpenDeviceAsync(path, canWrite, cancellationToken)
            : throw new WireException("the served target opens no device files");
        var handle = Interlocked.Increment(ref _lastHandle);
        _devices[handle] = new ServedDevice(file);
        _ = answer.Int32(handle);
    }

    private async Task CloseDeviceAsync(int handle)
    {
        if (_devices.TryRemove(handle, out var device))
        {
            await device.DisposeAsync();
        }
    }

    private ServedDevice Device(int handle) =>
        _devices.TryGetValue(handle, out var device) ? device : throw new WireException($"device {handle} is not open");

    private ServedStream Stream(int handle) =>
        _streams.TryGetValue(handle, out var stream) ? stream : throw new WireException($"stream {handle} is not open");

    private ServedProcess Process(int handle) =>
        _processes.TryGetValue(handle, out var process) ? process : throw new WireException($"program {handle} is not known");
}
