using System.Diagnostics;
using System.Text;
using Running = Medallion.Shell.Command;

namespace LabTrace.Devices;

/// <summary>A program on this machine, run by MedallionShell: the only file that names it.</summary>
/// <remarks>
/// The program is started through setsid(1), which keeps the pid, so that a signal reaches it and all it started, and Ctrl-C
/// at the terminal reaches neither. A held program is a shell that says so with an empty line, waits for a line on its standard
/// input and then becomes the program: if LabTrace dies first, the shell reads end of file and the program never runs.
/// </remarks>
internal sealed class LocalProcess : ITargetProcess
{
    // read takes one byte at a time, so that what follows the line is left to the program.
    private const string HoldScript = "echo; read -r _ && exec \"$@\"";
    private const int HoldScriptSays = 1;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly bool HasSetsid = ProgramLookup.IsInPath("setsid");

    private readonly string _target;
    private readonly Command _command;
    private readonly TimeProvider _time;
    private readonly Launched _running;
    private readonly Task _exited;
    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _ending;
    private readonly Lazy<Stream> _stream;
    private readonly Task<CommandResult> _result;
    private readonly bool _isConversation;

    private LocalProcess(string target, Command command, TimeProvider time, Launched running, bool isConversation, long started)
    {
        _isConversation = isConversation;
        (_target, _command, _time, _running) = (target, command, time, running);
        Pid = running.Process.Id;
        _exited = running.Process.WaitForExitAsync(CancellationToken.None);
        _output = new OutputPump(running.Output, command.OutputLimit, _exited, time, command.HeldAtStart ? HoldScriptSays : 0);
        _error = new OutputPump(running.Error, command.OutputLimit, _exited, time);
        _ending = new Lazy<Task>(EndAsync);
        _stream = new Lazy<Stream>(_output.OpenStream);
        _result = RunAsync(started);
    }

    public int Pid { get; }

    public Stream StandardOutput => _stream.Value;

    /// <summary>The program's standard input, for a program that was started to be talked with.</summary>
    public Stream StandardInput => _isConversation
        ? _running.Input
        : throw new InvalidOperationException("the program was given its input when it was started");

    /// <summary>What the program has complained of so far.</summary>
    public string ErrorSoFar => Encoding.UTF8.GetString(_error.Collected);

    /// <summary>Completes when a held command waits, or has ended; at once for others.</summary>
    /// <remarks>Until then setsid(1) becomes the shell, and that loads its libraries: a recording of the command has none of it.</remarks>
    public Task Waiting => _output.PrefaceRead;

    /// <summary>Starts a command; held commands wait for <see cref="ReleaseAsync"/>, from <see cref="Waiting"/> on.</summary>
    /// <exception cref="TargetIOException">The program or its directory is not there, or may not be used.</exception>
    public static LocalProcess Start(string target, Command command, TimeProvider time) =>
        Start(target, command, time, isConversation: false);

    /// <summary>Starts a command to be talked with over <see cref="StandardInput"/> and <see cref="StandardOutput"/>.</summary>
    /// <exception cref="TargetIOException">The program is not there, or may not be run.</exception>
    public static LocalProcess StartConversation(string target, Command command, TimeProvider time) =>
        Start(target, command, time, isConversation: true);

    private static LocalProcess Start(string target, Command command, TimeProvider time, bool isConversation)
    {
        ProgramLookup.Check(target, command);
        List<string> words = HasSetsid ? ["setsid", "--"] : [];
        if (command.HeldAtStart)
        {
            words.AddRange(["sh", "-c", HoldScript, "sh"]);
        }

        words.Add(command.Program);
        words.AddRange(command.Arguments);
        // The program may run before this process does again: its time is counted from here.
        var started = time.GetTimestamp();
        var running = isConversation ? LaunchConversation(words, command) : Launch(words, command);
        var process = new LocalProcess(target, command, time, running, isConversation, started);
        if (!command.HeldAtStart)
        {
            process._released.SetResult();
        }

        return process;
    }

