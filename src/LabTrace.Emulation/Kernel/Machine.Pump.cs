namespace LabTrace.Emulation.Kernel;

/// <content>
/// The passing of time. Virtual time moves only while someone waits for the machine: whoever waits for something runs the
/// machine until it has happened. When nothing is left but what goes on for ever, the machine stands until something changes.
/// </content>
internal sealed partial class Machine
{
    private const int StepsAtOnce = 512;
    private const long FruitlessNs = 2_000_000_000;
    private static readonly TimeSpan ReaderGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromMilliseconds(4);
    private readonly List<ParkedReader> _parked = [];
    private readonly List<FollowingReader> _following = [];
    private readonly List<(Func<bool> Condition, KernelTask Task)> _waitingReaders = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _readerOut;
    private int _waiters;
    private long _activity;
    private ITimer? _idleTimer;
    private int _idleTicks;
    private long _lastActivity;
    private bool _isStopped;

    /// <summary>Wakes those who wait for a machine that stands still. Under the lock.</summary>
    public void Changed()
    {
        _activity++;
        var was = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        was.SetResult();
    }

    /// <summary>Runs an action on the machine, as one call from outside.</summary>
    public T Call<T>(Func<T> action)
    {
        T result;
        lock (Gate)
        {
            try
            {
                RunUntil(Scheduler.Latest);
                result = action();
                RunUntil(Time.NowNs + 3_000);
            }
            finally
            {
                Changed();
            }
        }

        Time.FireDueTimers();
        return result;
    }

    /// <summary>Whether time goes with another clock, by <see cref="Pass"/>: whoever waits for data then waits for that, and lets no time pass.</summary>
    public bool IsPaced { get; set; }

    /// <summary>Lets time pass, whether or not somebody waits.</summary>
    /// <param name="ns">How much.</param>
    public void Pass(long ns)
    {
        lock (Gate)
        {
            RunUntil(Time.NowNs + ns);
            Changed();
        }

        Time.FireDueTimers();
    }

    /// <summary>Runs an action as the work of the agent's process, on a cpu.</summary>
    public T CallAsAgent<T>(Func<Cpu, T> action)
    {
        T result = default!;
        lock (Gate)
        {
            try
            {
                RunUntil(Scheduler.Latest);
                var end = 0L;
                Exception? failure = null;
                Scheduler.ActAs(Agent, cpu =>
                {
                    try
                    {
                        result = action(cpu);
                    }
                    catch (Files.Refusal refusal)
                    {
                        failure = refusal;
                    }

                    end = cpu.Clock;
                });
                RunUntil(end);
                if (failure is not null)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
                }
            }
            finally
            {
                Changed();
            }
        }

