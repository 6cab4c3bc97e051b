using System.CommandLine;
using System.Globalization;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace stats</c>: how many of what, how often, where.</summary>
internal static class StatsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        Option<string> by = new("--by") { Description = "what to count by: event, cpu, pid, tgid, comm, instance or a field", HelpName = "KEY", DefaultValueFactory = _ => "event" };
        var top = CommandLineValues.Number("--top", "only the N most frequent; 0 for all", least: 0, usual: 0);
        var json = TraceOptions.Json();
        Command command = new("stats", """
            Count events by kind, cpu, thread or a field, with their rates.

            Examples:
              labtrace trace stats trace.dat
              labtrace trace stats trace.dat --by cpu -e "irq:*"
              labtrace trace stats trace.dat --by next_comm -e sched:sched_switch --top 10 --json
            """);
        command.Arguments.Add(file);
        foreach (var option in new Option[] { by, top, json })
        {
            command.Options.Add(option);
        }

        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var input = options.Open(parsed, parsed.GetRequiredValue(file));
            var key = parsed.GetRequiredValue(by);
            var counts = new EventCounts(key);
            while (input.Read(out var item, cancellationToken))
            {
                counts.Add(item, input.Events.Buffer);
            }

            var most = parsed.GetValue(top) is var n and > 0 ? n : int.MaxValue;
            if (parsed.GetValue(json))
            {
                TellJson(input, key, counts, most);
            }
            else
            {
                TellText(input, key, counts, most);
            }

            return Task.FromResult((int)ExitCode.Passed);
        });
        return command;
    }

    private static void TellJson(TraceInput input, string by, EventCounts counts, int most) => JsonReport.Write(json =>
    {
        json.WriteString("by", by);
        json.WriteNumber("events", input.Events.Kept);
        json.WriteNumber("without_key", counts.Without);
        json.WriteCounters(input.Events.Tally);
        json.WriteStartArray("counts");
        foreach (var count in counts.All.Take(most))
        {
            json.WriteStartObject();
            json.WriteString("key", count.Key);
            json.WriteNumber("count", count.Count);
            json.WriteTime("first_ns", count.First);
            json.WriteTime("last_ns", count.Last);
            if (input.Info.IsClockInNanoseconds)
            {
                json.WriteNumber("per_second", Math.Round(count.PerSecond, 6));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void TellText(TraceInput input, string by, EventCounts counts, int most)
    {
        var (total, isTime) = (input.Events.Kept, input.Info.IsClockInNanoseconds);
        var all = counts.All;
        Console.WriteLine($"{"count",14}  {"share",7}  {(isTime ? "per second" : ""),14}  {by}");
        foreach (var count in all.Take(most))
        {
            var rate = isTime && count.PerSecond > 0 ? count.PerSecond.ToString("N1", CultureInfo.InvariantCulture) : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count.Count,14:N0}  {100.0 * count.Count / total,6:0.0}%  {rate,14}  {count.Key}"));
        }

        if (all.Count > most)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all.Skip(most).Sum(c => c.Count),14:N0}  of {all.Count - most:N0} others"));
        }

        if (counts.Without > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts.Without,14:N0}  without {by}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total,14:N0}  in all; {QueryCounters.Of(input.Events.Tally)}"));
        input.WriteWarnings();
    }
}
