using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>
/// A worker. It runs step code on a thread of its own and watches it: a step that hangs, be it in a blocking call, is cancelled,
/// given a grace to end, and then left behind; a new thread goes on from there.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly CancellationToken _runToken;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private long _timerDue = long.MaxValue;
    private TaskCompletionSource? _abandoned;
    private int _generation;
    private bool _running;
    private bool _isCleanup;
    private long _deadline = long.MaxValue;
    private Interruption _limit = null!;
    private Interruption? _interruption;
    private Interruption? _leftBehind;
    private CancellationTokenSource? _cancellation;
    private ObjectContainer? _container;
    private TestThreadContext? _context;

    public Lane(int number, TimeProvider time, TimeSpan grace, CancellationToken runToken)
    {
        Number = number;
        _time = time;
        _grace = grace;
        _runToken = runToken;
        _registration = runToken.UnsafeRegister(static lane => ((Lane)lane!).OnRunCancelled(), this);
    }

    public int Number { get; }

    public bool IsRunCancelled => _runToken.IsCancellationRequested;

    /// <summary>Drives work to its end. The work is driven again, from where it stands, whenever a step of it is left behind.</summary>
    /// <param name="drive">Takes the generation to hand to <see cref="TryEnd"/>; returns early when that says the work has gone on without it.</param>
    /// <param name="isLong">The work has many scenarios: worth a thread of its own, so that steps that block do not use up the pool's.</param>
    public async Task RunAsync(Func<int, Task> drive, bool isLong = false)
    {
        var options = isLong ? TaskCreationOptions.LongRunning : TaskCreationOptions.DenyChildAttach;
        while (true)
        {
            int generation;
            Task abandoned;
            lock (_gate)
            {
                generation = _generation;
                _abandoned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                abandoned = _abandoned.Task;
            }

            var driving = Task.Factory.StartNew(() => drive(generation), CancellationToken.None, options, TaskScheduler.Default).Unwrap();
            if (await Task.WhenAny(driving, abandoned) == driving)
            {
                await driving;
                return;
            }
        }
    }

    /// <summary>A step or hook starts.</summary>
    /// <param name="stepLimit">The longest it may take, or null.</param>
    /// <param name="scenarioDeadline">The time stamp at which its scenario must have ended, or <see cref="long.MaxValue"/>.</param>
    /// <param name="scenarioLimit">The limit that made that deadline.</param>
    /// <param name="isCleanup">It runs on when the run is cancelled.</param>
    /// <param name="cancellation">What tells it to stop.</param>
    public void Begin(TimeSpan? stepLimit, long scenarioDeadline, TimeSpan scenarioLimit, bool isCleanup, CancellationTokenSource? cancellation)
    {
        lock (_gate)
        {
            _running = true;
            _isCleanup = isCleanup;
            _interruption = null;
            _cancellation = cancellation;
            _deadline = long.MaxValue;
            if (stepLimit is { } limit)
            {
                _deadline = After(limit);
                _limit = new Interruption(InterruptionKind.StepLimit, limit);
            }

            if (scenarioDeadline < _deadline)
            {
                _deadline = scenarioDeadline;
                _limit = new Interruption(InterruptionKind.ScenarioLimit, scenarioLimit);
            }

            Arm();
        }

        if (!isCleanup && _runToken.IsCancellationRequested)
        {
            OnRunCancelled();
        }
    }

    /// <summary>The step or hook has ended.</summary>
    /// <param name="generation">What <see cref="RunAsync"/> handed out.</param>
    /// <param name="interruption">Why it was told to stop, or null.</param>
    /// <returns>False when it was left behind meanwhile: the caller must touch nothing more and return.</returns>
    public bool TryEnd(int generation, out Interruption? interruption)
    {
        lock (_gate)
        {
            interruption = _interruption;
            if (_generation != generation)
            {
                return false;
            }

            _running = false;
            _cancellation = null;
            return true;
        }
    }

    /// <summary>What was left behind since the last call, for the driver that goes on.</summary>
    public Interruption? TakeLeftBehind()
    {
        lock (_gate)
        {
            var taken = _leftBehind;
            _leftBehind = null;
            return taken;
        }
    }

    /// <summary>The worker's context and container, made when first asked for.</summary>
    public TestThreadContext ContextOf(RunState run)
    {
        if (_context is null)
        {
            _container = new ObjectContainer(run.Container);
            _context = new TestThreadContext(_container);
            _container.RegisterInstanceAs(_context, dispose: true);
            _container.RegisterInstanceAs<ITestThreadContext>(_context);
        }

        return _context;
    }

    /// <summary>The worker's container.</summary>
    public ObjectContainer ContainerOf(RunState run) => (ObjectContainer)ContextOf(run).TestThreadContainer;

    /// <summary>Disposes of the worker's objects.</summary>
    public async ValueTask CloseAsync()
    {
        if (_container is { } container)
        {
            await container.DisposeAsync();
        }
    }

    public long After(TimeSpan limit) => _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);

    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
    }

    private void OnRunCancelled()
    {
        CancellationTokenSource? cancel;
        lock (_gate)
        {
            if (!_running || _isCleanup || _interruption is not null)
            {
                return;
            }

            cancel = Interrupt(new Interruption(InterruptionKind.RunCancelled, default));
        }

        _ = cancel?.CancelAsync();
    }

    private void OnTimer()
    {
        CancellationTokenSource? cancel = null;
        lock (_gate)
        {
            _timerDue = long.MaxValue;
            if (!_running)
            {
                return;
            }

            if (_time.GetTimestamp() < _deadline)
            {
                Arm();
                return;
            }

            if (_interruption is null)
            {
                cancel = Interrupt(_limit);
            }
            else
            {
                _generation++;
                _running = false;
                _leftBehind = _interruption with { LeftBehind = true };
                _abandoned?.TrySetResult();
            }
        }

        _ = cancel?.CancelAsync();
    }

    private CancellationTokenSource? Interrupt(Interruption why)
    {
        _interruption = why;
        _deadline = After(_grace);
        Arm();
        return _cancellation;
    }

    // The timer stays armed from step to step: a run of quick steps sets it once a limit, not once a step.
    private void Arm()
    {
        if (_deadline == long.MaxValue || _deadline >= _timerDue)
        {
            return;
        }

        _timerDue = _deadline;
        _timer ??= _time.CreateTimer(static lane => ((Lane)lane!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var due = _time.GetElapsedTime(_time.GetTimestamp(), _deadline);
        _timer.Change(due > TimeSpan.Zero ? due + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
