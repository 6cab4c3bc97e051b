namespace LabTrace.Devices.Tests;

/// <summary>Looks again until something holds, with a deadline.</summary>
internal static class Eventually
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task BecomesTrueAsync(Func<Task<bool>> holds, string what)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (!await holds())
        {
            if (time.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"not within {Limit.TotalSeconds} s: {what}");
            }

            await Task.Delay(PollInterval, time);
        }
    }
}
