namespace LabTrace.Emulation;

/// <summary>The clock of an emulated target: it stands still until the target's work moves it, and timers fire in order on the way.</summary>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>The moment every emulated target boots, so that two runs tell the same times.</summary>
    public static readonly DateTimeOffset BootTime = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private long _nowNs;
    private long _order;

    /// <summary>Raised, outside of any lock, when a timer was set and may be the next to fire.</summary>
    internal event Action? TimerSet;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Nanoseconds since boot.</summary>
    internal long NowNs => Interlocked.Read(ref _nowNs);

    /// <summary>When the next timer fires, in nanoseconds since boot, or null when none is set.</summary>
    internal long? NextTimerNs
    {
        get
        {
            lock (_gate)
            {
                return TryPeek(out var due) ? due : null;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => BootTime.AddTicks(NowNs / TimeSpan.NanosecondsPerTick);

    /// <inheritdoc/>
    public override long GetTimestamp() => NowNs;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward; a moment in the past leaves it.</summary>
    internal void AdvanceTo(long nowNs)
    {
        lock (_gate)
        {
            if (nowNs > _nowNs)
            {
                Interlocked.Exchange(ref _nowNs, nowNs);
            }
        }
    }

    /// <summary>Runs the callbacks of all timers that are due. Not to be called under a lock: a callback may call the target.</summary>
    internal void FireDueTimers()
    {
        while (TryTakeDue(out var timer))
        {
            timer.Fire();
        }
    }

    private static long ToNs(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? -1 : Math.Max(0, span.Ticks) * TimeSpan.NanosecondsPerTick;

    private bool TryTakeDue(out VirtualTimer timer)
    {
        lock (_gate)
        {
            if (TryPeek(out var due) && due <= _nowNs)
            {
                timer = _timers.Dequeue();
                timer.Taken(due);
                return true;
            }
        }

        timer = null!;
        return false;
    }

    private bool TryPeek(out long due)
    {
        while (_timers.TryPeek(out var timer, out var key))
        {
            if (timer.IsSetFor(key))
            {
                due = key.Due;
                return true;
            }

            _ = _timers.Dequeue();
        }

        due = 0;
        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private (long Due, long Order) _key = (-1, -1);
        private long _periodNs;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                var dueNs = ToNs(dueTime);
                _periodNs = ToNs(period);
                Set(dueNs < 0 ? -1 : time._nowNs + dueNs);
            }

            time.TimerSet?.Invoke();
            return true;
        }

        public bool IsSetFor((long Due, long Order) key) => _key == key;

        public void Taken(long due) => Set(_periodNs > 0 ? due + _periodNs : -1);

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
            {
                _key = (-1, -1);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(long due)
        {
            _key = due < 0 ? (-1, -1) : (due, time._order++);
            if (due >= 0)
            {
                time._timers.Enqueue(this, _key);
            }
        }
    }
}
