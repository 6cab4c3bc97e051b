using System.Globalization;
using System.Text.Json;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace latency</c>: times between events, their quantiles and their distribution.</summary>
internal static class LatencyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        var worst = CommandLineValues.Number("--worst", "show the N longest intervals", least: 0, usual: 3);
        var json = TraceOptions.Json();
        Command command = new("latency", """
            Measure the times between two kinds of events: exact quantiles, a histogram, the longest. Each start is paired with the
            next end of the same key; what finds no partner is counted. Exact quantiles keep 8 bytes of memory for each interval.
            With --deadline the exit code is 1 when an interval is longer, and 3 when events were lost that might have told.

            Examples:
              labtrace trace latency trace.dat --from sched:sched_waking --to sched:sched_switch --on pid=next_pid
              labtrace trace latency trace.dat --from "gpio:gpio_value where gpio = 17" --deadline 1.2ms
              labtrace trace latency trace.dat --from irq:irq_handler_entry --to irq:irq_handler_exit --on cpu,irq --json
            """);
        command.Arguments.Add(file);
        var intervals = new IntervalOptions().AddTo(command);
        command.Options.Add(worst);
        command.Options.Add(json);
        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var input = options.Open(parsed, parsed.GetRequiredValue(file));
            var measured = intervals.Measure(parsed, input, parsed.GetValue(worst), cancellationToken);
            var deadline = intervals.Deadline(parsed) is { } limit ? new DeadlineVerdict(limit, measured.Missing(limit), input.Events.Tally.HasLost) : null;
            if (parsed.GetValue(json))
            {
                JsonReport.Write(j => TellJson(j, input, measured, deadline));
            }
            else
            {
                TellText(input, measured, deadline);
            }

            return Task.FromResult((int)(deadline?.ExitCode ?? ExitCode.Passed));
        });
        return command;
    }

    /// <summary>Adds the numbers of a sample.</summary>
    public static void WriteSample(Utf8JsonWriter json, Sample sample)
    {
        json.WriteNumber("intervals", sample.Count);
        if (sample.Count == 0)
        {
            return;
        }

        foreach (var statistic in Statistic.Usual)
        {
            json.WriteNumber($"{statistic.InWords()}_ns", sample.At(statistic));
        }

        json.WriteNumber("mean_ns", Math.Round(sample.Mean, 3));
        json.WriteNumber("stddev_ns", Math.Round(sample.StandardDeviation, 3));
    }

    /// <summary>Adds what a deadline says.</summary>
    public static void WriteDeadline(Utf8JsonWriter json, DeadlineVerdict deadline)
    {
        json.WriteStartObject("deadline");
        json.WriteNumber("deadline_ns", deadline.Deadline.Nanoseconds);
        json.WriteNumber("missed", deadline.Missed.Misses);
        json.WriteNumber("share", deadline.Missed.Share);
        json.WriteNumber("share_at_most", deadline.Missed.UpperBound);
        json.WriteString("verdict", deadline.Answer switch { Answer.Holds => "kept", Answer.Refuted => "missed", _ => "undecided" });
        json.WriteEndObject();
    }

    private static void TellJson(Utf8JsonWriter json, TraceInput input, MeasuredIntervals measured, DeadlineVerdict? deadline)
    {
        WriteSample(json, measured.Lengths);
        json.WriteNumber("unmatched_starts", measured.Pairing.UnmatchedStarts);
        json.WriteNumber("unmatched_ends", measured.Pairing.UnmatchedEnds);
        json.WriteCounters(input.Events.Tally, measured.Pairing.Unmatched);
        if (deadline is not null)
        {
            WriteDeadline(json, deadline);
        }

        json.WriteStartArray("histogram");
        foreach (var bucket in measured.Histogram.Buckets)
        {
            json.WriteStartObject();
            json.WriteNumber("from_ns", (long)bucket.Lower);
            json.WriteNumber("below_ns", (decimal)bucket.Upper);
            json.WriteNumber("count", bucket.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        IntervalJson.Write(json, "longest", measured.Longest);
    }

    private static void TellText(TraceInput input, MeasuredIntervals measured, DeadlineVerdict? deadline)
    {
        var lengths = measured.Lengths;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{lengths.Count:N0} intervals, {measured.Pairing.UnmatchedStarts:N0} unmatched starts, {measured.Pairing.UnmatchedEnds:N0} unmatched ends"));
        if (lengths.Count > 0)
        {
            foreach (var statistic in Statistic.Usual)
            {
                Console.WriteLine($"  {statistic.InWords(),-9} {new Duration(lengths.At(statistic)),16}");
            }

            Console.WriteLine($"  {"mean",-9} {new Duration((long)Math.Round(lengths.Mean)),16}");
            Console.WriteLine($"  {"std dev",-9} {new Duration((long)Math.Round(lengths.StandardDeviation)),16}");
            HistogramText.Write(Console.Out, measured.Histogram);
        }

        foreach (var (interval, index) in measured.Longest.Select((i, n) => (i, n)))
        {
            Console.WriteLine($"{(index == 0 ? "longest" : ""),-9} {interval.Length,18}  from {interval.Start} on cpu {interval.StartCpu} to {interval.End} on cpu {interval.EndCpu}{(interval.Key.Length > 0 ? $"  ({interval.Key})" : "")}");
        }

        if (deadline is not null)
        {
            Console.WriteLine($"deadline {deadline.InWords}");
        }

        Console.WriteLine(QueryCounters.Of(input.Events.Tally, measured.Pairing.Unmatched));
        input.WriteWarnings();
    }
}