        Time.FireDueTimers();
        return result;
    }

    /// <summary>Lets time pass until a condition holds.</summary>
    /// <param name="condition">Asked under the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        _ = Interlocked.Increment(ref _waiters);
        try
        {
            var fruitlessSince = -1L;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Task? standstill = null;
                Task? reader = null;
                lock (Gate)
                {
                    for (var i = 0; i < StepsAtOnce && standstill is null && reader is null; i++)
                    {
                        if (condition())
                        {
                            return;
                        }

                        reader = ServeReaders();
                        if (reader is null)
                        {
                            if (Time.NextTimerNs <= Time.NowNs)
                            {
                                break;
                            }

                            standstill = Step(ref fruitlessSince) ? null : _changed.Task;
                        }
                    }
                }

                Time.FireDueTimers();
                if (reader is not null)
                {
                    await WaitForReaderAsync(reader, cancellationToken);
                }
                else if (standstill is not null)
                {
                    await standstill.WaitAsync(cancellationToken);
                    fruitlessSince = -1;
                }
                else
                {
                    await Task.Yield();
                }
            }
        }
        finally
        {
            _ = Interlocked.Decrement(ref _waiters);
        }
    }

    /// <summary>
    /// Waits until there is something to read. A reader does not drive the machine while others may: it takes what their
    /// doings bring, and lets time pass itself only when nobody else does anything.
    /// </summary>
    /// <param name="take">Takes data under the lock; false when there is none.</param>
    /// <param name="reader">Who reads.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitForDataAsync(Func<bool> take, FollowingReader reader, CancellationToken cancellationToken)
    {
        Func<bool> isReadable = reader.IsReadable;
        if (IsPaced)
        {
            await WaitForDataOfPacedAsync(take, cancellationToken);
            return;
        }

        lock (Gate)
        {
            reader.IsExpected = true;
            if (!_following.Contains(reader))
            {
                _following.Add(reader);
            }
        }

        var fruitlessSince = -1L;
        ParkedReader? parked = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long seen;
                lock (Gate)
                {
                    if (take())
                    {
                        // Whoever drives the machine now waits a moment for the reader to come back for more.
                        _readerOut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        return;
                    }

                    // Parked before it is back, in one step: nobody drives the machine past a reader on its way.
                    if (parked is null || parked.IsServed)
                    {
                        parked = new ParkedReader(isReadable);
                        _parked.Add(parked);
                    }

                    ReaderIsBack();
                    seen = _activity;
                }

                if (await parked.WaitAsync(ReaderPatience, cancellationToken))
                {
                    continue;
                }

                if (StepForReader(isReadable, seen, ref fruitlessSince) is { } standstill)
                {
                    await standstill.WaitAsync(cancellationToken);
                    fruitlessSince = -1;
                }
            }
        }
        finally
        {
            lock (Gate)
            {
                _ = parked is not null && _parked.Remove(parked);
            }
        }
    }

    /// <summary>Waits until there is something to read, on a machine whose time somebody else lets pass.</summary>
    private async ValueTask WaitForDataOfPacedAsync(Func<bool> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (Gate)
            {
                if (take())
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets time pass for a reader as long as nobody else does anything.</summary>
    /// <returns>What to wait for when the machine stands still, else null.</returns>
    private Task? StepForReader(Func<bool> isReadable, long seen, ref long fruitlessSince)
    {
        Task? standstill = null;
        lock (Gate)
        {
            for (var i = 0; i < StepsAtOnce && standstill is null && _waiters == 0 && _activity == seen && !isReadable(); i++)
            {
                if (Time.NextTimerNs <= Time.NowNs)
                {
                    break;
                }

                standstill = Step(ref fruitlessSince) ? null : _changed.Task;
            }
        }

        Time.FireDueTimers();
        return standstill;
    }

    /// <summary>A reader has closed its file.</summary>
    public void ReaderHasLeft(FollowingReader reader)
    {
        lock (Gate)
        {
            _ = _following.Remove(reader);
            ReaderIsBack();
        }
    }

    /// <summary>A reader has come back for more, or will not come again. Under the lock.</summary>
    public void ReaderIsBack()
    {
        _readerOut?.TrySetResult();
        _readerOut = null;
    }

    /// <summary>A task waits for data to read; it is woken when the condition holds.</summary>
    public void WaitForData(KernelTask task, Func<bool> condition) => _waitingReaders.Add((condition, task));

    /// <summary>A reader has taken data: a writer may have waited for the room. Under the lock.</summary>
    public void DataTaken() => WakeReaders();

    private async Task WaitForReaderAsync(Task reader, CancellationToken cancellationToken)
    {
        try
        {
            await reader.WaitAsync(ReaderGrace, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The reader does something else; the machine goes on without it.
            lock (Gate)
            {
                _following.ForEach(r => r.IsExpected = false);
                ReaderIsBack();
            }
        }
    }

    /// <summary>Hands data to a reader that has some, parked or away between two reads; what comes back is over when that reader wants more.</summary>
    private Task? ServeReaders()
    {
        if (_readerOut is null)
        {
            var ready = _parked.Find(p => p.IsReadable());
            if (ready is not null || _following.Exists(r => r.IsExpected && r.IsReadable()))
            {
                _readerOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (ready is not null)
            {
                _ = _parked.Remove(ready);
                ready.Serve();
            }
        }

        return _readerOut?.Task;
    }

    private void WakeReaders()
    {
        for (var i = _waitingReaders.Count - 1; i >= 0; i--)
        {
            var (condition, task) = _waitingReaders[i];
            if (task.HasEnded || condition())
            {
                _waitingReaders.RemoveAt(i);
                _ = Queue.Plan(Time.NowNs + 1_000, () =>
                {
                    var cpu = Scheduler.CpuOf(task);
                    Scheduler.CatchUp(cpu);
                    Scheduler.Wake(task, cpu, isIrq: true);
                });
            }
        }
    }

    /// <summary>Does the next thing; false when only what goes on for ever is left, and has gone on for long.</summary>
    private bool Step(ref long fruitlessSince)
    {
        var timer = Time.NextTimerNs;
        if (Queue.Foreground > 0 || timer is not null)
        {
            fruitlessSince = -1;
        }
        else
        {
            fruitlessSince = fruitlessSince < 0 ? Time.NowNs : fruitlessSince;
            if (Time.NowNs - fruitlessSince > FruitlessNs)
            {
                return false;
            }
        }

        if (!Queue.TryPeek(out var at))
        {
            return false;
        }

        if (timer < at)
        {
            Time.AdvanceTo(timer.Value);
            return true;
        }

        Time.AdvanceTo(at);
        Queue.Take().Action();
        return true;
    }

    private void RunUntil(long ns)
    {
        while (Queue.TryPeek(out var at) && at <= ns)
        {
            Time.AdvanceTo(at);
            Queue.Take().Action();
        }

        Time.AdvanceTo(ns);
    }

    /// <summary>
    /// Someone sleeps on the target's clock without waiting for the target, as a poll loop does: when no call has come for a
    /// while, time goes on to the timer. A timer far off, which is rather a deadline, gets a longer while.
    /// </summary>
    private void TimerSet()
    {
        lock (Gate)
        {
            if (_isStopped)
            {
                return;
            }

            _idleTicks = 0;
            _idleTimer ??= TimeProvider.System.CreateTimer(_ => IdleTick(), null, IdleClock.Period, IdleClock.Period);
        }
    }

    /// <summary>Nobody will use the machine any more: timers on its clock no longer fire by themselves.</summary>
    public void Stop()
    {
        lock (Gate)
        {
            _isStopped = true;
            _idleTimer?.Dispose();
            _idleTimer = null;
        }
    }

    private void IdleTick()
    {
        lock (Gate)
        {
            if (Time.NextTimerNs is not { } due)
            {
                _idleTimer?.Dispose();
                _idleTimer = null;
                return;
            }

            var isBusy = Volatile.Read(ref _waiters) > 0 || _activity != _lastActivity;
            _lastActivity = _activity;
            _idleTicks = isBusy ? 0 : _idleTicks + 1;
            if (_idleTicks < IdleClock.TicksBefore(due - Time.NowNs))
            {
                return;
            }

            _idleTicks = 0;
            RunUntil(due);
            Changed();
            _lastActivity = _activity;
        }

        Time.FireDueTimers();
    }

    private static class IdleClock
    {
        public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(2);
        private const long NearNs = 300_000_000;
        private const int NearTicks = 1;
        private const int FarTicks = 500;

        public static int TicksBefore(long dueInNs) => dueInNs <= NearNs ? NearTicks : FarTicks;
    }
}
