using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace info</c>: what a capture holds.</summary>
internal static class InfoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        var json = TraceOptions.Json();
        Command command = new("info", """
            Say what a capture holds: format, cpus, clock, events, what was lost. Where the clock counts ticks (counter, uptime, x86-tsc), clock_is_ns is
            false and first_ns and last_ns are ticks.

            Examples:
              labtrace trace info trace.dat
              labtrace trace info trace.dat --json | jq .lost
            """);
        command.Arguments.Add(file);
        command.Options.Add(json);
        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            using var input = options.Open(parsed, parsed.GetRequiredValue(file), WantedOrder.Any);
            return Task.FromResult((int)Tell(input, parsed.GetValue(json), cancellationToken));
        });
        return command;
    }

    private static ExitCode Tell(TraceInput input, bool asJson, CancellationToken cancellationToken)
    {
        var counts = new EventCounts();
        TraceTime? first = null, last = null;
        while (input.Read(out var item, cancellationToken))
        {
            first = first is { } early && early <= item.Time ? early : item.Time;
            last = last is { } late && late >= item.Time ? late : item.Time;
            counts.Add(item);
        }

        if (asJson)
        {
            TellJson(input, counts, first, last);
        }
        else
        {
            TellText(input, counts, first, last);
        }

        return ExitCode.Passed;
    }

    private static void TellJson(TraceInput input, EventCounts counts, TraceTime? first, TraceTime? last) => JsonReport.Write(json =>
    {
        var (info, tally) = (input.Info, input.Events.Tally);
        json.WriteString("format", info.FormatName);
        json.WriteNumber("cpus", info.Cpus.Count);
        json.WriteStartArray("cpu_list");
        foreach (var cpu in info.Cpus)
        {
            json.WriteNumberValue(cpu);
        }

        json.WriteEndArray();
        json.WriteString("clock", info.ClockName);
        json.WriteBoolean("clock_is_ns", info.IsClockInNanoseconds);
        json.WriteString("time_unit", info.IsClockInNanoseconds ? "ns" : "ticks");
        json.WriteNumber("events", tally.Events);
        json.WriteCounters(tally);
        json.WriteTime("first_ns", first);
        json.WriteTime("last_ns", last);
        if (tally.Missing.Count == 0)
        {
            json.WriteStrings("missing", []);
        }

        json.WriteStrings("warnings", info.Warnings);
        json.WriteStartArray("buffers");
        foreach (var buffer in info.Buffers)
        {
            json.WriteStartObject();
            json.WriteString("name", buffer.Name);
            json.WriteString("clock", buffer.ClockName);
            json.WriteNumber("cpus", buffer.Cpus.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("lost_on");
        foreach (var lost in tally.Lost)
        {
            json.WriteStartObject();
            json.WriteNumber("cpu", lost.Cpu);
            json.WriteNumber("count", lost.Count);
            json.WriteBoolean("exact", lost.IsExact);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("by_event");
        foreach (var count in counts.All)
        {
            json.WriteNumber(count.Key, count.Count);
        }

        json.WriteEndObject();
    });

    private static void TellText(TraceInput input, EventCounts counts, TraceTime? first, TraceTime? last)
    {
        var (info, tally) = (input.Info, input.Events.Tally);
        Line("format", info.FormatName);
        Line("cpus", string.Create(CultureInfo.InvariantCulture, $"{info.Cpus.Count} ({string.Join(' ', info.Cpus)})"));
        Line("clock", info.IsClockInNanoseconds ? info.ClockName : $"{info.ClockName} (ticks, not nanoseconds)");
        foreach (var buffer in info.Buffers.Where(b => b.Name.Length > 0))
        {
            Line("instance", string.Create(CultureInfo.InvariantCulture, $"{buffer.Name} ({buffer.Cpus.Count} cpus, clock {buffer.ClockName})"));
        }

        Line("events", tally.Events.ToString("N0", CultureInfo.InvariantCulture));
        Line("lost", LostText(tally));
        Line("malformed", tally.Malformed.ToString("N0", CultureInfo.InvariantCulture));
        if (tally.Skipped > 0)
        {
            Line("skipped", tally.Skipped.ToString("N0", CultureInfo.InvariantCulture));
        }

        Line("first", Time(first, info));
        Line("last", Time(last, info));
        if (first is { } from && last is { } to && info.IsClockInNanoseconds)
        {
            Line("covers", (to - from).ToString());
        }

        foreach (var sample in tally.Samples)
        {
            Line("", string.Create(CultureInfo.InvariantCulture, $"malformed at offset {sample.Offset}: {sample.Reason}: {sample.Excerpt}"));
        }

        foreach (var missing in tally.Missing)
        {
            Line("missing", missing);
        }

        foreach (var warning in info.Warnings)
        {
            Line("warning", warning);
        }

        foreach (var count in counts.All)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count.Count,12:N0} {count.Key}"));
        }
    }

    private static string Time(TraceTime? time, TraceInfo info) => time is not { } known ? "-"
        : info.IsClockInNanoseconds ? known.ToString() : known.Nanoseconds.ToString(CultureInfo.InvariantCulture);

    private static string LostText(ReadTally tally)
    {
        var total = tally.LostTotal.ToString("N0", CultureInfo.InvariantCulture);
        return tally.HasLost
            ? $"{total} ({string.Join(", ", tally.Lost.Select(l => string.Create(CultureInfo.InvariantCulture, $"{(l.Cpu < 0 ? "in all" : $"cpu {l.Cpu}")}: {(l.IsExact ? "" : "at least ")}{l.Count:N0}")))})"
            : total;
    }

    private static void Line(string name, string value) => Console.WriteLine($"{name,-11}{value}");
}
