using System.Globalization;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>Times of the message stream.</summary>
internal static class Times
{
    public static TimeSpan Between(Timestamp start, Timestamp end) =>
        TimeSpan.FromSeconds(end.Seconds - start.Seconds) + TimeSpan.FromTicks((end.Nanos - start.Nanos) / 100);

    public static TimeSpan ToTimeSpan(this Duration duration) => TimeSpan.FromSeconds(duration.Seconds) + TimeSpan.FromTicks(duration.Nanos / 100);

    /// <summary>A moment as ISO 8601 has it, in UTC, with microseconds.</summary>
    public static string Iso(Timestamp time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.Seconds).AddTicks(time.Nanos / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A duration as people say it: <c>12 ms</c>, <c>1.2 s</c>, <c>3 min 5 s</c>.</summary>
    public static string Say(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1 } => "< 1 ms",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMilliseconds} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Truncate(duration.TotalSeconds * 10) / 10:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalMinutes} min {duration.Seconds} s"),
    };
}
