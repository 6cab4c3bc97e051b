using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Wall clock times that never go backwards: one reading of the calendar, then the monotonic clock.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    public long Stamp() => time.GetTimestamp();

    public TimeSpan Between(long start, long end) => time.GetElapsedTime(start, end);

    public Timestamp At(long stamp)
    {
        var ticks = _startedAt.UtcTicks - DateTime.UnixEpoch.Ticks + Between(_start, stamp).Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new Timestamp(seconds, (int)rest * (int)TimeSpan.NanosecondsPerTick);
    }

    public Timestamp Now() => At(Stamp());

    public Duration Duration(long start, long end) => ToDuration(Between(start, end));

    public static Duration ToDuration(TimeSpan time)
    {
        var (seconds, rest) = Math.DivRem(time.Ticks, TimeSpan.TicksPerSecond);
        return new Duration(seconds, (int)rest * (int)TimeSpan.NanosecondsPerTick);
    }
}
