using System.Collections.Concurrent;

namespace LabTrace.Devices.Wire;

/// <summary>
/// The caller's end of a wire: any number of calls under way at once, each answered by its id. When the wire breaks, every
/// call under way and every later one ends with <see cref="TargetUnreachableException"/>.
/// </summary>
internal sealed class WireLink : IAsyncDisposable
{
    private readonly string _target;
    private readonly FrameChannel _frames;
    private readonly Func<Task<string>> _whyLost;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<byte[]>> _calls = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _receiving;
    private readonly Lazy<Task> _closed;
    private TargetUnreachableException? _lost;
    private uint _lastId;

    private WireLink(string target, FrameChannel frames, int agentPid, Func<Task<string>> whyLost)
    {
        (_target, _frames, AgentPid, _whyLost) = (target, frames, agentPid, whyLost);
        _closed = new Lazy<Task>(CloseAsync);
        _receiving = Task.Run(ReceiveAsync, CancellationToken.None);
    }

    /// <summary>The pid of the process that serves the target.</summary>
    public int AgentPid { get; }

    /// <summary>The wire is broken, or was closed.</summary>
    public bool IsLost => _lost is not null;

    /// <summary>Waits for the other end to say who it is.</summary>
    /// <param name="target">The target's name, for messages.</param>
    /// <param name="input">From the served target.</param>
    /// <param name="output">To it.</param>
    /// <param name="whyLost">Says, when the wire breaks, what is known of the reason: what ssh complained of.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TargetUnreachableException">It ended, or is not a served target of this version.</exception>
    public static async Task<WireLink> OpenAsync(
        string target, Stream input, Stream output, Func<Task<string>> whyLost, CancellationToken cancellationToken)
    {
        var frames = new FrameChannel(input, output);
        try
        {
            var hello = await frames.ReceiveAsync(cancellationToken)
                ?? throw new TargetUnreachableException(target, $"it ended before it said who it is{Because(await whyLost())}");
            return new WireLink(target, frames, ReadHello(target, hello.Kind, hello.Body), whyLost);
        }
        catch (Exception e) when (e is WireException or IOException)
        {
            await frames.DisposeAsync();
            throw new TargetUnreachableException(
                target, $"{e.Message}{Because(await whyLost())}", "see that nothing prints at login (a banner, a profile script)", e);
        }
        catch
        {
            await frames.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a call and waits for its answer.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="arguments">Writes its arguments.</param>
    /// <param name="limit">How long the target may take, or null for as long as it needs; then it answers ETIMEDOUT.</param>
    /// <param name="toEnd">Once sent, it is waited for even when cancelled, so that what it opened is not lost.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetUnreachableException">The wire broke.</exception>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<byte[]> CallAsync(
        WireCall call, Action<WireWriter>? arguments, TimeSpan? limit, bool toEnd, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = Interlocked.Increment(ref _lastId);
        var message = new WireWriter().Byte((byte)call).Int64(limit is { } time ? (long)time.TotalMilliseconds : -1);
        arguments?.Invoke(message);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        try
        {
            if (_lost is { } lost)
            {
                throw Again(lost);
            }

            await _frames.SendAsync(WireKind.Request, id, message.Written);
            var body = await (toEnd ? answer.Task : WaitAsync(id, answer.Task, cancellationToken));
            return Check(body);
        }
        catch (IOException e)
        {
            throw Lose(e, await _whyLost());
        }
        finally
        {
            _ = _calls.TryRemove(id, out _);
        }
    }

    /// <summary>Closes the wire, which ends the served target and every program it started.</summary>
    public async ValueTask DisposeAsync() => await _closed.Value;

    private async Task CloseAsync()
    {
        _ = Interlocked.CompareExchange(ref _lost, new TargetUnreachableException(_target, "the link was closed"), null);
        await _frames.CloseOutputAsync();
        await _closing.CancelAsync();
        await _receiving;
        await _frames.DisposeAsync();
        _closing.Dispose();
    }

    private static int ReadHello(string target, WireKind kind, byte[] body)
    {
        var reader = new WireReader(body);
        if (kind != WireKind.Hello || reader.Int32() != unchecked((int)WireProtocol.Magic))
        {
            throw new WireException("what answers is not a LabTrace agent");
        }

        var version = reader.Int32();
        return version == WireProtocol.Version
            ? reader.Int32()
            : throw new TargetUnreachableException(
                target, $"its agent speaks version {version} of the protocol and this LabTrace speaks version {WireProtocol.Version}", "remove the old agent from the target");
    }

    private async Task<byte[]> WaitAsync(uint id, Task<byte[]> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!IsLost)
        {
            try
            {
                await _frames.SendAsync(WireKind.Cancel, id, ReadOnlyMemory<byte>.Empty);
            }
            catch (IOException e)
            {
                _ = Lose(e, await _whyLost());
            }

            throw;
        }
    }

    private byte[] Check(byte[] body)
    {
        try
        {
            var reader = new WireReader(body);
            switch ((WireStatus)reader.Byte())
            {
                case WireStatus.Done:
                    return body;
                case WireStatus.Refused:
                    var errno = reader.Refusal();
                    throw new TargetIOException(_target, reader.Text(), reader.Text(), errno, reader.OptionalText());
                case WireStatus.Cancelled:
                    throw new OperationCanceledException($"target '{_target}' gave the call up");
                case WireStatus.TimedOut:
                    throw new TargetIOException(_target, reader.Text(), reader.Text(), Errno.ETIMEDOUT, "the target's kernel does not come back from the call: see its log");
                default:
                    throw new TargetUnreachableException(_target, $"its agent broke: {reader.Text()}");
            }
        }
        catch (WireException e)
        {
            throw Lose(e, "");
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? cause = null;
        try
        {
            while (await _frames.ReceiveAsync(_closing.Token) is { } message)
            {
                if (message.Kind == WireKind.Response && _calls.TryRemove(message.Id, out var call))
                {
                    _ = call.TrySetResult(message.Body);
                }
            }
        }
        catch (Exception e) when (e is IOException or WireException or ObjectDisposedException or OperationCanceledException)
        {
            cause = e;
        }

        // Nobody asks why a link ended that was closed here: the answer may be a while in coming.
        _ = Lose(cause, IsLost ? "" : await _whyLost());
    }

    private TargetUnreachableException Lose(Exception? cause, string why)
    {
        var reason = cause is null or OperationCanceledException ? "the link ended" : $"the link broke: {cause.Message}";
        var lost = new TargetUnreachableException(_target, reason + Because(why), "see that the target runs and is reachable", cause);
        lost = Interlocked.CompareExchange(ref _lost, lost, null) ?? lost;
        foreach (var id in _calls.Keys)
        {
            if (_calls.TryRemove(id, out var call))
            {
                _ = call.TrySetException(Again(lost));
            }
        }

        return lost;
    }

    // Each caller gets an exception of its own: one that is thrown in many places would lose its stack.
    private TargetUnreachableException Again(TargetUnreachableException lost) =>
        new(_target, lost.Message[(lost.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..], hint: null, lost.InnerException);

    private static string Because(string reason) => reason.Length == 0 ? "" : $" ({reason})";
}
