using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace compare</c>: whether times have moved from one capture to another, beyond chance.</summary>
internal static class CompareCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var first = TraceOptions.File("FIRST");
        var second = TraceOptions.File("SECOND");
        Option<double> significance = new("--significance")
        {
            Description = "the chance of calling equal captures different",
            HelpName = "P",
            DefaultValueFactory = _ => 0.01,
        };
        significance.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var p) && p is <= 0 or >= 1)
            {
                result.AddError("--significance must lie between 0 and 1");
            }
        });
        Option<bool> notLonger = new("--not-longer") { Description = "the exit code is 1 when the second capture's times are longer, on the whole or in the tail" };
        var json = TraceOptions.Json();
        Command command = new("compare", $"""
            Compare two captures. With --from (and --to) their intervals are compared: place (Mann–Whitney, effect size delta), shape
            (Kolmogorov–Smirnov) and tail (Fisher's test of the shares above the smaller p99). A difference counts when its
            probability is below a third of --significance and its effect is not negligible: |delta| at least {SampleComparison.NegligibleDelta}, distance
            at least {SampleComparison.NegligibleDistance}, tail at least twice or half. Nothing in it is random: the same captures give the same answer.
            With --deadline both captures are held against it; the exit code is the second's. Without --from, rates of events are compared.

            Examples:
              labtrace trace compare lts.dat rt.dat --from "gpio:gpio_value where gpio = 17" --deadline 1.2ms
              labtrace trace compare before.dat after.dat --from sched:sched_waking --to sched:sched_switch --on pid=next_pid --not-longer
            """);
        command.Arguments.Add(first);
        command.Arguments.Add(second);
        var intervals = new IntervalOptions().AddTo(command);
        foreach (var option in new Option[] { significance, notLonger, json })
        {
            command.Options.Add(option);
        }

        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var a = options.Open(parsed, parsed.GetRequiredValue(first));
            using var b = options.Open(parsed, parsed.GetRequiredValue(second));
            if (intervals.From(parsed) is null)
            {
                return Task.FromResult((int)RateComparison.Tell(a, b, parsed.GetValue(json), cancellationToken));
            }

            var sides = new[] { a, b }.Select(input => new Side(input, intervals.Measure(parsed, input, worst: 0, cancellationToken), intervals.Deadline(parsed))).ToArray();
            return Task.FromResult((int)Tell(sides, parsed.GetValue(significance), parsed.GetValue(notLonger), parsed.GetValue(json)));
        });
        return command;
    }

    private static ExitCode Tell(Side[] sides, double significance, bool notLonger, bool asJson)
    {
        var (first, second) = (sides[0], sides[1]);
        var comparison = first.Lengths.Count > 0 && second.Lengths.Count > 0 ? SampleComparison.Of(first.Lengths, second.Lengths, significance) : null;
        if (asJson)
        {
            JsonReport.Write(json => TellJson(json, sides, comparison));
        }
        else
        {
            TellText(sides, comparison);
        }

        if (comparison is null)
        {
            return second.Deadline?.ExitCode ?? (notLonger ? ExitCode.Failed : ExitCode.Passed);
        }

        var isLonger = notLonger && comparison.IsSecondLonger;
        return second.Deadline?.ExitCode is { } code and not ExitCode.Passed ? code : isLonger ? ExitCode.Failed : ExitCode.Passed;
    }

    private static void TellJson(Utf8JsonWriter json, Side[] sides, SampleComparison? comparison)
    {
        foreach (var (side, name) in sides.Zip(["first", "second"]))
        {
            json.WriteStartObject(name);
            LatencyCommand.WriteSample(json, side.Lengths);
            json.WriteCounters(side.Input.Events.Tally, side.Measured.Pairing.Unmatched);
            if (side.Deadline is not null)
            {
                LatencyCommand.WriteDeadline(json, side.Deadline);
            }

            json.WriteEndObject();
        }

        if (comparison is null)
        {
            json.WriteNull("comparison");
            return;
        }

        json.WriteStartObject("comparison");
        json.WriteNumber("significance", comparison.Significance);
        json.WriteNumber("mann_whitney_u", comparison.Place.U);
        json.WriteNumber("mann_whitney_p", comparison.Place.PValue);
        json.WriteNumber("delta", comparison.Place.Delta);
        json.WriteNumber("ks_distance", comparison.Shape.Distance);
        json.WriteNumber("ks_at_ns", comparison.Shape.At);
        json.WriteNumber("ks_p", comparison.Shape.PValue);
        json.WriteNumber("tail_above_ns", comparison.TailBound);
        json.WriteNumber("tail_share_first", comparison.FirstTail.Share);
        json.WriteNumber("tail_share_second", comparison.SecondTail.Share);
        json.WriteNumber("tail_p", comparison.TailPValue);
        json.WriteBoolean("second_is_longer", comparison.IsSecondLonger);
        json.WriteString("verdict", comparison.InWords());
        json.WriteEndObject();
    }

    private static void TellText(Side[] sides, SampleComparison? comparison)
    {
        var (first, second) = (sides[0], sides[1]);
        Console.WriteLine($"{"",-11}{"first",18}{"second",18}{"second/first",14}");
        Row("intervals", first.Lengths.Count.ToString("N0", CultureInfo.InvariantCulture), second.Lengths.Count.ToString("N0", CultureInfo.InvariantCulture), "");
        if (comparison is not null)
        {
            foreach (var statistic in Statistic.Usual)
            {
                var (a, b) = (first.Lengths.At(statistic), second.Lengths.At(statistic));
                Row(statistic.InWords(), new Duration(a).ToString(), new Duration(b).ToString(), a == 0 ? "" : ((double)b / a).ToString("0.000", CultureInfo.InvariantCulture));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"place      Mann–Whitney p = {comparison.Place.PValue:0.####e+0}{(comparison.Place.IsExact ? " (exact)" : "")}, delta = {comparison.Place.Delta:+0.000;-0.000;0}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"shape      Kolmogorov–Smirnov p = {comparison.Shape.PValue:0.####e+0}, distance {comparison.Shape.Distance:0.000} at {new Duration(comparison.Shape.At)}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tail       above {new Duration(comparison.TailBound)}: {comparison.FirstTail.Share * 100:0.###} % and {comparison.SecondTail.Share * 100:0.###} %, Fisher p = {comparison.TailPValue:0.####e+0}"));
            Console.WriteLine($"verdict    second to first: {comparison.InWords()}");
        }
        else
        {
            Console.WriteLine("verdict    cannot be compared: one of the captures has no such interval");
        }

        foreach (var (side, name) in sides.Zip(["first", "second"]))
        {
            if (side.Deadline is not null)
            {
                Console.WriteLine($"{name,-11}deadline {side.Deadline.InWords}");
            }

            Console.WriteLine($"{name,-11}{QueryCounters.Of(side.Input.Events.Tally, side.Measured.Pairing.Unmatched)}");
            side.Input.WriteWarnings();
        }
    }

    private static void Row(string name, string first, string second, string ratio) => Console.WriteLine($"{name,-11}{first,18}{second,18}{ratio,14}".TrimEnd());

    private sealed record Side(TraceInput Input, MeasuredIntervals Measured, DeadlineVerdict? Deadline)
    {
        public Side(TraceInput input, MeasuredIntervals measured, Duration? deadline)
            : this(input, measured, deadline is { } limit ? new DeadlineVerdict(limit, measured.Missing(limit), input.Events.Tally.HasLost) : null)
        {
        }

        public Sample Lengths => Measured.Lengths;
    }
}
