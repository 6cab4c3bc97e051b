using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.Programs;

namespace LabTrace.Emulation;

/// <summary>A program that runs on an emulated machine.</summary>
internal sealed class EmulatedProcess : ITargetProcess
{
    private const int ReadCall = 0;
    private const int SigProcMask = 14;
    private readonly Machine _machine;
    private readonly Command _command;
    private readonly ProgramOutput _output;
    private readonly ProgramOutput _errors;
    private readonly Lazy<Stream> _stream;
    private KernelTask _task = null!;
    private ProcessContext _context = null!;
    private SimEvent? _deadline;
    private CommandResult? _result;
    private long _releasedAt = -1;
    private long _startedAt;
    private long _endedAt = -1;
    private bool _isReleased;
    private bool _hasTimedOut;
    private bool _isEnding;

    private EmulatedProcess(Machine machine, Command command)
    {
        _machine = machine;
        _command = command;
        _output = new ProgramOutput(command.OutputLimit);
        _errors = new ProgramOutput(command.OutputLimit);
        _stream = new Lazy<Stream>(OpenStream);
    }

    public int Pid => _task.Pid;

    public Stream StandardOutput => _stream.Value;

    /// <summary>Whether the program is over.</summary>
    public bool HasEnded => _task.HasEnded;

    /// <summary>Forks the agent's process and lets the child become the program, at once or when it is released.</summary>
    /// <exception cref="Refusal">There is no such program, or it may not be run.</exception>
    public static EmulatedProcess Start(Machine machine, Command command)
    {
        var process = new EmulatedProcess(machine, command);
        return machine.CallAsAgent(cpu =>
        {
            var program = Find(machine, command);
            process.Fork(cpu, program);
            if (!command.HeldAtStart)
            {
                process.Released();
            }

            return process;
        });
    }

    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isReleased)
        {
            _ = _machine.CallAsAgent(cpu =>
            {
                if (!_isReleased)
                {
                    Released();
                    _machine.Scheduler.Wake(_task, cpu, isIrq: false);
                }

                return 0;
            });
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask SignalAsync(TargetSignal signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = _machine.CallAsAgent(cpu => SignalAll(signal, cpu));
        return ValueTask.CompletedTask;
    }

    public async Task<CommandResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _machine.WaitUntilAsync(() => _task.HasEnded, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync();
            throw;
        }

        lock (_machine.Gate)
        {
            return _result ??= new CommandResult(
                _machine.Options.Name,
                _command,
                _task.ExitCode,
                _output.IsStreamed ? [] : _output.Kept,
                _errors.Kept,
                _output.Dropped + _errors.Dropped,
                _hasTimedOut,
                TimeSpan.FromTicks((_endedAt - _startedAt) / TimeSpan.NanosecondsPerTick));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_task.HasEnded)
        {
            await EndAsync();
        }
    }

    private static EmulatedProgram Find(Machine machine, Command command)
    {
        var hint = $"the emulated machine has: {ProgramCatalog.Names}";
        if (command.WorkingDirectory is { } directory && machine.Tree.Find(directory) is not DirectoryNode)
        {
            throw new Refusal(Errno.ENOENT, $"there is no directory {directory} to run in");
        }

        if (!command.Program.Contains('/', StringComparison.Ordinal))
        {
            return ProgramCatalog.Find(machine, command.Program) ?? throw new Refusal(Errno.ENOENT, hint);
        }

        var path = command.Program.StartsWith('/') ? command.Program : $"{command.WorkingDirectory ?? "/"}/{command.Program}";
        return machine.Tree.Find(path) switch
        {
            null => throw new Refusal(Errno.ENOENT, hint),
            OrdinaryFile file when (file.Mode & 0x49) != 0 =>
                ProgramCatalog.Find(machine, path[(path.LastIndexOf('/') + 1)..]) ?? throw new Refusal(Errno.ENOEXEC, hint),
            _ => throw new Refusal(Errno.EACCES, hint),
        };
    }

    private void Fork(Cpu cpu, EmulatedProgram program)
    {
        _startedAt = _machine.Time.NowNs;
        _task = _machine.Fork(_machine.Agent, cpu, task =>
        {
            _context = new ProcessContext(_machine, task, _output, _errors, _command.StandardInput.ToArray())
            {
                Environment = new Dictionary<string, string>(_command.Environment) { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/root" },
                WorkingDirectory = _command.WorkingDirectory ?? "/",
                OnEnd = Ended,
            };
            return Child(program);
        });
        _task.Process = _context;
    }

    private IEnumerable<Act> Child(EmulatedProgram program)
    {
        yield return Act.Compute(_context.About(40_000));
        yield return Act.Run(_context.Call(SigProcMask, 0, 2, 0x7ffec1a7f320, 0, 8));
        if (_command.HeldAtStart)
        {
            _machine.TellSyscallEnter(_task, ReadCall, 0, 0x7ffec1a7f34f, 1);
            while (!_isReleased)
            {
                yield return Act.Block(TaskState.Sleeping);
            }

            _machine.TellSyscallExit(_task, 1);
            yield return Act.Compute(_context.About(15_000));
        }

        yield return Act.Run(_context.Execute(program, _command.Arguments));
    }

    private void Released()
    {
        _isReleased = true;
        _releasedAt = _machine.Time.NowNs;
        if (_command.Timeout is { } timeout)
        {
            _deadline = _machine.Queue.Plan(_releasedAt + (timeout.Ticks * TimeSpan.NanosecondsPerTick), () =>
            {
                _hasTimedOut = true;
                PlanEnd();
            });
        }
    }

    private void Ended()
    {
        _endedAt = Math.Max(_machine.Scheduler.CpuOf(_task).Clock, _machine.Time.NowNs);
        _machine.Queue.Cancel(_deadline);
        if (_isEnding && Family(_context).Any(t => t != _task && !t.HasEnded))
        {
            // What it leaves behind goes with it.
            _ = _machine.Queue.Plan(_endedAt, () => _machine.Scheduler.ActAs(_machine.Agent, cpu => SignalAll(TargetSignal.Kill, cpu)));
        }
    }

    /// <summary>SIGINT now, SIGKILL after the grace.</summary>
    private void PlanEnd()
    {
        _isEnding = true;
        _machine.Scheduler.ActAs(_machine.Agent, cpu => SignalAll(TargetSignal.Interrupt, cpu));
        _deadline = _machine.Queue.Plan(
            _machine.Time.NowNs + (_command.KillGrace.Ticks * TimeSpan.NanosecondsPerTick),
            () => _machine.Scheduler.ActAs(_machine.Agent, cpu => SignalAll(TargetSignal.Kill, cpu)));
    }

    private async Task EndAsync()
    {
        lock (_machine.Gate)
        {
            if (!_task.HasEnded)
            {
                _machine.Queue.Cancel(_deadline);
                PlanEnd();
                _machine.Changed();
            }
        }

        await _machine.WaitUntilAsync(() => Family(_context).All(t => t.HasEnded), CancellationToken.None);
    }

    private int SignalAll(TargetSignal signal, Cpu from)
    {
        foreach (var task in Family(_context).ToArray())
        {
            if (!task.HasEnded)
            {
                _machine.Scheduler.Signal(task, (int)signal, from);
            }
        }

        return 0;
    }

    private static IEnumerable<KernelTask> Family(ProcessContext context) =>
        context.Children.SelectMany(c => c.Process is { } child ? Family(child) : [c]).Prepend(context.Task);

    private EmulatedReadStream OpenStream()
    {
        lock (_machine.Gate)
        {
            _output.Stream();
        }

        return new EmulatedReadStream(_machine, () => _output.HasData || _task.HasEnded, buffer => _output.Read(buffer.Span), () => { }, isDriving: true);
    }
}
