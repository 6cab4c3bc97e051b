namespace LabTrace.Devices.Shell;

/// <summary>A program that a shell started on a target.</summary>
internal sealed class ShellProcess : ITargetProcess
{
    // The last of its output is forked, measured and sent behind it: on a busy target that takes a while.
    private static readonly TimeSpan QuietAfterExit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillPoll = TimeSpan.FromMilliseconds(20);
    private const int OutputAhead = 2;

    private readonly ShellTarget _target;
    private readonly ShellLink _link;
    private readonly Command _command;
    private readonly TimeProvider _time;
    private readonly ShellReadStream _out;
    private readonly ShellReadStream _complaints;
    private readonly TaskCompletionSource<int> _pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly Lazy<Task> _ending;
    private readonly Lazy<Stream> _stream;
    private readonly Task<CommandResult> _result;

    public ShellProcess(ShellTarget target, ShellLink link, Command command, TimeProvider time)
    {
        (_target, _link, _command, _time) = (target, link, command, time);
        Id = link.Register(Take);
        _out = new ShellReadStream(link, $"{Id}.oq", OutputAhead, _ => new EndOfStreamException(), close: null);
        _complaints = new ShellReadStream(link, $"{Id}.cq", OutputAhead, _ => new EndOfStreamException(), close: null);
        _output = new OutputPump(_out, command.OutputLimit, _exit.Task, time, quietAfterExit: QuietAfterExit);
        _error = new OutputPump(_complaints, command.OutputLimit, _exit.Task, time, quietAfterExit: QuietAfterExit);
        _ending = new Lazy<Task>(EndAsync);
        _stream = new Lazy<Stream>(_output.OpenStream);
        if (!command.HeldAtStart)
        {
            _released.SetResult();
        }

        _result = RunAsync();
    }

    /// <summary>Its number on the link.</summary>
    public int Id { get; }

    /// <summary>It has ended, or is not known to have started.</summary>
    public bool HasEnded => _exit.Task.IsCompleted;

    public int Pid => _pid.Task.IsCompletedSuccessfully ? _pid.Task.Result : 0;

    public Stream StandardOutput => _stream.Value;

    /// <summary>Waits until the target knows its pid.</summary>
    public Task StartedAsync() => _pid.Task;

    /// <summary>It was not started after all.</summary>
    public void Abandon()
    {
        _link.Forget(Id);
        Take(null);
        _ = _result.Exception;
        _ = _result.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
    }

    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_released.TrySetResult())
        {
            await _target.AskAsync($"ask {Id}.h", cancellationToken);
        }
    }

    public async ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await SendAsync(cancellationToken, signal);
    }

    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await _result.WaitAsync(cancellationToken);
            return _stream.IsValueCreated ? result with { StandardOutput = [] } : result;
        }
        catch (OperationCanceledException)
        {
            await _ending.Value;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!HasEnded)
            {
                await _ending.Value;
            }

            if (_stream.IsValueCreated)
            {
                await _stream.Value.DisposeAsync();
            }

            _ = await _result;
            await Task.WhenAll(_output.Completion, _error.Completion);
        }
        catch (TargetUnreachableException)
        {
            // With the link gone the shell ends what it started by itself; whoever asks for the result learns of the loss.
        }

        _link.Forget(Id);
    }

    private void Take(ShellFrame? frame)
    {
        switch (frame)
        {
            case null:
                _ = _pid.TrySetException(_link.Lost());
                _ = _exit.TrySetException(_link.Lost());
                _ = _pid.Task.Exception;
                _ = _exit.Task.Exception;
                _out.Take(null);
                _complaints.Take(null);
                break;
            case { Kind: 'p' } pid:
                _ = _pid.TrySetResult((int)pid.Value);
                break;
            case { Kind: 'x' } exit:
                _ = _exit.TrySetResult((int)exit.Value);
                break;
            case { Kind: 'o' }:
                _out.Take(frame);
                break;
            case { Kind: 'c' }:
                _complaints.Take(frame);
                break;
        }
    }

    private async Task<CommandResult> RunAsync()
    {
        _ = await Task.WhenAny(_released.Task, _exit.Task);
        var started = _time.GetTimestamp();
        var timedOut = false;
        try
        {
            _ = await _exit.Task.WaitAsync(_command.Timeout ?? Timeout.InfiniteTimeSpan, _time);
        }
        catch (TimeoutException)
        {
            timedOut = true;
            await _ending.Value;
        }

        var elapsed = _time.GetElapsedTime(started);
        var exitCode = await _exit.Task;
        await Task.WhenAll(_stream.IsValueCreated ? Task.CompletedTask : _output.Completion, _error.Completion);
        if (_error.Lost is not null || (!_stream.IsValueCreated && _output.Lost is not null))
        {
            throw _link.Lost();
        }

        return new CommandResult(_target.Name, _command, exitCode, _output.Collected, _error.Collected, _output.Dropped + _error.Dropped, timedOut, elapsed);
    }

    // SIGINT, the grace to finish, SIGKILL for whatever is left of the program and its group.
    private async Task EndAsync()
    {
        await SendAsync(CancellationToken.None, TargetSignal.Interrupt, TargetSignal.Continue);
        var started = _time.GetTimestamp();
        while (!HasEnded && _time.GetElapsedTime(started) < _command.KillGrace)
        {
            await Task.Delay(KillPoll, _time, CancellationToken.None);
        }

        await SendAsync(CancellationToken.None, TargetSignal.Kill);
        _ = await _exit.Task;
    }

    private async Task SendAsync(CancellationToken cancellationToken, params TargetSignal[] signals)
    {
        if (!HasEnded)
        {
            var names = signals.Select(s => s switch
            {
                TargetSignal.Interrupt => "INT",
                TargetSignal.Kill => "KILL",
                TargetSignal.Terminate => "TERM",
                TargetSignal.Continue => "CONT",
                _ => "STOP",
            });
            await _target.AskAsync($"sig {Id} {string.Join(' ', names)}", cancellationToken);
        }
    }
}