    private static Launched Launch(List<string> words, Command command)
    {
        var running = Running.Run(words[0], [], options => options
            .ThrowOnError(false)
            .DisposeOnExit(false)
            .StartInfo(start => Describe(start, words, command)));
        running.StandardOutput.StopBuffering();
        running.StandardError.StopBuffering();
        return new Launched(running.Process, running.StandardInput.BaseStream, running.StandardOutput.BaseStream, running.StandardError.BaseStream, running);
    }

    // MedallionShell copies output once more, which is most of the time of a conversation that streams traces.
    private static Launched LaunchConversation(List<string> words, Command command)
    {
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Describe(start, words, command);
        var process = Process.Start(start)!;
        return new Launched(process, process.StandardInput.BaseStream, process.StandardOutput.BaseStream, process.StandardError.BaseStream, process);
    }

    private static void Describe(ProcessStartInfo start, List<string> words, Command command)
    {
        words.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        start.WorkingDirectory = command.WorkingDirectory ?? "";
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }
    }

    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = _released.TrySetResult();
        _ = await Task.WhenAny(_letGo.Task, _exited).WaitAsync(cancellationToken);
    }

    public ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SignalAll(signal);

        return ValueTask.CompletedTask;
    }

    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The program may have ended before its output was asked for: it is its reader's all the same.
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
        if (!_exited.IsCompleted)
        {
            await _ending.Value;
        }

        if (_stream.IsValueCreated)
        {
            await _stream.Value.DisposeAsync();
        }

        _ = await _result;
        await Task.WhenAll(_output.Completion, _error.Completion);
        _running.Owner.Dispose();
    }

    private async Task<CommandResult> RunAsync(long started)
    {
        var input = _isConversation ? Task.CompletedTask : FeedAsync();
        _ = await Task.WhenAny(_released.Task, _exited);
        var timedOut = false;
        try
        {
            await _exited.WaitAsync(_command.Timeout ?? Timeout.InfiniteTimeSpan, _time);
        }
        catch (TimeoutException)
        {
            timedOut = true;
            await _ending.Value;
        }

        var elapsed = _time.GetElapsedTime(started);
        await Task.WhenAll(input, _stream.IsValueCreated ? Task.CompletedTask : _output.Completion, _error.Completion);
        return new CommandResult(
            _target,
            _command,
            _running.Process.ExitCode,
            _output.Collected,
            _error.Collected,
            _output.Dropped + _error.Dropped,
            timedOut,
            elapsed);
    }

    private async Task FeedAsync()
    {
        var input = _running.Input;
        try
        {
            _ = await Task.WhenAny(_released.Task, _exited);
            if (_command.HeldAtStart && _released.Task.IsCompleted)
            {
                await input.WriteAsync("\n"u8.ToArray(), CancellationToken.None);
            }

            _letGo.SetResult();
            var written = input.WriteAsync(_command.StandardInput, CancellationToken.None).AsTask();
            await await Task.WhenAny(written, _exited);
        }
        catch (IOException)
        {
            // EPIPE: the program does not want the rest of its input, which is its right.
        }
        finally
        {
            await input.DisposeAsync();
        }
    }

    private void SignalAll(TargetSignal signal)
    {
        // Before setsid(1) has run there is no group of its own; after the exit the pid may be another's.
        if (!_exited.IsCompleted && !ProcessTree.SignalGroup(Pid, signal))
        {
            _ = Libc.Kill(Pid, (int)signal);
        }
    }

    // SIGINT, the grace to finish, SIGKILL for whatever is left of the program and its children.
    private async Task EndAsync()
    {
        SignalAll(TargetSignal.Interrupt);
        SignalAll(TargetSignal.Continue);
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < _command.KillGrace && (!_exited.IsCompleted || ProcessTree.IsAlive(Pid)))
        {
            await Task.Delay(PollInterval, _time, CancellationToken.None);
        }

        SignalAll(TargetSignal.Kill);
        ProcessTree.KillSession(Pid);
        await _exited;
    }

    /// <param name="Process">The program.</param>
    /// <param name="Input">Its standard input.</param>
    /// <param name="Output">Its standard output.</param>
    /// <param name="Error">Its standard error.</param>
    /// <param name="Owner">Gives all of it back.</param>
    private sealed record Launched(Process Process, Stream Input, Stream Output, Stream Error, IDisposable Owner);
}
