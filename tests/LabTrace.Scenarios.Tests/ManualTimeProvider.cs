namespace LabTrace.Scenarios.Tests;

/// <summary>A clock that stands still until it is told to go on; timers that come due fire before <see cref="Advance"/> returns.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _advancing = new();
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now();

    public override long GetTimestamp() => Now().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    public void Advance(TimeSpan time)
    {
        // One at a time, to the last timer: who advances the clock next finds all that came due before done.
        lock (_advancing)
        {
            ManualTimer[] due;
            lock (_gate)
            {
                _now += time;
                due = [.. _timers.Where(timer => timer.TakeDue(_now))];
            }

            foreach (var timer in due)
            {
                timer.Fire();
            }
        }
    }

    private TimeSpan Now()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, Action fire) : ITimer
    {
        private TimeSpan? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.Now() + dueTime;
            return true;
        }

        public bool TakeDue(TimeSpan now)
        {
            var isDue = _due <= now;
            _due = isDue ? null : _due;
            return isDue;
        }

        public void Fire() => fire();

        public void Dispose() => _due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
