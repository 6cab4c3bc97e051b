using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>How often each kind of event occurs in two captures.</summary>
internal static class RateComparison
{
    /// <summary>Counts both and tells.</summary>
    public static ExitCode Tell(TraceInput first, TraceInput second, bool asJson, CancellationToken cancellationToken)
    {
        var (a, b) = (Count(first, cancellationToken), Count(second, cancellationToken));
        var keys = a.Counts.Keys.Union(b.Counts.Keys, StringComparer.Ordinal)
            .OrderByDescending(k => Math.Max(a.Of(k), b.Of(k))).ThenBy(k => k, StringComparer.Ordinal).ToArray();
        if (asJson)
        {
            JsonReport.Write(json =>
            {
                foreach (var (side, input, name) in new[] { (a, first, "first"), (b, second, "second") })
                {
                    json.WriteStartObject(name);
                    json.WriteNumber("events", input.Events.Kept);
                    json.WriteNumber("covers_ns", side.Covers.Nanoseconds);
                    json.WriteCounters(input.Events.Tally);
                    json.WriteEndObject();
                }

                json.WriteStartArray("events");
                foreach (var key in keys)
                {
                    json.WriteStartObject();
                    json.WriteString("event", key);
                    json.WriteNumber("first", a.Of(key));
                    json.WriteNumber("second", b.Of(key));
                    json.WriteNumber("first_per_second", Math.Round(a.Rate(key), 6));
                    json.WriteNumber("second_per_second", Math.Round(b.Rate(key), 6));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        Console.WriteLine($"{"first",14}{"second",14}{"first/s",14}{"second/s",14}  event");
        foreach (var key in keys)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{a.Of(key),14:N0}{b.Of(key),14:N0}{a.Rate(key),14:N1}{b.Rate(key),14:N1}  {key}"));
        }

        Console.WriteLine($"first      covers {a.Covers}; {QueryCounters.Of(first.Events.Tally)}");
        Console.WriteLine($"second     covers {b.Covers}; {QueryCounters.Of(second.Events.Tally)}");
        return ExitCode.Passed;
    }

    private static Counted Count(TraceInput input, CancellationToken cancellationToken)
    {
        var counts = new EventCounts();
        TraceTime? start = null, end = null;
        while (input.Read(out var item, cancellationToken))
        {
            start ??= item.Time;
            end = item.Time;
            counts.Add(item);
        }

        return new Counted(counts.All.ToDictionary(c => c.Key, c => c.Count, StringComparer.Ordinal), start is { } from && end is { } to ? to - from : Duration.Zero);
    }

    private sealed record Counted(IReadOnlyDictionary<string, long> Counts, Duration Covers)
    {
        public long Of(string key) => Counts.GetValueOrDefault(key);

        public double Rate(string key) => Covers.Nanoseconds <= 0 ? 0 : Of(key) * 1e9 / Covers.Nanoseconds;
    }
}
