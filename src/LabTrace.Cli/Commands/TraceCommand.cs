using System.CommandLine;
using System.Text.Json;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace trace</c>: looks into captures without a lab.</summary>
internal static class TraceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("trace", "Look into a recorded trace.");
        command.Subcommands.Add(CreateInfo());
        command.Subcommands.Add(CreateShow());
        return command;
    }

    private static Command CreateInfo()
    {
        var file = FileArgument();
        var strict = StrictOption();
        Option<bool> json = new("--json") { Description = "as one JSON object" };
        Command command = new("info", "Say what a capture holds: format, cpus, clock, events, what was lost.");
        command.Arguments.Add(file);
        command.Options.Add(strict);
        command.Options.Add(json);
        command.SetAction(parsed => (int)Info(parsed.GetRequiredValue(file), parsed.GetValue(strict), parsed.GetValue(json)));
        return command;
    }

    private static Command CreateShow()
    {
        var file = FileArgument();
        var strict = StrictOption();
        Option<string?> only = new("--event", "-e") { Description = "only these events: a name or pattern, with conditions if wanted: \"sched:sched_switch where prev_comm = sleep\"" };
        Option<int> head = CommandLineValues.Number("--head", "only the first N events; 0 for all", least: 0, usual: 0);
        Command command = new("show", "Print a capture's events as ftrace does.");
        command.Arguments.Add(file);
        command.Options.Add(strict);
        command.Options.Add(only);
        command.Options.Add(head);
        command.SetAction(parsed => (int)Show(parsed.GetRequiredValue(file), parsed.GetValue(strict), parsed.GetValue(only), parsed.GetValue(head)));
        return command;
    }

    private static Argument<string> FileArgument() => new("FILE") { Description = "a capture: trace.dat, or the text of trace or trace_pipe; .gz is opened as it is" };

    private static Option<bool> StrictOption() => new("--strict") { Description = "refuse a capture that is cut short instead of reading what is there" };

    private static Capture Open(string file) => File.Exists(file)
        ? Capture.Open(file)
        : throw new UsageException($"there is no file '{file}'");

    private static ExitCode Info(string file, bool strict, bool json)
    {
        using var capture = Open(file);
        var trace = TraceFormats.Read(capture, strict ? ReadMode.Strict : ReadMode.Salvage);
        var format = TraceFormats.Recognise(capture.Bytes.Span)!.Name;
        var first = trace.Events.Count == 0 ? (ulong?)null : trace.Events[0].Time.Nanoseconds;
        var last = trace.Events.Count == 0 ? (ulong?)null : trace.Events[^1].Time.Nanoseconds;
        if (json)
        {
            using var stream = Console.OpenStandardOutput();
            using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            {
                writer.WriteStartObject();
                writer.WriteString("format", format);
                writer.WriteNumber("cpus", trace.Cpus.Count);
                writer.WriteString("clock", trace.ClockName);
                writer.WriteNumber("events", trace.Tally.Events);
                writer.WriteNumber("lost", trace.Tally.LostTotal);
                writer.WriteNumber("malformed", trace.Tally.Malformed);
                WriteNumber(writer, "first_ns", first);
                WriteNumber(writer, "last_ns", last);
                writer.WriteStartArray("missing");
                foreach (var missing in trace.Tally.Missing)
                {
                    writer.WriteStringValue(missing);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
            return ExitCode.Passed;
        }

        Console.WriteLine($"format     {format}");
        Console.WriteLine($"cpus       {trace.Cpus.Count} ({string.Join(' ', trace.Cpus)})");
        Console.WriteLine($"clock      {trace.ClockName}");
        Console.WriteLine($"events     {trace.Tally.Events:N0}");
        Console.WriteLine($"lost       {trace.Tally.LostTotal:N0}{(trace.Tally.HasLost ? $" ({string.Join(", ", trace.Tally.Lost.Select(l => $"cpu {l.Cpu}: {l.Count:N0}"))})" : "")}");
        Console.WriteLine($"malformed  {trace.Tally.Malformed:N0}");
        Console.WriteLine($"first      {(first is null ? "-" : trace.Events[0].Time.ToString())}");
        Console.WriteLine($"last       {(last is null ? "-" : trace.Events[^1].Time.ToString())}");
        foreach (var missing in trace.Tally.Missing)
        {
            Console.WriteLine($"missing    {missing}");
        }

        foreach (var group in trace.Events.GroupBy(e => e.Name).OrderByDescending(g => g.Count()).ThenBy(g => g.Key.ToString(), StringComparer.Ordinal))
        {
            Console.WriteLine($"  {group.Count(),12:N0} {group.Key}");
        }

        return ExitCode.Passed;
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, ulong? number)
    {
        if (number is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, number.Value);
        }
    }

    private static ExitCode Show(string file, bool strict, string? only, int head)
    {
        using var capture = Open(file);
        var trace = TraceFormats.Read(capture, strict ? ReadMode.Strict : ReadMode.Salvage);
        if (only is not null)
        {
            var selector = Tracing.Queries.EventSelector.Parse(only);
            trace = trace.Where(e => selector.Matches(e));
        }

        if (head > 0)
        {
            var left = head;
            trace = trace.Where(_ => left-- > 0);
        }

        using var output = new StreamWriter(Console.OpenStandardOutput());
        FtraceTextWriter.Write(output, trace);
        return ExitCode.Passed;
    }
}
