using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>One question of <c>labtrace trace query</c>, read and answered.</summary>
internal sealed class TraceQuestion(TraceInput input, EventSelector? selector, int head, bool asJson, CancellationToken cancellationToken)
{
    private readonly long _most = head > 0 ? head : long.MaxValue;
    private long _others;

    private ReadTally Tally => input.Events.Tally is var tally ? tally with { Events = tally.Events - _others, Skipped = tally.Skipped + _others } : null!;

    /// <summary>The events themselves, or a table of fields.</summary>
    public ExitCode List(string[]? fields)
    {
        using var output = TraceOutput.OpenPaged(mayPage: true);
        using var export = fields is null ? TraceConversion.Open(TraceExports.Find(asJson ? "jsonl" : "text")!, output.Stream, input.Info)
            : new FieldTable(output.Stream, fields, asJson);
        input.LeaveTerminalToOutput();
        for (var shown = 0L; shown < _most && Next(out var item); shown++)
        {
            foreach (var loss in input.Events.Losses)
            {
                export.WriteLoss(loss.Cpu, loss.Count, loss.Buffer);
            }

            export.Write(item, input.Events.Buffer);
        }

        input.Progress.Clear();
        var notes = export.Complete(Tally);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"labtrace: {Tally.Events:N0} events; {QueryCounters.Of(Tally)}"));
        foreach (var note in notes)
        {
            Console.Error.WriteLine($"labtrace: {note}");
        }

        input.WriteWarnings();
        return ExitCode.Passed;
    }

    /// <summary>How many there are.</summary>
    public ExitCode Count()
    {
        while (Next(out _))
        {
        }

        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteNumber("events", Tally.Events);
                json.WriteCounters(Tally);
            });
        }
        else
        {
            Console.WriteLine(Tally.Events.ToString(CultureInfo.InvariantCulture));
            Console.Error.WriteLine($"labtrace: {QueryCounters.Of(Tally)}");
        }

        return ExitCode.Passed;
    }

    /// <summary>How the rate goes on.</summary>
    public ExitCode Rates(Duration step)
    {
        RequireTime();
        var series = new RateSeries(step > Duration.Zero ? step : throw new UsageException("--rate must be longer than nothing"));
        while (Next(out var item))
        {
            series.Add(item.Time);
        }

        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteNumber("step_ns", step.Nanoseconds);
                json.WriteTime("start_ns", series.Counts.Count == 0 ? null : series.Start);
                json.WriteNumber("beyond", series.Beyond);
                json.WriteCounters(Tally);
                json.WriteStartArray("counts");
                foreach (var count in series.Counts)
                {
                    json.WriteNumberValue(count);
                }

                json.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        var most = series.Counts.DefaultIfEmpty(0).Max();
        for (var i = 0; i < series.Counts.Count && i < _most; i++)
        {
            var (time, count) = (series.Start + new Duration(step.Nanoseconds * i), series.Counts[i]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time,20} {count,12:N0} {count * 1e9 / step.Nanoseconds,14:N1}/s |{new string('#', most == 0 ? 0 : (int)(count * 40 / most))}"));
        }

        if (series.Beyond > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series.Beyond:N0} events beyond the {RateSeries.MaxSteps:N0} steps that are kept"));
        }

        return Conclude(0, ExitCode.Passed);
    }

    /// <summary>Where nothing comes.</summary>
    public ExitCode Gaps(Duration limit, string? key)
    {
        RequireTime();
        var finder = new GapFinder(limit, key);
        var gaps = new List<Interval>();
        var found = 0L;
        while (Next(out var item))
        {
            if (finder.Add(item, input.Events.Index, out var gap))
            {
                found++;
                if (gaps.Count < Math.Min(_most, 1000))
                {
                    gaps.Add(gap);
                }
            }
        }

        var code = found > 0 ? ExitCode.Failed : Tally.HasLost ? ExitCode.Broken : ExitCode.Passed;
        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteNumber("limit_ns", limit.Nanoseconds);
                json.WriteNumber("gaps", found);
                json.WriteCounters(Tally, finder.Unmatched);
                IntervalJson.Write(json, "first_gaps", gaps);
                IntervalJson.Write(json, "longest", finder.Longest is { } longest ? [longest] : []);
            });
            return code;
        }

        foreach (var gap in gaps)
        {
            Console.WriteLine($"{gap.Length,18}  from {gap.Start} to {gap.End}{(gap.Key.Length > 0 ? $"  ({gap.Key})" : "")}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found:N0} gaps longer than {limit} among {Tally.Events:N0} events{(finder.Longest is { } most ? $"; the longest time between two is {most.Length}" : "")}"));
        return Conclude(finder.Unmatched, code);
    }

    /// <summary>Whether events keep an order.</summary>
    public ExitCode Order(EventSelector[] chain, string? key)
    {
        if (chain.Length < 2)
        {
            throw new UsageException("an order needs at least two events\n  try: --order FIRST --order SECOND");
        }

        var rule = new OrderRule(chain, key);
        while (Next(out var item))
        {
            rule.Add(item, input.Events.Index);
        }

        var code = rule.Broken > 0 ? ExitCode.Failed : Tally.HasLost ? ExitCode.Broken : rule.Complete == 0 ? ExitCode.Failed : ExitCode.Passed;
        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteNumber("complete", rule.Complete);
                json.WriteNumber("broken", rule.Broken);
                json.WriteCounters(Tally, rule.Unmatched);
                json.WriteStartArray("counter_examples");
                foreach (var one in rule.CounterExamples)
                {
                    json.WriteStartObject();
                    json.WriteString("expected", one.Expected);
                    json.WriteString("found", one.Found.ToString().Trim());
                    json.WriteTime("at_ns", one.Found.Time);
                    json.WriteString("after", one.Before?.ToString().Trim());
                    json.WriteString("key", one.Key);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return code;
        }

        foreach (var one in rule.CounterExamples.Take((int)Math.Min(_most, 5)))
        {
            Console.WriteLine($"expected {one.Expected}{(one.Before is null ? "" : " after")}{(one.Key.Length > 0 ? $"  ({one.Key})" : "")}");
            if (one.Before is { } before)
            {
                Console.WriteLine($"    {before.ToString().TrimEnd('\n')}");
            }

            Console.WriteLine($"  > {one.Found.ToString().TrimEnd('\n')}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule.Complete:N0} times in order, {rule.Broken:N0} events out of turn"));
        return Conclude(rule.Unmatched, code);
    }

    /// <summary>The stacks of events.</summary>
    public ExitCode Stacks()
    {
        var stacks = new StackCounts();
        while (input.Read(out var item, cancellationToken))
        {
            stacks.Add(item, owner => selector is null || selector.Matches(owner));
        }

        var shown = stacks.All.Take((int)Math.Min(_most, int.MaxValue)).ToArray();
        if (asJson)
        {
            JsonReport.Write(json =>
            {
                json.WriteNumber("stacks", stacks.Total);
                json.WriteCounters(Tally, stacks.Unmatched);
                json.WriteStartArray("counts");
                foreach (var one in shown)
                {
                    json.WriteStartObject();
                    json.WriteString("event", one.Event);
                    json.WriteNumber("count", one.Count);
                    json.WriteStrings("frames", one.Frames);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        foreach (var one in shown)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Count,12:N0}  {one.Event}"));
            foreach (var frame in one.Frames)
            {
                Console.WriteLine($"{"",14}{frame}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stacks.Total:N0} stacks{(stacks.Total == 0 ? "; record with the trace option stacktrace, or the trigger stacktrace" : "")}"));
        return Conclude(stacks.Unmatched, ExitCode.Passed);
    }

    private bool Next(out TraceEvent item)
    {
        while (input.Read(out item, cancellationToken))
        {
            if (selector is null || selector.Matches(item))
            {
                return true;
            }

            _others++;
        }

        return false;
    }

    private void RequireTime()
    {
        if (!input.Info.IsClockInNanoseconds)
        {
            throw new UsageException($"the capture was recorded with the clock '{input.Info.ClockName}', which counts ticks and measures no time\n  try: record with `-C mono`");
        }
    }

    private ExitCode Conclude(long unmatched, ExitCode code)
    {
        if (code == ExitCode.Broken)
        {
            Console.WriteLine("cannot be told: events were lost that might have decided it");
        }

        Console.WriteLine(QueryCounters.Of(Tally, unmatched));
        input.WriteWarnings();
        return code;
    }
}
