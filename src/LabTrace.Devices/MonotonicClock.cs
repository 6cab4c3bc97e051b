using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>CLOCK_MONOTONIC of a target: for one behind a link, which has another than the machine LabTrace runs on, its kernel tells it.</summary>
/// <remarks><c>/proc/timer_list</c>, whose head says <c>now at N nsecs</c>: the kernel takes the time when the file is read (kernel/time/timer_list.c).</remarks>
public static class MonotonicClock
{
    private const string TimerList = "/proc/timer_list";
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads it.</summary>
    /// <returns>Nanoseconds, at some time between the call and its end.</returns>
    /// <exception cref="NotOnTargetException">The target behind the link does not tell it to this user.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public static async ValueTask<long> ReadAsync(ITarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Kind is not (TargetKind.Ssh or TargetKind.Vm))
        {
            return (long)((Int128)target.Time.GetTimestamp() * NanosecondsPerSecond / target.Time.TimestampFrequency);
        }

        try
        {
            return Parse(Encoding.UTF8.GetString(await target.ReadAsync(TimerList, cancellationToken)))
                ?? throw new NotOnTargetException($"{TimerList} on target '{target.Name}' does not say `now at N nsecs`", "boot a kernel that has it as Linux does");
        }
        catch (TargetIOException e)
        {
            throw new NotOnTargetException($"the clock of target '{target.Name}' cannot be read: {e.Message}", "be root there", e);
        }
    }

    /// <summary>The time in the head of <c>/proc/timer_list</c>, ns; null when it is not there.</summary>
    internal static long? Parse(string text) => text.Split('\n')
        .Select(line => line.Split(' '))
        .Where(words => words is ["now", "at", _, "nsecs"])
        .Select(words => long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : (long?)null)
        .FirstOrDefault();
}
